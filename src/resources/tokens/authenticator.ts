import type { Authenticator, Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import type { Queries } from '../../db/port.ts'
import { createBoundedCache } from '../../domain/bounded-cache.ts'
import { findKeyByHash, recordKeyUse } from '../api-keys/api-keys.ts'
import { endOf, findSession, recordSessionUse } from '../console-sessions/life.ts'
import { createProjectFinder } from '../projects/projects.ts'
import { findUserToken } from './store.ts'
import { hashOf, readToken, type TokenKind } from './token.ts'
import { unauthenticated } from './unauthenticated.ts'
import { createUses, type Uses } from './uses.ts'

/** How many callers are cached. */
const KNOWN_CALLERS = 20_000

/** How old the stored use of a key may be, in milliseconds: with the delay of storing it, less than a minute. */
const KEY_ACCURACY = 50_000

/** The same for a session, which ends after hours without a use. */
const SESSION_ACCURACY = 300_000

interface Known {
  caller: Caller
  /** Unix milliseconds. */
  expiresAt: number
  /** The hash of the session that the caller uses; null for a bearer token. */
  session: string | null
}

/** An authenticator that also records when API keys and sessions are used. `flush` stores what is not stored yet. */
export interface RecordingAuthenticator extends Authenticator {
  flush(): Promise<void>
}

/** Identifies callers by their tokens. */
export function createAuthenticator(context: Context): RecordingAuthenticator {
  const { db, clock } = context
  const findProject = createProjectFinder(context)
  const keyUses = createUses(clock, KEY_ACCURACY, (...use) => recordKeyUse(db, ...use))
  const sessionUses = createUses(clock, SESSION_ACCURACY, (...use) => recordSessionUse(db, ...use))
  // Keyed by the header itself, only in memory. The duration of a lookup reveals nothing to an attacker: V8 seeds its
  // hash of strings anew in each process, and a token has 160 random bits.
  const known = createBoundedCache<Known>(KNOWN_CALLERS)

  async function authenticate(authorization: string | undefined, version: number): Promise<Caller> {
    const [, scheme, token] = /^(Bearer|Session) +(\S+) *$/i.exec(authorization ?? '') ?? []
    if (scheme === undefined || token === undefined) throw unauthenticated('missing')
    const isSession = scheme.toLowerCase() === 'session'
    const read = readToken(token)
    if (read === null) throw unauthenticated('mistyped')
    const find = (isSession ? SESSION_FINDERS : BEARER_FINDERS)[read.kind]
    const project = await findProject(read.projectTag)
    if (find === undefined || project === undefined) throw unauthenticated('unknown')
    const hash = hashOf(token)
    const found = await find(db, project.id, hash)
    if (found === undefined) throw unauthenticated(isSession ? 'sessionEnded' : 'unknown')
    if (found.revokedAt !== null) throw unauthenticated('revoked')
    const expiresAt = found.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(found.expiresAt)
    if (expiresAt <= clock()) throw unauthenticated(isSession ? 'sessionEnded' : 'expired')
    const { id: tokenId, userId, key } = found
    const one: Known = { caller: { project, tokenId, userId, key }, expiresAt, session: isSession ? hash : null }
    record(one, keyUses, sessionUses)
    known.set(version, authorization as string, one, 1)
    return one.caller
  }

  return {
    recall(authorization, version) {
      if (authorization === undefined) return undefined
      const found = known.get(version, authorization)
      if (found === undefined || found.expiresAt <= clock()) return undefined
      record(found, keyUses, sessionUses)
      return found.caller
    },
    authenticate,
    async flush() {
      await Promise.all([keyUses.flush(), sessionUses.flush()])
    },
  }
}

function record({ caller: { project, tokenId, key }, session }: Known, keyUses: Uses, sessionUses: Uses): void {
  if (key !== null) keyUses.record(project.id, tokenId)
  if (session !== null) sessionUses.record(project.id, session)
}

interface FoundToken extends Pick<Caller, 'userId' | 'key'> {
  id: string
  /** To the millisecond. */
  expiresAt: string | null
  revokedAt: string | null
}

type Finders = Partial<
  Record<TokenKind, (db: Queries, projectId: string, hash: string) => Promise<FoundToken | undefined>>
>

const BEARER_FINDERS: Finders = {
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

/** A session acts as the API key that it was opened with, and ends with it (docs/contract.md §17). */
const SESSION_FINDERS: Finders = {
  async hcs(db, projectId, hash) {
    const found = await findSession(db, projectId, hash)
    if (found === undefined) return undefined
    const { keyId, keyName, role, keyRevokedAt } = found
    return { id: keyId, expiresAt: endOf(found), revokedAt: keyRevokedAt, userId: null, key: { name: keyName, role } }
  },
}
