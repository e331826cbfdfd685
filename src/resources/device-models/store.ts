import type { ListItem } from '../../contract/list.ts'
import { getJson } from '../../db/json.ts'
import { selectPage } from '../../db/page.ts'
import type { Parameter, Queries } from '../../db/port.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import type { Cursor, Page } from '../../domain/cursor.ts'
import type { Tac } from '../../domain/imei.ts'
import { type ModelFilters, modelConditions } from './filters.ts'
import { deviceModelJson } from './json.ts'

/** The filters of a list of models. */
export interface DeviceModelFilters extends ModelFilters {
  /** A range of name keys: from the first, inclusive, to the second, exclusive. */
  nameKeys?: readonly [from: string, to: string] | undefined
}

const JSON_OF_MODEL = deviceModelJson('m')
const FIND = `SELECT ${JSON_OF_MODEL} AS json FROM device_models m WHERE m.id = $1`
/** A model that was merged into another is shown under its own id, with the properties of the other. */
const FIND_MERGED = `SELECT ${JSON_OF_MODEL} AS json FROM (
    SELECT x.id, o.brand, o.name, o.sim_types, o.type FROM merged_models x JOIN device_models o ON o.id = x.model_id
    WHERE x.id = $1) m`
const FIND_BY_TAC = `SELECT ${JSON_OF_MODEL} AS json FROM tacs t JOIN device_models m ON m.id = t.model_id
  WHERE t.tac = $1`
const FIND_MERGED_INTO = 'SELECT model_id FROM merged_models WHERE id = $1'
const BRANDS = 'SELECT MIN(brand) AS brand FROM device_models GROUP BY brand_key ORDER BY brand_key'

/** The model as JSON. */
export function findDeviceModel(db: Queries, id: string): Awaitable<string | undefined> {
  return andThen(getJson(db, FIND, [id]), (json) => json ?? getJson(db, FIND_MERGED, [id]))
}

/** The model of a TAC, as JSON. */
export function findDeviceModelByTac(db: Queries, tac: Tac): Awaitable<string | undefined> {
  return getJson(db, FIND_BY_TAC, [tac])
}

/** The id of the model that an id stands for: its own, or that of the model into which it was merged. */
export function findCurrentId(db: Queries, id: string): Awaitable<string> {
  return andThen(db.get<{ model_id: string }>(FIND_MERGED_INTO, [id]), (row) => row?.model_id ?? id)
}

export async function listBrands(db: Queries): Promise<string[]> {
  return (await db.all<{ brand: string }>(BRANDS)).map((row) => row.brand)
}

export function listDeviceModels(db: Queries, filters: DeviceModelFilters, cursor: Cursor): Awaitable<Page<ListItem>> {
  const parameters: Parameter[] = []
  const conditions = modelConditions(filters, parameters).map((condition) => condition((name) => `m.${name}`))
  if (filters.nameKeys !== undefined) {
    const [from, to] = filters.nameKeys.map((key) => `$${parameters.push(key)}`)
    conditions.push(`m.name_key >= ${from} AND m.name_key < ${to}`)
  }
  const listing = { table: 'device_models', alias: 'm', joins: '', json: JSON_OF_MODEL, conditions, parameters }
  return selectPage(db, listing, cursor)
}
