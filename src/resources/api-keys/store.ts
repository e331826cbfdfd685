import type { ListItem } from '../../contract/list.ts'
import type { Role } from '../../contract/operation.ts'
import { columns, ID, insertInto, updateWhere, write } from '../../db/insert.ts'
import { getJson, jsonObject } from '../../db/json.ts'
import { selectPage } from '../../db/page.ts'
import type { Queries } from '../../db/port.ts'
import type { Awaitable } from '../../domain/awaitable.ts'
import type { Cursor, Page } from '../../domain/cursor.ts'
import type { ApiKey } from './schema.ts'

/** What the authentication of a request needs to know about a key. */
export interface FoundKey {
  id: string
  name: string
  role: Role
  /** To the millisecond. */
  expiresAt: string | null
  revokedAt: string | null
}

interface NewRow {
  project_id: string
  id: string
  name: string
  role: Role
  prefix: string
  hash: string
  created_at: string
  expires_at: string | null
}

const INSERT = insertInto(
  'api_keys',
  columns<NewRow>()({
    project_id: true,
    id: true,
    name: true,
    role: true,
    prefix: true,
    hash: true,
    created_at: true,
    expires_at: true,
  }),
)
const JSON_OF_KEY = jsonObject<ApiKey>({
  object: "'apiKey'",
  id: 'k.id',
  createdAt: 'k.created_at',
  name: 'k.name',
  role: 'k.role',
  prefix: 'k.prefix',
  expiresAt: toSecond('k.expires_at'),
  lastUsedAt: toSecond('k.last_used_at'),
  revokedAt: toSecond('k.revoked_at'),
})
const FIND = `SELECT ${JSON_OF_KEY} AS json FROM api_keys k WHERE k.project_id = $1 AND k.id = $2`
const FIND_BY_HASH = `SELECT id, name, role, expires_at AS "expiresAt", revoked_at AS "revokedAt" FROM api_keys
  WHERE project_id = $1 AND hash = $2`
const REVOKE = updateWhere(
  'api_keys',
  columns<{ revoked_at: string }>()({ revoked_at: true }),
  ID,
  'AND revoked_at IS NULL',
)
const IS_VALID_ADMIN =
  "project_id = $1 AND role = 'admin' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)"
const TOUCH_VALID_ADMINS = `UPDATE api_keys SET role = role WHERE ${IS_VALID_ADMIN}`
const FIND_VALID_ADMINS = `SELECT id FROM api_keys WHERE ${IS_VALID_ADMIN} ORDER BY id LIMIT 2`
const RECORD_USE = `UPDATE api_keys SET last_used_at = $3
  WHERE project_id = $1 AND id = $2 AND (last_used_at < $3 OR last_used_at IS NULL)`

export async function insertKey(tx: Queries, row: NewRow): Promise<void> {
  await write(tx, INSERT, row)
}

/** Finds a key as JSON. */
export function findKey(db: Queries, projectId: string, id: string): Awaitable<string | undefined> {
  return getJson(db, FIND, [projectId, id])
}

export async function findKeyByHash(db: Queries, projectId: string, hash: string): Promise<FoundKey | undefined> {
  return db.get<FoundKey>(FIND_BY_HASH, [projectId, hash])
}

export function listKeys(db: Queries, projectId: string, cursor: Cursor): Awaitable<Page<ListItem>> {
  const listing = { table: 'api_keys', alias: 'k', joins: '', json: JSON_OF_KEY }
  return selectPage(db, { ...listing, conditions: ['k.project_id = $1'], parameters: [projectId] }, cursor)
}

/** Returns false if there is no such key, or it is already revoked. */
export async function revokeKey(tx: Queries, projectId: string, id: string, revokedAt: string): Promise<boolean> {
  return (await write(tx, REVOKE, { project_id: projectId, id, revoked_at: revokedAt })) === 1
}

/**
 * Whether a key is the only `admin` key that is valid `now`. Changes the rows of these keys, so that two transactions
 * that revoke one each cannot both commit.
 */
export async function isLastAdmin(tx: Queries, projectId: string, id: string, now: string): Promise<boolean> {
  await tx.run(TOUCH_VALID_ADMINS, [projectId, now])
  const valid = await tx.all<{ id: string }>(FIND_VALID_ADMINS, [projectId, now])
  return valid.length === 1 && valid[0]?.id === id
}

/** Stores when a key was used, unless a later use is stored. */
export async function recordKeyUse(db: Queries, projectId: string, id: string, usedAt: string): Promise<void> {
  await db.run(RECORD_USE, [projectId, id, usedAt])
}

/** A time as the API shows it: to the second. */
function toSecond(column: string): string {
  return `SUBSTR(${column}, 1, 19) || 'Z'`
}
