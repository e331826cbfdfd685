import type { Authenticator, Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import type { Queries } from '../../db/port.ts'
import { createBoundedCache } from '../../domain/bounded-cache.ts'
import { ApiError } from '../../errors.ts'
import { findKeyByHash } from '../api-keys/api-keys.ts'
import type { KeyUses } from '../api-keys/uses.ts'
import { createProjectFinder } from '../projects/projects.ts'
import { findUserToken } from './store.ts'
import { hashOf, readToken, type TokenKind } from './token.ts'

const HINTS = {
  missing: 'Send the header `Authorization: Bearer TOKEN`.',
  mistyped: 'The token is mistyped or truncated: its checksum is wrong.',
  unknown: 'Create an API key with `handset keys create`, or a user token with POST users/{user}/tokens.',
  expired: 'The token has expired. Create a new one.',
  revoked: 'The key was revoked. Create a new one with `handset keys create`.',
}

/** How many callers are cached. */
const KNOWN_CALLERS = 20_000

/** Identifies callers by their tokens. Reports each use of an API key to `uses`. */
export function createAuthenticator(context: Context, uses: KeyUses): Authenticator {
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
    const { id: tokenId, userId, key } = found
    const caller = { project, tokenId, userId, key }
    uses.record(caller)
    known.set(version, authorization as string, { caller, expiresAt }, 1)
    return caller
  }

  return {
    recall(authorization, version) {
      if (authorization === undefined) return undefined
      const found = known.get(version, authorization)
      if (found === undefined || found.expiresAt <= context.clock()) return undefined
      uses.record(found.caller)
      return found.caller
    },
    authenticate,
  }
}

interface FoundToken extends Pick<Caller, 'userId' | 'key'> {
  id: string
  expiresAt: string | null
  revokedAt: string | null
}

const FINDERS: Record<TokenKind, (db: Queries, projectId: string, hash: string) => Promise<FoundToken | undefined>> = {
  async hsk(db, projectId, hash) {
    const found = await findKeyByHash(db, projectId, hash)
    if (found === undefined) return undefined
    const { id, name, role, expiresAt, revokedAt } = found
    return { id, expiresAt, revokedAt, userId: null, key: { name, role } }
  },
  async hut(db, projectId, hash) {
    const found = await findUserToken(db, projectId, hash)
    return found && { ...found, revokedAt: null, key: null }
  },
}

function unauthenticated(reason: keyof typeof HINTS): ApiError {
  return new ApiError('unauthenticated', 'Invalid authorization token', {
    hint: HINTS[reason],
    headers: { 'www-authenticate': 'Bearer' },
  })
}
