import { type Caller, type StoredProject, systemCaller } from '../../caller.ts'
import type { Context, ObjectChange, Precondition } from '../../context.ts'
import { listOf } from '../../contract/list.ts'
import type { Queries } from '../../db/port.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import { toCursor } from '../../domain/cursor.ts'
import { timeIn, toSecond } from '../../domain/time.ts'
import { invalid, orNotFound, type Problem, SetupError } from '../../errors.ts'
import { newToken } from '../tokens/token.ts'
import type { ApiKey, CreateApiKey, ListApiKeys, NewApiKey } from './schema.ts'
import * as store from './store.ts'

export { findKeyByHash, recordKeyUse } from './store.ts'

/** Creates an API key. Returns it as JSON, the only place where the key itself is shown. */
export function createApiKey(
  { change, newId, clock }: Context,
  caller: Caller,
  { name, role = 'editor', expiresIn }: CreateApiKey,
): Promise<string> {
  const { project } = caller
  return change(caller, async (tx) => {
    const { token, hash, prefix } = newToken('hsk', project.tag)
    const { id, createdAt } = newId('key', project.tag)
    const expiresAt = expiresIn === undefined ? null : timeIn(clock(), expiresIn)
    await store.insertKey(tx, {
      ...{ project_id: project.id, id, name, role, prefix, hash },
      ...{ created_at: createdAt, expires_at: expiresAt },
    })
    const shown: ApiKey = {
      object: 'apiKey',
      id,
      createdAt,
      name,
      role,
      prefix,
      expiresAt: expiresAt && toSecond(expiresAt),
      lastUsedAt: null,
      revokedAt: null,
    }
    const withToken: NewApiKey = { ...shown, token }
    return {
      response: JSON.stringify(withToken),
      changes: [{ kind: 'apiKey', before: null, after: JSON.stringify(shown) }],
    }
  })
}

/** Returns an API key as JSON, without the key itself. Throws `notFound`. */
export function getApiKey(db: Queries, { project }: Caller, id: string): Awaitable<string> {
  return andThen(store.findKey(db, project.id, id), (json) => orNotFound(json, 'API key'))
}

/** A page of the project's API keys as JSON, revoked ones included. */
export function listApiKeys({ db }: Context, { project }: Caller, query: ListApiKeys): Awaitable<string> {
  return andThen(store.listKeys(db, project.id, toCursor(query)), listOf)
}

/**
 * Revokes an API key: the next request with it is rejected; on PostgreSQL, other processes reject it within a second.
 * Returns the key as JSON; a key that was revoked before is unchanged.
 *
 * Throws `invalid` for the last valid `admin` key of the project.
 */
export function removeApiKey(
  { change, clock }: Context,
  caller: Caller,
  id: string,
  precondition: Precondition,
): Promise<string> {
  const { project } = caller
  return change(caller, async (tx) => {
    const before = await getApiKey(tx, caller, id)
    const now = timeIn(clock(), 0)
    if (await store.isLastAdmin(tx, project.id, id, now)) throw invalid([lastAdminKey()])
    precondition?.(before)
    const isRevoked = await store.revokeKey(tx, project.id, id, now)
    const changes: ObjectChange[] = isRevoked ? [{ kind: 'apiKey', before, after: null }] : []
    return { response: await getApiKey(tx, caller, id), changes }
  })
}

/** Creates an API key from the command line, or for a first start. */
export async function createKey(
  context: Context,
  project: StoredProject,
  input: Required<Pick<CreateApiKey, 'name' | 'role'>> & { expiresIn?: number | undefined },
): Promise<NewApiKey> {
  const { expiresIn, ...rest } = input
  const body = expiresIn === undefined ? rest : { ...rest, expiresIn }
  return JSON.parse(await createApiKey(context, systemCaller(project), body))
}

/**
 * Revokes a key from the command line, even the last `admin` key. Throws `SetupError` if there is no such key, or it is
 * already revoked.
 */
export async function revokeKey({ change, clock }: Context, project: StoredProject, id: string): Promise<void> {
  const revokedAt = timeIn(clock(), 0)
  await change(systemCaller(project), async (tx) => {
    const before = await store.findKey(tx, project.id, id)
    if (before === undefined || !(await store.revokeKey(tx, project.id, id, revokedAt))) {
      throw new SetupError(`Project ${project.id} has no active key ${id}`)
    }
    return { response: before, changes: [{ kind: 'apiKey', before, after: null }] }
  })
}

function lastAdminKey(): Problem {
  return {
    code: 'lastAdminKey',
    property: 'apiKey',
    message: 'This is the last valid API key of the project with the role `admin`',
    hint: 'Create another one first. `handset keys revoke` on the server can also revoke the last one.',
  }
}
