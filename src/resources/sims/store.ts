import type { ListItem } from '../../contract/list.ts'
import type { Count } from '../../db/count.ts'
import { columns, ID, insertInto, joinColumns, updateWhere, write } from '../../db/insert.ts'
import { getJson } from '../../db/json.ts'
import type { Parameter, Queries } from '../../db/port.ts'
import { countByWords, selectByWords, type WordListing } from '../../db/search/find.ts'
import type { Awaitable } from '../../domain/awaitable.ts'
import type { Cursor, Page } from '../../domain/cursor.ts'
import type { Iccid } from '../../domain/iccid.ts'
import type { SearchTerm } from '../../domain/words.ts'
import { simJson } from './json.ts'
import type { Sim } from './schema.ts'

/** The columns of a new SIM. `metadata` is JSON text. */
export interface NewSim extends Omit<Sim, 'object' | 'metadata' | 'iccid'> {
  iccid: Iccid
  metadata: string
}

/** The columns of a SIM that an update may change. `metadata` is JSON text. */
interface ChangeableFields {
  provider: string
  status: string
  metadata: string
}

interface Created {
  project_id: string
  id: string
  iccid: Iccid
  type: string
  created_at: string
}

/** The filters of a list of SIMs. Each list of values means any of them. */
export interface SimFilters {
  provider?: string[] | undefined
  status: string[]
  type?: string[] | undefined
  user?: string | undefined
  terms: readonly SearchTerm[]
}

const JSON_OF_SIM = simJson('s')
const FIELDS = columns<ChangeableFields>()({ provider: true, status: true, metadata: true })
const CREATED = columns<Created>()({ project_id: true, id: true, iccid: true, type: true, created_at: true })
const INSERT = insertInto('sims', joinColumns(CREATED, FIELDS), 'ON CONFLICT (project_id, iccid) DO NOTHING')
/** Whether the SIM is on a device of the user $3. True if $3 is null. */
const VISIBLE = `(${isOnDeviceOf('$3')} OR $3 IS NULL)`
const FIND = `SELECT ${JSON_OF_SIM} AS json FROM sims s
  WHERE s.project_id = $1 AND s.id = $2 AND ${VISIBLE}`
const SEARCH = `SELECT ${JSON_OF_SIM} AS json FROM sims s
  WHERE s.project_id = $1 AND s.iccid = $2 AND ${VISIBLE} AND s.type IN (JSON_ITEMS($4))`
const FIND_WITH_OWNER = `SELECT ${JSON_OF_SIM} AS json, d.user_id AS owner FROM sims s
  LEFT JOIN devices d ON d.project_id = s.project_id AND d.id = s.device_id
  WHERE s.project_id = $1 AND s.id = $2`
const UPDATE = updateWhere('sims', FIELDS, ID)
const DELETE = 'DELETE FROM sims WHERE project_id = $1 AND id = $2 AND device_id IS NULL'

/** Inserts a SIM. Returns false if the project already has its ICCID. */
export async function insertSim(tx: Queries, projectId: string, sim: NewSim): Promise<boolean> {
  const { id, iccid, type, provider, status, metadata, createdAt } = sim
  const row = { project_id: projectId, id, iccid, type, created_at: createdAt, provider, status, metadata }
  return (await write(tx, INSERT, row)) === 1
}

/** Finds a SIM as JSON; with `visibleTo`, only if it is on a device of that user. */
export function findSim(
  db: Queries,
  projectId: string,
  id: string,
  visibleTo: string | null,
): Awaitable<string | undefined> {
  return getJson(db, FIND, [projectId, id, visibleTo])
}

/** Finds the SIM with this ICCID and one of these types, as JSON; `visibleTo` as in `findSim`. */
export async function searchSims(
  db: Queries,
  projectId: string,
  iccid: Iccid,
  types: readonly string[],
  visibleTo: string | null,
): Promise<string[]> {
  const rows = await db.all<{ json: string }>(SEARCH, [projectId, iccid, visibleTo, JSON.stringify(types)])
  return rows.map((row) => row.json)
}

/** Finds a SIM as JSON, and the user of the device that it is on. */
export function findSimWithOwner(tx: Queries, projectId: string, id: string) {
  return tx.get<{ json: string; owner: string | null }>(FIND_WITH_OWNER, [projectId, id])
}

export async function updateSim(
  tx: Queries,
  projectId: string,
  id: string,
  { provider, status, metadata }: ChangeableFields,
): Promise<void> {
  await write(tx, UPDATE, { project_id: projectId, id, provider, status, metadata })
}

/** Deletes a SIM. Returns false if it is on a device or does not exist. */
export async function deleteSim(tx: Queries, projectId: string, id: string): Promise<boolean> {
  return (await tx.run(DELETE, [projectId, id])) === 1
}

/** A page of SIMs; `visibleTo` as in `findSim`. */
export function listSims(
  db: Queries,
  projectId: string,
  filters: SimFilters,
  visibleTo: string | null,
  cursor: Cursor,
): Awaitable<Page<ListItem>> {
  return selectByWords(db, listingOf(projectId, filters, visibleTo), cursor)
}

/** Counts the SIMs that the filters select, up to a limit. */
export function countSims(db: Queries, projectId: string, filters: SimFilters): Promise<Count> {
  return countByWords(db, listingOf(projectId, filters, null))
}

function listingOf(projectId: string, filters: SimFilters, visibleTo: string | null): WordListing {
  const parameters: Parameter[] = [projectId]
  const conditions = ['s.project_id = $1']
  for (const name of ['provider', 'status', 'type'] as const) {
    const values = filters[name]
    if (values !== undefined) conditions.push(`s.${name} IN (JSON_ITEMS($${parameters.push(JSON.stringify(values))}))`)
  }
  for (const owner of [filters.user, visibleTo]) {
    if (owner === undefined || owner === null) continue
    conditions.push(isOnDeviceOf(`$${parameters.push(owner)}`))
  }
  const listing = { table: 'sims', alias: 's', joins: '', json: JSON_OF_SIM, conditions, parameters }
  // The SIMs of a user are few enough to read.
  const isNarrow = filters.user !== undefined || visibleTo !== null
  return { ...listing, kind: 'sim', terms: filters.terms, isNarrow }
}

/** The condition that a SIM of the project $1 is on a device of this user. */
export function isOnDeviceOf(user: string): string {
  return `s.device_id IN (SELECT d.id FROM devices d WHERE d.project_id = $1 AND d.user_id = ${user})`
}
