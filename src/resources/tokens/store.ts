import type { ListItem } from '../../contract/list.ts'
import { jsonObject } from '../../db/json.ts'
import { selectPage } from '../../db/page.ts'
import type { Queries } from '../../db/port.ts'
import type { Awaitable } from '../../domain/awaitable.ts'
import type { Cursor, Page } from '../../domain/cursor.ts'
import type { UserToken } from './schema.ts'

/** A user token as stored: its hash, never the token itself. */
export interface StoredUserToken {
  id: string
  userId: string
  createdAt: string
  /** To the millisecond. */
  expiresAt: string
}

interface UserTokenRow {
  id: string
  user_id: string
  created_at: string
  expires_at: string
}

const INSERT_USER_TOKEN = `INSERT INTO user_tokens (project_id, id, user_id, hash, created_at, expires_at)
  SELECT project_id, $2, id, $4, $5, $6 FROM users WHERE project_id = $1 AND id = $3`
const FIND_USER_TOKEN =
  'SELECT id, user_id, created_at, expires_at FROM user_tokens WHERE project_id = $1 AND hash = $2'
/** The API shows times to the second. */
const JSON_OF_USER_TOKEN = jsonObject<UserToken>({
  object: "'userToken'",
  id: 't.id',
  user: 't.user_id',
  createdAt: 't.created_at',
  expiresAt: "SUBSTR(t.expires_at, 1, 19) || 'Z'",
})
const FIND_VALID_USER_TOKEN = `SELECT ${JSON_OF_USER_TOKEN} AS json FROM user_tokens t
  WHERE t.project_id = $1 AND t.user_id = $2 AND t.id = $3 AND t.expires_at > $4`
const DELETE_USER_TOKEN = 'DELETE FROM user_tokens WHERE project_id = $1 AND id = $2'
const END_USER_TOKENS = 'DELETE FROM user_tokens WHERE project_id = $1 AND user_id = $2'
const SWEEP_USER_TOKENS = `DELETE FROM user_tokens WHERE project_id = $1 AND id IN
  (SELECT id FROM user_tokens WHERE project_id = $1 AND expires_at <= $2 LIMIT $3)`

/** Returns false if there is no such user. */
export async function insertUserToken(
  tx: Queries,
  projectId: string,
  { id, userId, createdAt, expiresAt }: StoredUserToken,
  hash: string,
): Promise<boolean> {
  return (await tx.run(INSERT_USER_TOKEN, [projectId, id, userId, hash, createdAt, expiresAt])) === 1
}

export async function findUserToken(
  db: Queries,
  projectId: string,
  hash: string,
): Promise<StoredUserToken | undefined> {
  const row = await db.get<UserTokenRow>(FIND_USER_TOKEN, [projectId, hash])
  return row && { id: row.id, userId: row.user_id, createdAt: row.created_at, expiresAt: row.expires_at }
}

/** A user's token as JSON, unless it has expired by `now`. */
export async function findValidUserToken(
  db: Queries,
  projectId: string,
  { userId, id }: { userId: string; id: string },
  now: string,
): Promise<string | undefined> {
  return (await db.get<{ json: string }>(FIND_VALID_USER_TOKEN, [projectId, userId, id, now]))?.json
}

/** A page of a user's tokens that have not expired by `now`. */
export function listUserTokens(
  db: Queries,
  projectId: string,
  userId: string,
  now: string,
  cursor: Cursor,
): Awaitable<Page<ListItem>> {
  const listing = {
    ...{ table: 'user_tokens', alias: 't', joins: '', json: JSON_OF_USER_TOKEN },
    conditions: ['t.project_id = $1', 't.user_id = $2', 't.expires_at > $3'],
    parameters: [projectId, userId, now],
  }
  return selectPage(db, listing, cursor)
}

export async function deleteUserToken(tx: Queries, projectId: string, id: string): Promise<void> {
  await tx.run(DELETE_USER_TOKEN, [projectId, id])
}

/** Ends all tokens of a user. */
export async function endUserTokens(tx: Queries, projectId: string, userId: string): Promise<void> {
  await tx.run(END_USER_TOKENS, [projectId, userId])
}

/** Deletes some of the tokens that have expired by `now`. Returns how many. */
export async function sweepUserTokens(tx: Queries, projectId: string, now: string, limit: number): Promise<number> {
  return tx.run(SWEEP_USER_TOKENS, [projectId, now, limit])
}
