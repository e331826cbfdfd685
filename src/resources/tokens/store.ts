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

interface Row {
  id: string
  name: string
  prefix: string
  created_at: string
  expires_at: string | null
  revoked_at: string | null
}

const INSERT = `INSERT INTO api_keys (project_id, id, name, prefix, hash, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`
const FIND_BY_HASH = `SELECT id, name, prefix, created_at, expires_at, revoked_at FROM api_keys
  WHERE project_id = $1 AND hash = $2`
const LIST = `SELECT id, name, prefix, created_at, expires_at, revoked_at FROM api_keys
  WHERE project_id = $1 ORDER BY id`
const REVOKE = `UPDATE api_keys SET revoked_at = $3
  WHERE project_id = $1 AND id = $2 AND revoked_at IS NULL`

export async function insertKey(tx: Queries, projectId: string, key: StoredKey, hash: string): Promise<void> {
  await tx.run(INSERT, [projectId, key.id, key.name, key.prefix, hash, key.createdAt, key.expiresAt])
}

export async function findKeyByHash(db: Queries, projectId: string, hash: string): Promise<StoredKey | undefined> {
  const row = await db.get<Row>(FIND_BY_HASH, [projectId, hash])
  return row && toKey(row)
}

export async function listKeys(db: Queries, projectId: string): Promise<StoredKey[]> {
  return (await db.all<Row>(LIST, [projectId])).map(toKey)
}

/** Gives false when there is no such key or it is revoked already. */
export async function revokeKey(tx: Queries, projectId: string, id: string, revokedAt: string): Promise<boolean> {
  return (await tx.run(REVOKE, [projectId, id, revokedAt])) === 1
}

function toKey({ id, name, prefix, created_at, expires_at, revoked_at }: Row): StoredKey {
  return { id, name, prefix, createdAt: created_at, expiresAt: expires_at, revokedAt: revoked_at }
}
