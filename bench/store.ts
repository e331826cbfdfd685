import { migrate } from '../src/db/migrate.ts'
import type { Database, Queries } from '../src/db/port.ts'
import { createProject } from '../src/resources/projects/projects.ts'
import { createRegistry, type Registry } from '../src/resources/registry.ts'
import { createKey } from '../src/resources/tokens/tokens.ts'
import { imeiOf, TACS } from './load.ts'

/** Milliseconds of all ids here, in base 62: older than any that a server makes. */
const TIME = '0V000000'
const CREATED_AT = '2026-01-01T00:00:00Z'
const BATCH = 5_000
const TACS_PER_MODEL = 2

export const INSERT_DEVICE = `INSERT INTO devices (project_id, id, imei, tac, user_id, name, metadata, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
const INSERT_USER = `INSERT INTO users
    (project_id, id, email, email_key, email_verified, full_name, birthday, preferred_locale, metadata, created_at)
  VALUES ($1, $2, $3, $3, 'false', $4, NULL, 'en-US', '{}', $5)`
const INSERT_SIM = `INSERT INTO sims
    (project_id, id, iccid, type, provider, status, metadata, device_id, device_position, created_at)
  VALUES ($1, $2, $3, 'eSIM', 'p1', 'active', '{}', $4, 0, $5)`
const INSERT_MODEL = `INSERT INTO device_models (id, brand, brand_key, name, name_key, type, sim_types)
  VALUES ($1, $2, $3, $4, $5, 'smartphone', '["eSIM","pSIM"]')`
const INSERT_TAC = `INSERT INTO tacs (tac, model_id, source) VALUES ($1, $2, 'csv')`

/** A project to ask in. */
export interface Tenant {
  id: string
  tag: string
  token: string
}

/** What a store was filled with. */
export interface Filled {
  tenants: Tenant[]
  devices: number
  /** The beginning of the ids of devices in a project; 14 digits of the device's number follow. */
  deviceIdStart(tenant: Tenant): string
}

/** The id of a device, or the like, by its number in its project. */
export function idOf(prefix: string, tag: string, number: number | string): string {
  return `${prefix}_${TIME}${tag}${String(number).padStart(14, '0')}`
}

/**
 * Fills a new store: so many devices, each with a model, a user and a SIM, evenly over so many projects, of which some
 * get a key; and a catalogue of so many TACs.
 */
export async function fill(
  db: Database,
  { devices, projects, tacs }: { devices: number; projects: number; tacs: number },
): Promise<Filled> {
  await migrate(db, Date.now)
  const registry = createRegistry(db, Date.now)
  await fillCatalogue(db, tacs)
  const tenants: Tenant[] = []
  const each = Math.floor(devices / projects)
  for (let place = 0; place < projects; place++) {
    const tenant = await addTenant(registry, `bench-${place}`)
    tenants.push(tenant)
    await inBatches(db, each, (tx, number) => addDevice(tx, tenant, number))
  }
  return { tenants, devices: each, deviceIdStart: ({ tag }) => idOf('dev', tag, '').slice(0, -14) }
}

async function addTenant(registry: Registry, id: string): Promise<Tenant> {
  const project = await createProject(registry, { id, type: 'test' })
  const { token } = await createKey(registry, project, { name: 'bench' })
  return { id, tag: project.tag, token }
}

async function addDevice(tx: Queries, { id: project, tag }: Tenant, number: number): Promise<void> {
  const digits = String(number).padStart(11, '0')
  const user = idOf('usr', tag, number)
  const device = idOf('dev', tag, number)
  const imei = imeiOf(number)
  await tx.run(INSERT_USER, [project, user, `${digits}@example.com`, `Person ${digits}`, CREATED_AT])
  const columns = [project, device, imei, imei.slice(0, 8), user, `Phone ${digits}`, '{"colour":"blue"}', CREATED_AT]
  await tx.run(INSERT_DEVICE, columns)
  await tx.run(INSERT_SIM, [project, idOf('sim', tag, number), `89883070${digits}0`, device, CREATED_AT])
}

async function fillCatalogue(db: Database, tacs: number): Promise<void> {
  const models = Math.ceil(tacs / TACS_PER_MODEL)
  const modelId = (number: number) => `dmd_${TIME}${String(number).padStart(14, '0')}`
  await inBatches(db, models, async (tx, number) => {
    const brand = `Brand ${number % 10_000}`
    const name = `Model ${number}`
    await tx.run(INSERT_MODEL, [modelId(number), brand, brand.toLowerCase(), name, name.toLowerCase()])
  })
  await inBatches(db, tacs, async (tx, number) => {
    await tx.run(INSERT_TAC, [imeiOf(number % TACS).slice(0, 8), modelId(number % models)])
  })
}

async function inBatches(
  db: Database,
  count: number,
  add: (tx: Queries, number: number) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, count - from) }, (_, place) => from + place)
    await db.transaction((tx) => Promise.all(numbers.map((number) => add(tx, number))))
  }
}
