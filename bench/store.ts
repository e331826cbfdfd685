import type { Context } from '../src/context.ts'
import { createContext } from '../src/context.ts'
import { migrate } from '../src/db/migrate.ts'
import type { Database } from '../src/db/port.ts'
import { createEventLog } from '../src/events/log.ts'
import { createKey } from '../src/resources/api-keys/api-keys.ts'
import { createProject } from '../src/resources/projects/projects.ts'
import type { Bulk } from './bulk.ts'
import { FIRST_TAC, SERIAL_DIGITS, TACS } from './load.ts'

/** The milliseconds of all ids here, in base 62: older than any that a server creates. */
const TIME = '0V000000'
const CREATED_AT = '2026-01-01T00:00:00Z'
/** Rows per statement, each its own transaction. */
const BATCH = 100_000
/** Projects that are created concurrently, and share commits. */
const PROJECTS_AT_ONCE = 200
const TACS_PER_MODEL = 2
const BRANDS = 10_000

/** The tables that a store is filled with. */
export const TABLES = ['users', 'devices', 'sims', 'device_models', 'tacs']

/** The numbers from $1 up to, but not including, $2, from which all rows are derived. */
const NUMBERS = `WITH RECURSIVE numbers (n) AS
  (SELECT CAST($1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $2)`
const IMEI = `CAST(${FIRST_TAC} + n % ${TACS} AS TEXT) || ${digits(SERIAL_DIGITS, `n / ${TACS}`)}`
const TAC = `CAST(${FIRST_TAC} + n % ${TACS} AS TEXT)`
const PHONE = `Phone ' || ${digits(11)}`

/** For the project $3 with the tag $4. */
const INSERT_USERS = `INSERT INTO users
    (project_id, id, email, email_key, email_verified, full_name, birthday, preferred_locale, metadata, created_at)
  ${NUMBERS}
  SELECT CAST($3 AS TEXT), ${tenantId('usr')}, ${digits(11)} || '@example.com', ${digits(11)} || '@example.com', 'false',
    'Person ' || ${digits(11)}, NULL, 'en-US', '{}', '${CREATED_AT}' FROM numbers`
const INSERT_DEVICES = `INSERT INTO devices
    (project_id, id, imei, tac, user_id, name, name_key, metadata, created_at)
  ${NUMBERS}
  SELECT CAST($3 AS TEXT), ${tenantId('dev')}, ${IMEI}, ${TAC}, ${tenantId('usr')}, '${PHONE}, '${PHONE.toLowerCase()},
    '{"colour":"blue"}', '${CREATED_AT}' FROM numbers`
const INSERT_SIMS = `INSERT INTO sims
    (project_id, id, iccid, type, provider, status, metadata, device_id, device_position, created_at)
  ${NUMBERS}
  SELECT CAST($3 AS TEXT), ${tenantId('sim')}, '89883070' || ${digits(11)} || '0', 'eSIM', 'p1', 'active', '{}',
    ${tenantId('dev')}, 0, '${CREATED_AT}' FROM numbers`

const MODEL_ID = `dmd_${TIME}`
const INSERT_MODELS = `INSERT INTO device_models (id, brand, brand_key, name, name_key, type, sim_types)
  ${NUMBERS}
  SELECT '${MODEL_ID}' || ${digits(14)}, 'Brand ' || n % ${BRANDS}, 'brand ' || n % ${BRANDS}, 'Model ' || n, 'model ' || n,
    'smartphone', '["eSIM","pSIM"]' FROM numbers`
const INSERT_TACS = `INSERT INTO tacs (tac, model_id, source)
  ${NUMBERS}
  SELECT ${TAC}, '${MODEL_ID}' || ${digits(14, `n / ${TACS_PER_MODEL}`)}, 'csv' FROM numbers`

/** A project that receives requests. */
export interface Tenant {
  id: string
  tag: string
  token: string
}

/** The contents of a filled store. */
export interface Filled {
  tenants: Tenant[]
  /** The number in each project. */
  devices: number
}

/** The id of an object by its number in its project. */
export function idOf(prefix: string, tag: string, number: number): string {
  return idStart(prefix, tag) + String(number).padStart(14, '0')
}

/** The part of an id before the 14 digits of its number. */
export function idStart(prefix: string, tag: string): string {
  return `${prefix}_${TIME}${tag}`
}

/**
 * Fills a new store with devices that have a model, a user and a SIM each, spread evenly over the projects, each of
 * which has a key; and with a catalogue of `TACS` TACs.
 *
 * `openBulk` is called once the schema exists and the store is closed.
 */
export async function fill(
  openDatabase: () => Database,
  openBulk: () => Bulk | Promise<Bulk>,
  { devices, projects }: { devices: number; projects: number },
): Promise<Filled> {
  const db = openDatabase()
  await migrate(db, Date.now)
  const tenants = await addTenants(
    createContext({ db, clock: Date.now, log: createEventLog({ db, days: 30 }), source: String }),
    projects,
  )
  await db.close()

  const bulk = await openBulk()
  const each = Math.floor(devices / projects)
  await inBatches(TACS / TACS_PER_MODEL, (from, upTo) => bulk.run(INSERT_MODELS, [from, upTo]))
  await inBatches(TACS, (from, upTo) => bulk.run(INSERT_TACS, [from, upTo]))
  for (const insert of [INSERT_USERS, INSERT_DEVICES, INSERT_SIMS]) {
    for (const { id, tag } of tenants) {
      await inBatches(each, (from, upTo) => bulk.run(insert, [from, upTo, id, tag]))
    }
  }
  await bulk.close()
  return { tenants, devices: each }
}

async function addTenants(context: Context, count: number): Promise<Tenant[]> {
  const tenants: Tenant[] = []
  while (tenants.length < count) {
    const more = Array.from({ length: Math.min(PROJECTS_AT_ONCE, count - tenants.length) }, (_, place) =>
      addTenant(context, `bench-${tenants.length + place}`),
    )
    tenants.push(...(await Promise.all(more)))
  }
  return tenants
}

async function addTenant(context: Context, id: string): Promise<Tenant> {
  const project = await createProject(context, { id, type: 'test' })
  const { token } = await createKey(context, project, { name: 'bench', role: 'admin' })
  return { id, tag: project.tag, token }
}

async function inBatches(count: number, insert: (from: number, upTo: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += BATCH) await insert(from, Math.min(from + BATCH, count))
}

/** A number in SQL as text with this many digits. */
function digits(width: number, number = 'n'): string {
  return `SUBSTR(CAST(${10 ** width} + ${number} AS TEXT), 2)`
}

/** The id with the number n, in SQL. */
function tenantId(prefix: string): string {
  return `'${idStart(prefix, '')}' || CAST($4 AS TEXT) || ${digits(14)}`
}
