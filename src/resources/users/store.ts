import type { ListItem } from '../../contract/list.ts'
import { type Count, countOf } from '../../db/count.ts'
import { columns, ID, insertInto, joinColumns, updateWhere, write } from '../../db/insert.ts'
import { getJson } from '../../db/json.ts'
import type { Parameter, Queries } from '../../db/port.ts'
import { countByWords, selectByWords, type WordListing } from '../../db/search/find.ts'
import type { Awaitable } from '../../domain/awaitable.ts'
import type { Cursor, Page } from '../../domain/cursor.ts'
import type { SearchTerm } from '../../domain/words.ts'
import { userJson } from './json.ts'
import { MAX_DEVICES } from './schema.ts'

/** The columns of a user that an update may change, as stored. */
export interface UserFields {
  email: string
  /** The address in the form in which addresses are compared. */
  emailKey: string
  emailVerified: boolean
  fullName: string | null
  birthday: string | null
  preferredLocale: string
  /** JSON text. */
  metadata: string
}

/** The filters of a list of users. */
export interface UserFilters {
  terms: readonly SearchTerm[]
}

interface Row {
  email: string
  email_key: string
  email_verified: string
  full_name: string | null
  birthday: string | null
  preferred_locale: string
  metadata: string
}

interface Created {
  project_id: string
  id: string
  created_at: string
}

const JSON_OF_USER = userJson('u')
const EMAIL = columns<Pick<Row, 'email' | 'email_key'>>()({ email: true, email_key: true })
const OTHERS = columns<Omit<Row, 'email' | 'email_key'>>()({
  email_verified: true,
  full_name: true,
  birthday: true,
  preferred_locale: true,
  metadata: true,
})
const FIELDS = joinColumns(EMAIL, OTHERS)
const CREATED = columns<Created>()({ project_id: true, id: true, created_at: true })
const INSERT = insertInto('users', joinColumns(CREATED, FIELDS), 'ON CONFLICT (project_id, email_key) DO NOTHING')
const FIND = `SELECT ${JSON_OF_USER} AS json FROM users u
  WHERE u.project_id = $1 AND u.id = $2 AND (u.id = $3 OR $3 IS NULL)`
const FIND_BY_EMAIL = `SELECT ${JSON_OF_USER} AS json FROM users u
  WHERE u.project_id = $1 AND u.email_key = $2 AND (u.id = $3 OR $3 IS NULL)`
/** Each user's devices are counted up to the limit only. */
const COUNT_DEVICES = `SELECT u.id AS "user", (SELECT COUNT(*) FROM (SELECT 1 FROM devices d
    WHERE d.project_id = $1 AND d.user_id = u.id LIMIT ${MAX_DEVICES + 1}) c) AS devices FROM users u
  WHERE u.project_id = $1 AND u.id IN (JSON_ITEMS($2)) ORDER BY u.id`
const UPDATE = updateWhere('users', FIELDS, ID)
/** SQLite rewrites the index of a column that an UPDATE sets, even to the same value. */
const UPDATE_KEEPING_EMAIL = updateWhere('users', OTHERS, ID)
const DELETE = 'DELETE FROM users WHERE project_id = $1 AND id = $2'

/** Inserts a user. Returns false if the project already has a user with this e-mail address. */
export async function insertUser(
  tx: Queries,
  projectId: string,
  { id, createdAt }: { id: string; createdAt: string },
  fields: UserFields,
): Promise<boolean> {
  return (await write(tx, INSERT, { project_id: projectId, id, created_at: createdAt, ...toRow(fields) })) === 1
}

/** Finds a user as JSON; with `visibleTo`, only if it is that user. */
export function findUser(
  db: Queries,
  projectId: string,
  id: string,
  visibleTo: string | null,
): Awaitable<string | undefined> {
  return getJson(db, FIND, [projectId, id, visibleTo])
}

/** Finds a user as JSON; with `visibleTo`, only if it is that user. */
export function findUserByEmail(
  db: Queries,
  projectId: string,
  emailKey: string,
  visibleTo: string | null,
): Awaitable<string | undefined> {
  return getJson(db, FIND_BY_EMAIL, [projectId, emailKey, visibleTo])
}

/** Updates a user. Throws `UniqueViolation` when another user has the address. */
export async function updateUser(
  tx: Queries,
  projectId: string,
  id: string,
  fields: UserFields,
  { keepsEmail }: { keepsEmail: boolean },
): Promise<void> {
  await write(tx, keepsEmail ? UPDATE_KEEPING_EMAIL : UPDATE, { project_id: projectId, id, ...toRow(fields) })
}

export async function deleteUser(tx: Queries, projectId: string, id: string): Promise<void> {
  await tx.run(DELETE, [projectId, id])
}

/** A page of users; with `visibleTo`, of that user alone. */
export function listUsers(
  db: Queries,
  projectId: string,
  filters: UserFilters,
  visibleTo: string | null,
  cursor: Cursor,
): Awaitable<Page<ListItem>> {
  return selectByWords(db, listingOf(projectId, filters, visibleTo), cursor)
}

/** Counts the users that the filters select, up to a limit. */
export function countUsers(db: Queries, projectId: string, filters: UserFilters): Promise<Count> {
  return countByWords(db, listingOf(projectId, filters, null))
}

/** Counts the devices of each of these users that exists, up to a limit, in the order of their ids. */
export async function countDevicesOf(
  db: Queries,
  projectId: string,
  userIds: readonly string[],
): Promise<({ user: string } & Count)[]> {
  const rows = await db.all<{ user: string; devices: number | string }>(COUNT_DEVICES, [
    projectId,
    JSON.stringify(userIds),
  ])
  return rows.map(({ user, devices }) => ({ user, ...countOf(Number(devices), MAX_DEVICES) }))
}

function listingOf(projectId: string, { terms }: UserFilters, visibleTo: string | null): WordListing {
  const parameters: Parameter[] = [projectId]
  const conditions = ['u.project_id = $1']
  if (visibleTo !== null) conditions.push(`u.id = $${parameters.push(visibleTo)}`)
  const listing = { table: 'users', alias: 'u', joins: '', json: JSON_OF_USER, conditions, parameters }
  return { ...listing, kind: 'usr', terms, isNarrow: visibleTo !== null }
}

function toRow({ email, emailKey, emailVerified, fullName, birthday, preferredLocale, metadata }: UserFields): Row {
  return {
    email,
    email_key: emailKey,
    email_verified: String(emailVerified),
    full_name: fullName,
    birthday,
    preferred_locale: preferredLocale,
    metadata,
  }
}
