import type { ListItem } from '../../contract/list.ts'
import type { Count } from '../../db/count.ts'
import { columns, ID, insertInto, joinColumns, updateWhere, write } from '../../db/insert.ts'
import { getJson, jsonObject } from '../../db/json.ts'
import { type Scattered, where } from '../../db/page.ts'
import type { Parameter, Queries } from '../../db/port.ts'
import { countByWords, selectByWords, type WordListing } from '../../db/search/find.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import type { Cursor, Page } from '../../domain/cursor.ts'
import type { Iccid } from '../../domain/iccid.ts'
import type { Imei, Tac } from '../../domain/imei.ts'
import type { SearchTerm } from '../../domain/words.ts'
import { admitNoModel, type ModelFilters, modelConditions } from '../device-models/filters.ts'
import { deviceModelJson } from '../device-models/json.ts'
import { simJson } from '../sims/json.ts'
import { userJson } from '../users/json.ts'
import type { Device, DeviceTexts } from './schema.ts'
import { mapTexts, TEXT_NAMES, textsOf } from './texts.ts'

/** The columns of a device. `metadata` is JSON text. */
export interface StoredDevice extends DeviceTexts {
  id: string
  imei: Imei
  tac: Tac
  userId: string | null
  metadata: string
  createdAt: string
}

/** The columns of a device that an update may change. `metadata` is JSON text. */
export interface DeviceFields extends DeviceTexts {
  user_id: string | null
  metadata: string
}

interface Created {
  project_id: string
  id: string
  imei: Imei
  tac: Tac
  created_at: string
}

/** The filters of a list of devices. */
export interface DeviceFilters {
  sim?: string | undefined
  /** Without duplicates. */
  sims?: string[] | undefined
  user?: string | undefined
  /** Without duplicates. */
  tac?: string[] | undefined
  model: ModelFilters
  terms: readonly SearchTerm[]
  /** A range of ids, which is a range of creation times. */
  idsFrom?: string | undefined
  idsUpTo?: string | undefined
}

/** A SIM that an import found. */
export interface FoundSim {
  id: string
  iccid: Iccid
  device_id: string | null
  device_position: number | null
}

/** Takes the project as $1: Citus rejects a subquery here that compares with the project of the device. */
const JSON_OF_SIMS = `JSON_OBJECTS(${simJson('s')},
    FROM sims s WHERE s.project_id = $1 AND s.device_id = d.id, s.device_position)`
const JSON_OF_DEVICE = jsonObject<Device>({
  object: "'device'",
  id: 'd.id',
  metadata: 'JSON_VALUE(d.metadata)',
  createdAt: 'd.created_at',
  imei: 'd.imei',
  model: `CASE WHEN m.id IS NULL THEN NULL ELSE ${deviceModelJson('m')} END`,
  ...mapTexts((name) => `d.${name}`),
  sims: JSON_OF_SIMS,
  user: `CASE WHEN u.id IS NULL THEN NULL ELSE ${userJson('u')} END`,
})
const JOINS = `LEFT JOIN tacs t ON t.tac = d.tac
  LEFT JOIN device_models m ON m.id = t.model_id
  LEFT JOIN users u ON u.project_id = d.project_id AND u.id = d.user_id`

const FIND = `SELECT ${JSON_OF_DEVICE} AS json FROM devices d ${JOINS}
  WHERE d.project_id = $1 AND d.id = $2 AND (d.user_id = $3 OR $3 IS NULL)`
const FIND_BY_IMEI = `SELECT ${JSON_OF_DEVICE} AS json FROM devices d ${JOINS}
  WHERE d.project_id = $1 AND d.imei = $2 AND (d.user_id = $3 OR d.user_id IS NULL OR $3 IS NULL)`
const FIND_ALL = `SELECT d.id, ${JSON_OF_DEVICE} AS json FROM devices d ${JOINS}
  WHERE d.project_id = $1 AND d.id IN (JSON_ITEMS($2)) ORDER BY d.id`
const FIND_OF_USER = `SELECT d.id, ${JSON_OF_DEVICE} AS json FROM devices d ${JOINS}
  WHERE d.project_id = $1 AND d.user_id = $2 ORDER BY d.id`
const READ = `SELECT user_id, ${TEXT_NAMES.join(', ')}, metadata FROM devices WHERE project_id = $1 AND id = $2`
const USER = columns<Pick<DeviceFields, 'user_id'>>()({ user_id: true })
const KEEPING_USER = columns<Omit<DeviceFields, 'user_id'>>()({ ...mapTexts(() => true as const), metadata: true })
const FIELDS = joinColumns(USER, KEEPING_USER)
const CREATED = columns<Created>()({ project_id: true, id: true, imei: true, tac: true, created_at: true })
const COLUMNS = joinColumns(CREATED, FIELDS)
const UNLESS_TAKEN = 'ON CONFLICT (project_id, imei) DO NOTHING'
const INSERT = insertInto('devices', COLUMNS, UNLESS_TAKEN)
const UPDATE = updateWhere('devices', FIELDS, ID)
/** SQLite rewrites the index of a column that an UPDATE sets, even to the same value. */
const UPDATE_KEEPING_USER = updateWhere('devices', KEEPING_USER, ID)
const RELEASE = 'UPDATE devices SET user_id = NULL, name = NULL WHERE project_id = $1 AND user_id = $2'
const TOUCH = 'UPDATE devices SET metadata = metadata WHERE project_id = $1 AND id IN (JSON_ITEMS($2))'
const DELETE = 'DELETE FROM devices WHERE project_id = $1 AND id = $2'
const FIND_OWNER = 'SELECT id FROM users WHERE project_id = $1 AND id = $2'
/** With the limit, PostgreSQL knows how few they are, and finds them by their key. Otherwise it expects 100. */
const FIND_SIMS = `SELECT s.id, s.device_id FROM sims s
  LEFT JOIN devices d ON d.project_id = s.project_id AND d.id = s.device_id
  WHERE s.project_id = $1 AND s.id IN (JSON_ITEMS($2) LIMIT $5 + 0) AND (d.user_id = $3 OR d.id = $4 OR $3 IS NULL)`
const DETACH = `UPDATE sims SET device_id = NULL, device_position = NULL
  WHERE project_id = $1 AND id IN (JSON_ITEMS($2))`
const MOVE_ALL = 'UPDATE sims SET device_id = $3 WHERE project_id = $1 AND device_id = $2'
const PLACE_OF_SIM = columns<Pick<FoundSim, 'device_id' | 'device_position'>>()({
  device_id: true,
  device_position: true,
})
const ATTACH = updateWhere('sims', PLACE_OF_SIM, ID, 'AND device_id IS NULL')
const DETACH_ALL = `UPDATE sims SET device_id = NULL, device_position = NULL
  WHERE project_id = $1 AND device_id = $2`

const NEXT_TAC = 'SELECT n.tac FROM devices n WHERE n.project_id = $1'
/** The distinct TACs of a project: each is one step in an index, however many devices have it. */
const TACS_IN_USE = `WITH RECURSIVE used (tac) AS (
    SELECT (${NEXT_TAC} ORDER BY n.tac LIMIT 1)
    UNION ALL SELECT (${NEXT_TAC} AND n.tac > p.tac ORDER BY n.tac LIMIT 1) FROM used p WHERE p.tac IS NOT NULL
  ) SELECT tac FROM used WHERE tac IS NOT NULL`

const FIND_IMEIS = `SELECT id, imei, tac, user_id AS "userId", ${TEXT_NAMES.join(', ')}, metadata, created_at AS "createdAt"
  FROM devices WHERE project_id = $1 AND imei IN (JSON_ITEMS($2))`
const FIND_USER_IDS = 'SELECT id FROM users WHERE project_id = $1 AND id IN (JSON_ITEMS($2))'
const FIND_EMAILS = 'SELECT id, email_key FROM users WHERE project_id = $1 AND email_key IN (JSON_ITEMS($2))'
const FIND_ICCIDS = `SELECT id, iccid, device_id, device_position FROM sims
  WHERE project_id = $1 AND iccid IN (JSON_ITEMS($2))`
const FIND_SIMS_ON = `SELECT id, iccid, device_id, device_position FROM sims
  WHERE project_id = $1 AND device_id IN (JSON_ITEMS($2))`
const PLACE = updateWhere('sims', PLACE_OF_SIM, ID)

/** Inserts a device. Returns false if the project already has its IMEI. */
export function insertDevice(tx: Queries, projectId: string, device: StoredDevice): Awaitable<boolean> {
  return andThen(write(tx, INSERT, toRow(projectId, device)), (inserted) => inserted === 1)
}

/**
 * Inserts devices whose IMEIs the project does not have yet. Returns how many it inserted. They are inserted in the order
 * of their IMEIs, which is the order of two indexes, so that each of their pages is read and changed once.
 */
export async function insertDevices(tx: Queries, projectId: string, devices: readonly StoredDevice[]): Promise<number> {
  const inOrder = devices.toSorted((a, b) => (a.imei < b.imei ? -1 : 1))
  return tx.insert('devices', COLUMNS, rowsOf(projectId, inOrder), UNLESS_TAKEN)
}

/** Makes rows one by one: all at once, they would take as much memory again as the devices. */
function* rowsOf(projectId: string, devices: readonly StoredDevice[]): Generator<Created & DeviceFields> {
  for (const device of devices) yield toRow(projectId, device)
}

function toRow(projectId: string, device: StoredDevice): Created & DeviceFields {
  const { id, imei, tac, userId, metadata, createdAt } = device
  const created = { project_id: projectId, id, imei, tac, created_at: createdAt }
  return { ...created, user_id: userId, ...textsOf(device), metadata }
}

/** Finds a device as JSON; with `visibleTo`, only if it belongs to that user. */
export function findDevice(
  db: Queries,
  projectId: string,
  id: string,
  visibleTo: string | null,
): Awaitable<string | undefined> {
  return getJson(db, FIND, [projectId, id, visibleTo])
}

/** Finds devices. Returns the JSON of each by its id, oldest first. */
export async function findDevices(
  db: Queries,
  projectId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.all<{ id: string; json: string }>(FIND_ALL, [projectId, JSON.stringify(ids)])
  return new Map(rows.map(({ id, json }) => [id, json]))
}

/** The same for all devices of a user. */
export async function findDevicesOfUser(db: Queries, projectId: string, userId: string): Promise<Map<string, string>> {
  const rows = await db.all<{ id: string; json: string }>(FIND_OF_USER, [projectId, userId])
  return new Map(rows.map(({ id, json }) => [id, json]))
}

/** Finds a device as JSON; with `visibleTo`, only if it belongs to that user or to none. */
export function findDeviceByImei(
  db: Queries,
  projectId: string,
  imei: Imei,
  visibleTo: string | null,
): Awaitable<string | undefined> {
  return getJson(db, FIND_BY_IMEI, [projectId, imei, visibleTo])
}

export function findDeviceFields(tx: Queries, projectId: string, id: string) {
  return tx.get<DeviceFields>(READ, [projectId, id])
}

/** Updates a device. Without a `user_id`, it keeps its user. */
export function updateDevice(
  tx: Queries,
  projectId: string,
  id: string,
  { user_id, ...kept }: Omit<DeviceFields, 'user_id'> & { user_id?: string | null | undefined },
): Awaitable<unknown> {
  const row = { project_id: projectId, id, ...kept }
  return user_id === undefined ? write(tx, UPDATE_KEEPING_USER, row) : write(tx, UPDATE, { ...row, user_id })
}

/** Removes user and name from all devices of a user. */
export async function releaseDevices(tx: Queries, projectId: string, userId: string): Promise<void> {
  await tx.run(RELEASE, [projectId, userId])
}

/**
 * Writes the rows of devices whose SIMs change. A transaction that changes such a device at the same time then conflicts
 * with this one: without that, the event of each would show the device without the change of the other.
 */
export async function touchDevices(tx: Queries, projectId: string, ids: readonly string[]): Promise<void> {
  await tx.run(TOUCH, [projectId, JSON.stringify(ids)])
}

export async function deleteDevice(tx: Queries, projectId: string, id: string): Promise<void> {
  await tx.run(DELETE, [projectId, id])
}

export async function hasUser(tx: Queries, projectId: string, userId: string): Promise<boolean> {
  return (await tx.get(FIND_OWNER, [projectId, userId])) !== undefined
}

/**
 * Maps each of these SIMs to the device that it is on, or to null if it is free. A SIM that does not exist is left out;
 * with `visibleTo`, so is one that is neither on a device of that user nor on the device `deviceId`.
 */
export async function findSimDevices(
  tx: Queries,
  projectId: string,
  simIds: readonly string[],
  visibleTo: string | null,
  deviceId: string,
): Promise<Map<string, string | null>> {
  const parameters = [projectId, JSON.stringify(simIds), visibleTo, deviceId, simIds.length]
  const rows = await tx.all<{ id: string; device_id: string | null }>(FIND_SIMS, parameters)
  return new Map(rows.map((row) => [row.id, row.device_id]))
}

/** Puts a free SIM on a device, at a position in its list. Returns false if the SIM is not free. */
export async function attachSim(
  tx: Queries,
  projectId: string,
  simId: string,
  deviceId: string,
  position: number,
): Promise<boolean> {
  const row = { project_id: projectId, id: simId, device_id: deviceId, device_position: position }
  return (await write(tx, ATTACH, row)) === 1
}

/** Takes these SIMs off the devices that they are on. */
export async function detachSims(tx: Queries, projectId: string, simIds: readonly string[]): Promise<void> {
  await tx.run(DETACH, [projectId, JSON.stringify(simIds)])
}

/** Moves all SIMs of a device to a device that has none, in their order. */
export async function moveSims(tx: Queries, projectId: string, from: string, to: string): Promise<void> {
  await tx.run(MOVE_ALL, [projectId, from, to])
}

/** Takes all SIMs off a device. */
export async function detachAllSims(tx: Queries, projectId: string, deviceId: string): Promise<void> {
  await tx.run(DETACH_ALL, [projectId, deviceId])
}

export function findImeis(tx: Queries, projectId: string, imeis: readonly Imei[]) {
  return tx.all<StoredDevice>(FIND_IMEIS, [projectId, JSON.stringify(imeis)])
}

/** Maps the ids and e-mail keys of users that exist to their ids. */
export async function findOwners(
  tx: Queries,
  projectId: string,
  { ids, emailKeys }: { ids: readonly string[]; emailKeys: readonly string[] },
): Promise<Map<string, string>> {
  const byId = ids.length > 0 ? await tx.all<{ id: string }>(FIND_USER_IDS, [projectId, JSON.stringify(ids)]) : []
  const byEmail =
    emailKeys.length > 0
      ? await tx.all<{ id: string; email_key: string }>(FIND_EMAILS, [projectId, JSON.stringify(emailKeys)])
      : []
  return new Map([
    ...byId.map(({ id }) => [id, id] as const),
    ...byEmail.map(({ id, email_key }) => [email_key, id] as const),
  ])
}

/** Finds the SIMs with one of these ICCIDs or on one of these devices. */
export async function findSimsOf(
  tx: Queries,
  projectId: string,
  { iccids, deviceIds }: { iccids: readonly Iccid[]; deviceIds: readonly string[] },
): Promise<FoundSim[]> {
  const named = iccids.length > 0 ? await tx.all<FoundSim>(FIND_ICCIDS, [projectId, JSON.stringify(iccids)]) : []
  const placed =
    deviceIds.length > 0 ? await tx.all<FoundSim>(FIND_SIMS_ON, [projectId, JSON.stringify(deviceIds)]) : []
  const known = new Set(named.map(({ id }) => id))
  return [...named, ...placed.filter(({ id }) => !known.has(id))]
}

/** Puts SIMs on devices, or on none, wherever they are now. */
export async function placeSims(
  tx: Queries,
  projectId: string,
  sims: Iterable<Pick<FoundSim, 'id' | 'device_id' | 'device_position'>>,
): Promise<void> {
  const changes = [...sims].map(({ id, device_id, device_position }) =>
    write(tx, PLACE, { project_id: projectId, id, device_id, device_position }),
  )
  await Promise.all(changes)
}

/** A page of devices; with `visibleTo`, only of that user's. */
export function listDevices(
  db: Queries,
  projectId: string,
  filters: DeviceFilters,
  visibleTo: string | null,
  cursor: Cursor,
): Awaitable<Page<ListItem>> {
  return selectByWords(db, listingOf(projectId, filters, visibleTo), cursor)
}

/** Counts the devices that the filters select, up to a limit. */
export function countDevices(db: Queries, projectId: string, filters: DeviceFilters): Promise<Count> {
  return countByWords(db, listingOf(projectId, filters, null))
}

function listingOf(projectId: string, filters: DeviceFilters, visibleTo: string | null): WordListing {
  const { sim, sims, user, idsFrom, idsUpTo } = filters
  const parameters: Parameter[] = [projectId]
  const conditions = ['d.project_id = $1']
  if (user !== undefined) conditions.push(`d.user_id = $${parameters.push(user)}`)
  if (visibleTo !== null) conditions.push(`d.user_id = $${parameters.push(visibleTo)}`)
  if (sim !== undefined) {
    conditions.push(
      `d.id = (SELECT f.device_id FROM sims f WHERE f.project_id = $1 AND f.id = $${parameters.push(sim)})`,
    )
  }
  if (sims !== undefined) {
    const listed = `f.id IN (JSON_ITEMS($${parameters.push(JSON.stringify(sims))}))`
    conditions.push(`d.id IN (SELECT f.device_id FROM sims f WHERE f.project_id = $1 AND ${listed})`)
  }
  // The devices of a user or of SIMs are few enough to scan.
  const isNarrow = (user ?? visibleTo ?? sim ?? sims) !== undefined
  const { rowConditions, scattered } = scatteredFilters(filters, parameters)
  return {
    table: 'devices',
    alias: 'd',
    joins: JOINS,
    json: JSON_OF_DEVICE,
    kind: 'dev',
    terms: filters.terms,
    isNarrow,
    conditions: [...conditions, ...rowConditions],
    parameters,
    bounds: [
      ...(idsFrom === undefined ? [] : [['>=', idsFrom] as const]),
      ...(idsUpTo === undefined ? [] : [['<', idsUpTo] as const]),
    ],
    ...(isNarrow || scattered === undefined ? {} : { scattered }),
  }
}

/**
 * The filters whose rows are scattered over a list. `rowConditions` test a row that was found by other means, and are
 * written so that the planner uses no index for them. `scattered` finds the rows themselves: the newest of each TAC that
 * the filters allow.
 */
function scatteredFilters({ tac, model }: DeviceFilters, parameters: Parameter[]) {
  const ofModels = modelConditions(model, parameters)
  const tacs = tac && `$${parameters.push(JSON.stringify(tac))}`
  const rowConditions = ofModels.map((condition) => condition((name) => `COALESCE(m.${name}, '')`))
  if (tacs) rowConditions.push(`d.tac || '' IN (JSON_ITEMS(${tacs}))`)
  if (rowConditions.length === 0) return { rowConditions }

  const wanted =
    ofModels.length === 0
      ? `SELECT e.value FROM JSON_EACH(${tacs}) e`
      : admitNoModel(model)
        ? `SELECT d.tac FROM (${TACS_IN_USE}) d LEFT JOIN tacs t ON t.tac = d.tac
            LEFT JOIN device_models m ON m.id = t.model_id ${where(rowConditions)}`
        : `SELECT t.tac FROM device_models m JOIN tacs t ON t.model_id = m.id
          ${where([
            ...ofModels.map((condition) => condition((name) => `m.${name}`)),
            tacs ? `t.tac IN (JSON_ITEMS(${tacs}))` : '',
          ])}`
  const byTac: Scattered = {
    ids: (range, order, limit) => `WITH wanted (tac) AS (${wanted})
      SELECT f.value FROM wanted w CROSS JOIN JSON_EACH((SELECT JSON_LIST(y.id) FROM
        (SELECT x.id FROM devices x ${where(['x.project_id = $1', 'x.tac = w.tac', range('x')])}
          ORDER BY x.id ${order} LIMIT ${limit}) y)) f
      ORDER BY f.value ${order} LIMIT ${limit}`,
    any: (range) => `WITH wanted (tac) AS (${wanted})
      SELECT 1 FROM wanted w CROSS JOIN devices x
      ${where(['x.project_id = $1', 'x.tac = w.tac', range('x')])}`,
    maybeCommon: tac === undefined,
  }
  return { rowConditions, scattered: byTac }
}
