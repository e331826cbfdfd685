import type { Caller, StoredProject } from '../../caller.ts'
import type { Context } from '../../context.ts'
import type { Queries } from '../../db/port.ts'
import { timeIn } from '../../domain/time.ts'
import { createProjectFinder, toPublicProject } from '../projects/projects.ts'
import { hashOf, newToken, readToken } from '../tokens/token.ts'
import { unauthenticated } from '../tokens/unauthenticated.ts'
import { MAX_AGE, MAX_IDLE } from './life.ts'
import type { SignedIn } from './schema.ts'
import * as store from './store.ts'

/** Seconds for which a link can be used. */
const LINK_LIFE = 15 * 60

/** A new session: its token, which only the browser's cookie has, and the project that it signs in to. */
export interface NewSession {
  token: string
  project: StoredProject
}

/** Creates a session for a caller with an API key. */
export function openSession({ db, clock }: Context, { project, tokenId }: Caller): Promise<NewSession> {
  return db.transaction((tx) => insertSession(tx, project, tokenId, clock()))
}

/**
 * Creates a session for the code of a link, which works once. Throws `unauthenticated` for a code that is unknown, used or
 * expired.
 */
export async function redeemLink(context: Context, code: string): Promise<NewSession> {
  const { db, clock } = context
  const read = readToken(code)
  const project = read?.kind === 'hcl' ? await createProjectFinder(context)(read.projectTag) : undefined
  if (project === undefined) throw unauthenticated('linkEnded')
  return db.transaction(async (tx) => {
    const keyId = await store.takeLink(tx, project.id, hashOf(code), timeIn(clock(), 0))
    if (keyId === undefined) throw unauthenticated('linkEnded')
    return insertSession(tx, project, keyId, clock())
  })
}

async function insertSession(tx: Queries, project: StoredProject, keyId: string, now: number): Promise<NewSession> {
  const { token, hash } = newToken('hcs', project.tag)
  const createdAt = timeIn(now, 0)
  await store.insertSession(tx, {
    ...{ project_id: project.id, hash, key_id: keyId },
    ...{ created_at: createdAt, used_at: createdAt },
  })
  return { token, project }
}

/** Ends a session. Another one is not affected, even of the same key. */
export async function closeSession(context: Context, token: string): Promise<void> {
  const read = readToken(token)
  const project = read && (await createProjectFinder(context)(read.projectTag))
  if (project) await context.db.transaction((tx) => store.deleteSession(tx, project.id, hashOf(token)))
}

/** The project and the key of a session, as the API shows them. */
export function describeSession({ project, tokenId, key }: Caller): SignedIn {
  return { project: toPublicProject(project), key: { id: tokenId, ...(key as NonNullable<Caller['key']>) } }
}

/** Creates the code of a link that signs in to the console with a key. It works once, within 15 minutes. */
export async function createLink({ db, clock }: Context, project: StoredProject, keyId: string): Promise<string> {
  const { token, hash } = newToken('hcl', project.tag)
  const expiresAt = timeIn(clock(), LINK_LIFE)
  await db.transaction((tx) =>
    store.insertLink(tx, { project_id: project.id, hash, key_id: keyId, expires_at: expiresAt }),
  )
  return token
}

/** Deletes some of a project's ended sessions and expired links. Returns how many. */
export async function sweepConsoleSessions(
  tx: Queries,
  { id }: StoredProject,
  now: number,
  limit: number,
): Promise<number> {
  const ended = { createdBy: timeIn(now, -MAX_AGE), usedBy: timeIn(now, -MAX_IDLE) }
  return (await store.sweepSessions(tx, id, ended, limit)) + (await store.sweepLinks(tx, id, timeIn(now, 0), limit))
}
