import { after } from 'node:test'
import postgres from 'postgres'
import { distribute } from '../../src/db/citus.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPostgres } from '../../src/db/postgres/open.ts'
import { currentTables } from '../../src/db/tables.ts'

/** Fewer than in production, so that a test database is made in seconds. */
const SHARDS = 2

/**
 * The URLs of the workers of the cluster whose coordinator is `TEST_DATABASE_URL`; undefined if the tests do not run on
 * Citus.
 */
export function citusWorkers(): string[] | undefined {
  return process.env.HANDSET_TEST_CITUS?.split(',')
}

/** The URLs of all machines of the cluster, the coordinator first. */
export function citusMachines(): string[] {
  return [process.env.TEST_DATABASE_URL as string, ...(citusWorkers() ?? [])]
}

/** Creates a database on every machine of the cluster, and distributes Handset's tables in it. Removed after the test. */
export async function makeCitusDatabase(coordinator: string, name: string, options: CitusOptions = {}): Promise<void> {
  await makeEmptyCitusDatabase(coordinator, name, options)
  const db = openPostgres(urlOf(coordinator, name), { patience: Infinity })
  try {
    await migrate(db, Date.now)
    await distribute(db, await currentTables())
  } finally {
    await db.close()
  }
}

interface CitusOptions {
  /** Whether the coordinator is a node of the cluster, as usual. */
  coordinatorIsNode?: boolean
}

/** Creates a database on every machine of the cluster, with the extension, and no tables. Removed after the test. */
export async function makeEmptyCitusDatabase(
  coordinator: string,
  name: string,
  { coordinatorIsNode = true }: CitusOptions = {},
): Promise<void> {
  const workers = citusWorkers() ?? []
  const machines = [coordinator, ...workers]
  // The databases reference each other until the workers are gone.
  after(async () => {
    for (const machine of machines) await administer(machine, ...ALONE, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  })
  const template = process.env.HANDSET_TEST_CITUS_TEMPLATE
  for (const machine of machines) {
    await administer(machine, ...ALONE, `CREATE DATABASE ${name} ${template ? `TEMPLATE ${template}` : ''}`)
    if (!template) await administer(urlOf(machine, name), 'CREATE EXTENSION citus')
  }
  const addNodes = workers.map((worker) => `SELECT citus_add_node(${addressOf(worker)})`)
  await afterOthers(() =>
    administer(
      urlOf(coordinator, name),
      `ALTER DATABASE ${name} SET citus.shard_count = ${SHARDS}`,
      ...(coordinatorIsNode ? [`SELECT citus_set_coordinator_host(${addressOf(coordinator)})`] : []),
      ...addNodes,
    ),
  )
}

let others: Promise<void> = Promise.resolve()

/**
 * Adds machines to one database after the other. Citus copies the server's roles to each machine then, and fails
 * (`tuple concurrently updated`) if two databases do so at the same time.
 */
function afterOthers(work: () => Promise<void>): Promise<void> {
  const own = others.then(work)
  others = own.catch(() => {})
  return own
}

/** Each machine's database is created on its own. */
export const ALONE = ['SET citus.enable_create_database_propagation TO off']

/** Runs statements one after another on a connection of their own. */
export async function administer(server: string, ...statements: string[]): Promise<void> {
  const sql = postgres(server, { max: 1, fetch_types: false, onnotice: () => {} })
  try {
    for (const statement of statements) await sql.unsafe(statement)
  } finally {
    await sql.end()
  }
}

/** The URL of a database on a server. */
export function urlOf(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

function addressOf(machine: string): string {
  const { hostname, port } = new URL(machine)
  return `'${hostname}', ${port || 5432}`
}
