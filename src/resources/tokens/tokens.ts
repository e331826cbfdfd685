import { ApiError, SetupError } from '../../errors.ts'
import { createProjectFinder, type StoredProject } from '../projects/projects.ts'
import type { Registry } from '../registry.ts'
import { findKeyByHash, insertKey, listKeys, revokeKey, type StoredKey } from './store.ts'
import { hashOf, newToken, readToken } from './token.ts'

export type { StoredKey } from './store.ts'

/** Who asks: an API key, which may do everything in its project. */
export interface Caller {
  project: StoredProject
  keyId: string
}

const HINTS = {
  missing: 'Send the header `Authorization: Bearer TOKEN`.',
  mistyped: 'The token is mistyped or cut: its checksum does not fit.',
  unknown: 'Make one with `handset keys create`.',
  expired: 'The token has expired. Make another with `handset keys create`.',
  revoked: 'The token was revoked. Make another with `handset keys create`.',
}

/** Finds out who asks from the `Authorization` header; throws `unauthenticated` (RFC 6750 §3) where nobody is known. */
export function createAuthenticator(registry: Registry): (authorization: string | undefined) => Promise<Caller> {
  const findProject = createProjectFinder(registry)
  return async (authorization) => {
    const [, token] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? []
    if (token === undefined) throw unauthenticated('missing')
    const read = readToken(token)
    if (read === null) throw unauthenticated('mistyped')
    const project = await findProject(read.projectTag)
    const key = project && (await findKeyByHash(registry.db, project.id, hashOf(token)))
    if (project === undefined || key === undefined) throw unauthenticated('unknown')
    if (key.revokedAt !== null) throw unauthenticated('revoked')
    if (key.expiresAt !== null && Date.parse(key.expiresAt) <= registry.clock()) throw unauthenticated('expired')
    return { project, keyId: key.id }
  }
}

function unauthenticated(reason: keyof typeof HINTS): ApiError {
  return new ApiError('unauthenticated', 'Invalid authorization token', {
    hint: HINTS[reason],
    headers: { 'www-authenticate': 'Bearer' },
  })
}

/** Makes an API key. `expiresIn` is in seconds; without it the key holds until it is revoked. */
export async function createKey(
  { db, newId, clock }: Registry,
  project: StoredProject,
  { name, expiresIn }: { name: string; expiresIn?: number | undefined },
): Promise<StoredKey & { token: string }> {
  const { token, hash, prefix } = newToken('hsk', project.tag)
  const { id, createdAt } = newId('key', project.tag)
  const expiresAt = expiresIn === undefined ? null : new Date(clock() + expiresIn * 1000).toISOString()
  const key: StoredKey = { id, name, prefix, createdAt, expiresAt, revokedAt: null }
  await db.transaction((tx) => insertKey(tx, project.id, key, hash))
  return { ...key, token }
}

export function allKeys({ db }: Registry, project: StoredProject): Promise<StoredKey[]> {
  return listKeys(db, project.id)
}

/** Revokes a key: it is refused from the next request on. Throws `SetupError` where there is no live key of that id. */
export async function revoke({ db, clock }: Registry, project: StoredProject, id: string): Promise<void> {
  const revokedAt = new Date(clock()).toISOString()
  if (!(await db.transaction((tx) => revokeKey(tx, project.id, id, revokedAt)))) {
    throw new SetupError(`There is no key ${id} in ${project.id} that is not revoked already`)
  }
}
