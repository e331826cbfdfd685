import type { Authenticator, Caller, StoredProject } from '../../caller.ts'
import type { Context, Precondition } from '../../context.ts'
import { listOf } from '../../contract/list.ts'
import type { Queries } from '../../db/port.ts'
import { createBoundedCache } from '../../domain/bounded-cache.ts'
import { toCursor } from '../../domain/cursor.ts'
import { ApiError, notFound, SetupError } from '../../errors.ts'
import { createProjectFinder } from '../projects/projects.ts'
import { type CreateUserToken, DEFAULT_EXPIRES_IN, type ListUserTokens, type NewUserToken } from './schema.ts'
import * as store from './store.ts'
import { hashOf, newToken, readToken, type TokenKind } from './token.ts'

export type { StoredKey } from './store.ts'

const HINTS = {
  missing: 'Send the header `Authorization: Bearer TOKEN`.',
  mistyped: 'The token is mistyped or truncated: its checksum is wrong.',
  unknown: 'Create an API key with `handset keys create`, or a user token with POST users/{user}/tokens.',
  expired: 'The token has expired. Create a new one.',
  revoked: 'The key was revoked. Create a new one with `handset keys create`.',
}

/** How many callers are cached. */
const KNOWN_CALLERS = 20_000

export function createAuthenticator(context: Context): Authenticator {
  const findProject = createProjectFinder(context)
  // By the header itself, and only in memory. The time of a lookup tells an attacker nothing: V8 seeds its hash of
  // strings anew in each process, and a token has 160 random bits.
  const known = createBoundedCache<{ caller: Caller; expiresAt: number }>(KNOWN_CALLERS)

  async function authenticate(authorization: string | undefined, version: number): Promise<Caller> {
    const [, token] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? []
    if (token === undefined) throw unauthenticated('missing')
    const read = readToken(token)
    if (read === null) throw unauthenticated('mistyped')
    const project = await findProject(read.projectTag)
    if (project === undefined) throw unauthenticated('unknown')
    const found = await FINDERS[read.kind](context.db, project.id, hashOf(token))
    if (found === undefined) throw unauthenticated('unknown')
    if (found.revokedAt !== null) throw unauthenticated('revoked')
    const expiresAt = found.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(found.expiresAt)
    if (expiresAt <= context.clock()) throw unauthenticated('expired')
    const caller = { project, tokenId: found.id, userId: found.userId }
    known.set(version, authorization as string, { caller, expiresAt }, 1)
    return caller
  }

  return {
    recall(authorization, version) {
      if (authorization === undefined) return undefined
      const found = known.get(version, authorization)
      return found !== undefined && found.expiresAt > context.clock() ? found.caller : undefined
    },
    authenticate,
  }
}

interface FoundToken {
  id: string
  userId: string | null
  expiresAt: string | null
  revokedAt: string | null
}

const FINDERS: Record<TokenKind, (db: Queries, projectId: string, hash: string) => Promise<FoundToken | undefined>> = {
  async hsk(db, projectId, hash) {
    const key = await store.findKey(db, projectId, hash)
    return key && { ...key, userId: null }
  },
  async hut(db, projectId, hash) {
    const token = await store.findUserToken(db, projectId, hash)
    return token && { ...token, revokedAt: null }
  },
}

/** How a path identifies a token: by its user and its id. */
interface UserTokenName {
  userId: string
  id: string
}

function unauthenticated(reason: keyof typeof HINTS): ApiError {
  return new ApiError('unauthenticated', 'Invalid authorization token', {
    hint: HINTS[reason],
    headers: { 'www-authenticate': 'Bearer' },
  })
}

/** Creates an API key. `expiresIn` is in seconds; without it, the key is valid until it is revoked. */
export async function createKey(
  { db, newId, clock }: Context,
  project: StoredProject,
  { name, expiresIn }: { name: string; expiresIn?: number | undefined },
): Promise<store.StoredKey & { token: string }> {
  const { token, hash, prefix } = newToken('hsk', project.tag)
  const { id, createdAt } = newId('key', project.tag)
  const expiresAt = expiresIn === undefined ? null : timeIn(clock(), expiresIn)
  const key: store.StoredKey = { id, name, prefix, createdAt, expiresAt, revokedAt: null }
  await db.transaction((tx) => store.insertKey(tx, project.id, key, hash))
  return { ...key, token }
}

export function allKeys({ db }: Context, project: StoredProject): Promise<store.StoredKey[]> {
  return store.listKeys(db, project.id)
}

/**
 * Revokes a key: the next request with it is rejected; on PostgreSQL, other processes reject it within a second. Throws
 * `SetupError` if there is no such key, or it is already revoked.
 */
export async function revokeKey({ db, clock }: Context, project: StoredProject, id: string): Promise<void> {
  const revokedAt = timeIn(clock(), 0)
  if (!(await db.transaction((tx) => store.revokeKey(tx, project.id, id, revokedAt)))) {
    throw new SetupError(`Project ${project.id} has no active key ${id}`)
  }
}

/** Creates a token that acts as a user. Returns it as JSON, the only place where the token itself is shown. */
export function createUserToken(
  { change, newId, clock }: Context,
  { project }: Caller,
  userId: string,
  { expiresIn = DEFAULT_EXPIRES_IN }: CreateUserToken,
): Promise<string> {
  return change(async (tx) => {
    const { token, hash } = newToken('hut', project.tag)
    const { id, createdAt } = newId('utk', project.tag)
    const expiresAt = timeIn(clock(), expiresIn)
    const stored = { id, userId, createdAt, expiresAt }
    if (!(await store.insertUserToken(tx, project.id, stored, hash))) throw notFound('user')
    const shown: NewUserToken = {
      object: 'userToken',
      id,
      user: userId,
      createdAt,
      expiresAt: toSecond(expiresAt),
      token,
    }
    return JSON.stringify(shown)
  })
}

/** A user's token as JSON, without the token itself. Throws `notFound`, also if it has expired. */
export async function getUserToken(
  { db, clock }: Pick<Context, 'clock'> & { db: Queries },
  { project }: Pick<Caller, 'project'>,
  token: UserTokenName,
): Promise<string> {
  const json = await store.findValidUserToken(db, project.id, token, timeIn(clock(), 0))
  if (json === undefined) throw notFound('user token')
  return json
}

/** A page of a user's tokens that are still valid, as JSON. */
export function listUserTokens(
  { db, clock }: Context,
  { project }: Pick<Caller, 'project'>,
  userId: string,
  query: ListUserTokens,
): Promise<string> {
  return store.listUserTokens(db, project.id, userId, timeIn(clock(), 0), toCursor(query)).then(listOf)
}

/**
 * Revokes a user's token: the next request with it is rejected; on PostgreSQL, other processes reject it within a
 * second. Returns the token as it was, as JSON.
 */
export function removeUserToken(
  { change, clock }: Context,
  caller: Pick<Caller, 'project'>,
  token: UserTokenName,
  precondition: Precondition,
): Promise<string> {
  return change(async (tx) => {
    const json = await getUserToken({ db: tx, clock }, caller, token)
    precondition?.(json)
    await store.deleteUserToken(tx, caller.project.id, token.id)
    return json
  })
}

/** Ends all tokens of a user: the next request with one is rejected. */
export function endUserTokens(tx: Queries, project: StoredProject, userId: string): Promise<void> {
  return store.endUserTokens(tx, project.id, userId)
}

/** Deletes some of a project's expired user tokens. Returns how many. */
export function sweepUserTokens(tx: Queries, project: StoredProject, now: string, limit: number): Promise<number> {
  return store.sweepUserTokens(tx, project.id, now, limit)
}

/** The time so many seconds from now (RFC 3339), to the millisecond: a token is valid for exactly as long as requested. */
function timeIn(now: number, seconds: number): string {
  return new Date(now + seconds * 1000).toISOString()
}

/** A time as the API shows it: to the second. */
function toSecond(time: string): string {
  return `${time.slice(0, 19)}Z`
}
