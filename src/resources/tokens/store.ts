import type { Queries } from '../../db/port.ts'

/** An API key as the store keeps it: its hash and never itself. */
export interface StoredKey {
  id: string
  name: string
  prefix: string
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
}

/** A user token as the store keeps it: its hash and never itself. */
export interface StoredUserToken {
  id: string
  userId: string
  createdAt: string
  /** To the millisecond. */
  expiresAt: string
}

interface KeyRow {
  id: string
  name: string
  prefix: string
  created_at: string
  expires_at: string | null
  revoked_at: string | null
}

interface UserTokenRow {
  id: string
  user_id: string
  created_at: string
  expires_at: string
}

const INSERT_KEY = `INSERT INTO api_keys (project_id, id, name, prefix, hash, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`
const FIND_KEY = `SELECT id, name, prefix, created_at, expires_at, revoked_at FROM api_keys
  WHERE project_id = $1 AND hash = $2`
const LIST_KEYS = `SELECT id, name, prefix, created_at, expires_at, revoked_at FROM api_keys
  WHERE project_id = $1 ORDER BY id`
const REVOKE_KEY = `UPDATE api_keys SET revoked_at = $3
  WHERE project_id = $1 AND id = $2 AND revoked_at IS NULL`
const INSERT_USER_TOKEN = `INSERT INTO user_tokens (project_id, id, user_id, hash, created_at, expires_at)
  SELECT project_id, $2, id, $4, $5, $6 FROM users WHERE project_id = $1 AND id = $3`
const FIND_USER_TOKEN =
  'SELECT id, user_id, created_at, expires_at FROM user_tokens WHERE project_id = $1 AND hash = $2'
const END_USER_TOKENS = 'DELETE FROM user_tokens WHERE project_id = $1 AND user_id = $2'
const SWEEP_USER_TOKENS = `DELETE FROM user_tokens WHERE project_id = $1 AND id IN
  (SELECT id FROM user_tokens WHERE project_id = $1 AND expires_at <= $2 LIMIT $3)`

export async function insertKey(tx: Queries, projectId: string, key: StoredKey, hash: string): Promise<void> {
  await tx.run(INSERT_KEY, [projectId, key.id, key.name, key.prefix, hash, key.createdAt, key.expiresAt])
}

export async function findKey(db: Queries, projectId: string, hash: string): Promise<StoredKey | undefined> {
  const row = await db.get<KeyRow>(FIND_KEY, [projectId, hash])
  return row && toKey(row)
}

export async function listKeys(db: Queries, projectId: string): Promise<StoredKey[]> {
  return (await db.all<KeyRow>(LIST_KEYS, [projectId])).map(toKey)
}

/** Gives false when there is no such key or it is revoked already. */
export async function revokeKey(tx: Queries, projectId: string, id: string, revokedAt: string): Promise<boolean> {
  return (await tx.run(REVOKE_KEY, [projectId, id, revokedAt])) === 1
}

/** Gives false when there is no such user. */
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

/** Ends all tokens of a user. */
export async function endUserTokens(tx: Queries, projectId: string, userId: string): Promise<void> {
  await tx.run(END_USER_TOKENS, [projectId, userId])
}

/** Deletes some of the tokens that have expired by `now`; gives how many. */
export async function sweepUserTokens(tx: Queries, projectId: string, now: string, limit: number): Promise<number> {
  return tx.run(SWEEP_USER_TOKENS, [projectId, now, limit])
}

function toKey({ id, name, prefix, created_at, expires_at, revoked_at }: KeyRow): StoredKey {
  return { id, name, prefix, createdAt: created_at, expiresAt: expires_at, revokedAt: revoked_at }
}
