import { selectPage } from '../../db/page.ts'
import type { Parameter, Queries } from '../../db/port.ts'
import type { Cursor } from '../../domain/cursor.ts'
import { deviceModelJson } from './json.ts'

/** What a list of models is narrowed to; each list means any of its values. */
export interface DeviceModelFilters {
  type?: string[] | undefined
  /** Brands as they are compared: in lower case. */
  brandKey?: string[] | undefined
  /** Whole lists of SIM types, as stored. */
  simTypes?: string[] | undefined
}

const JSON_OF_MODEL = deviceModelJson('m')
const FIND = `SELECT ${JSON_OF_MODEL} AS json FROM device_models m WHERE m.id = $1`
const FIND_BY_TAC = `SELECT ${JSON_OF_MODEL} AS json FROM tacs t JOIN device_models m ON m.id = t.model_id
  WHERE t.tac = $1`
const BRANDS = 'SELECT MIN(brand) AS brand FROM device_models GROUP BY brand_key ORDER BY brand_key'

const COLUMNS = { type: 'm.type', brandKey: 'm.brand_key', simTypes: 'm.sim_types' } as const

/** The model as JSON. */
export async function findDeviceModel(db: Queries, id: string): Promise<string | undefined> {
  return (await db.get<{ json: string }>(FIND, [id]))?.json
}

/** The model of a TAC, as JSON. */
export async function findDeviceModelByTac(db: Queries, tac: string): Promise<string | undefined> {
  return (await db.get<{ json: string }>(FIND_BY_TAC, [tac]))?.json
}

export async function listBrands(db: Queries): Promise<string[]> {
  return (await db.all<{ brand: string }>(BRANDS)).map((row) => row.brand)
}

export function listDeviceModels(db: Queries, filters: DeviceModelFilters, cursor: Cursor): Promise<string> {
  const parameters: Parameter[] = []
  const conditions: string[] = []
  for (const name of ['type', 'brandKey', 'simTypes'] as const) {
    const values = filters[name]
    if (values !== undefined) {
      conditions.push(`${COLUMNS[name]} IN (JSON_ITEMS($${parameters.push(JSON.stringify(values))}))`)
    }
  }
  const listing = { table: 'device_models m', alias: 'm', joins: '', json: JSON_OF_MODEL, conditions, parameters }
  return selectPage(db, listing, cursor)
}
