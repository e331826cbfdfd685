import type { Role } from '../../contract/operation.ts'
import { columns, insertInto, write } from '../../db/insert.ts'
import type { Queries } from '../../db/port.ts'

/** A session as the authentication of a request needs it. Times are to the millisecond. */
export interface FoundSession {
  createdAt: string
  usedAt: string
  keyId: string
  keyName: string
  role: Role
  keyExpiresAt: string | null
  keyRevokedAt: string | null
}

interface SessionRow {
  project_id: string
  hash: string
  key_id: string
  created_at: string
  used_at: string
}

interface LinkRow {
  project_id: string
  hash: string
  key_id: string
  expires_at: string
}

const INSERT_SESSION = insertInto(
  'console_sessions',
  columns<SessionRow>()({ project_id: true, hash: true, key_id: true, created_at: true, used_at: true }),
)
const FIND_SESSION = `SELECT s.created_at AS "createdAt", s.used_at AS "usedAt", k.id AS "keyId", k.name AS "keyName", k.role,
    k.expires_at AS "keyExpiresAt", k.revoked_at AS "keyRevokedAt"
  FROM console_sessions s JOIN api_keys k ON k.project_id = $1 AND k.id = s.key_id
  WHERE s.project_id = $1 AND s.hash = $2`
const RECORD_USE = 'UPDATE console_sessions SET used_at = $3 WHERE project_id = $1 AND hash = $2 AND used_at < $3'
const DELETE_SESSION = 'DELETE FROM console_sessions WHERE project_id = $1 AND hash = $2'
const SWEEP_SESSIONS = `DELETE FROM console_sessions WHERE project_id = $1 AND hash IN
  (SELECT hash FROM console_sessions WHERE project_id = $1 AND (created_at <= $2 OR used_at <= $3) LIMIT $4)`

const INSERT_LINK = insertInto(
  'console_links',
  columns<LinkRow>()({ project_id: true, hash: true, key_id: true, expires_at: true }),
)
const FIND_LINK = 'SELECT key_id AS "keyId" FROM console_links WHERE project_id = $1 AND hash = $2 AND expires_at > $3'
const DELETE_LINK = 'DELETE FROM console_links WHERE project_id = $1 AND hash = $2'
const SWEEP_LINKS = `DELETE FROM console_links WHERE project_id = $1 AND hash IN
  (SELECT hash FROM console_links WHERE project_id = $1 AND expires_at <= $2 LIMIT $3)`

export async function insertSession(tx: Queries, row: SessionRow): Promise<void> {
  await write(tx, INSERT_SESSION, row)
}

export async function findSession(db: Queries, projectId: string, hash: string): Promise<FoundSession | undefined> {
  return db.get<FoundSession>(FIND_SESSION, [projectId, hash])
}

/** Stores when a session was used, unless a later use is stored. */
export async function recordSessionUse(db: Queries, projectId: string, hash: string, usedAt: string): Promise<void> {
  await db.run(RECORD_USE, [projectId, hash, usedAt])
}

export async function deleteSession(tx: Queries, projectId: string, hash: string): Promise<void> {
  await tx.run(DELETE_SESSION, [projectId, hash])
}

export async function insertLink(tx: Queries, row: LinkRow): Promise<void> {
  await write(tx, INSERT_LINK, row)
}

/** Deletes a link that is still valid `now`, and returns the id of its key; undefined if there is no such link. */
export async function takeLink(tx: Queries, projectId: string, hash: string, now: string): Promise<string | undefined> {
  const found = await tx.get<{ keyId: string }>(FIND_LINK, [projectId, hash, now])
  const deleted = await tx.run(DELETE_LINK, [projectId, hash])
  return deleted === 1 ? found?.keyId : undefined
}

/** Deletes some of the sessions created or last used by these times. Returns how many. */
export async function sweepSessions(
  tx: Queries,
  projectId: string,
  { createdBy, usedBy }: { createdBy: string; usedBy: string },
  limit: number,
): Promise<number> {
  return tx.run(SWEEP_SESSIONS, [projectId, createdBy, usedBy, limit])
}

/** Deletes some of the links that have expired by `now`. Returns how many. */
export async function sweepLinks(tx: Queries, projectId: string, now: string, limit: number): Promise<number> {
  return tx.run(SWEEP_LINKS, [projectId, now, limit])
}
