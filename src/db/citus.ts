import { SetupError } from '../errors.ts'
import { HISTORY_NAME } from './migrations.ts'
import type { Database, Queries } from './port.ts'
import { isTenants, type Table, TENANT_COLUMN } from './tables.ts'

/**
 * Handset on Citus, an extension that distributes PostgreSQL over several machines (docs/distributed.md). The rows of
 * each project are on one machine, and the tables that belong to no project are copied to every machine.
 *
 * https://docs.citusdata.com/en/stable/develop/api_udf.html
 */

type Placement = 'distributed' | 'reference'
type PlacedTable = Pick<Table, 'name' | 'columns'>

const HAS_CITUS = "SELECT 1 AS found FROM pg_extension WHERE extname = 'citus'"
/** The coordinator is in group 0, and so is a server that belongs to no cluster yet. */
const IS_WORKER = 'SELECT 1 AS found FROM pg_dist_local_group WHERE groupid <> 0'

/** Where each table is. Citus also manages tables that it leaves on the coordinator (`local`). */
const PLACEMENTS = `SELECT c.relname AS name,
    CASE WHEN p.partmethod = 'h' THEN 'distributed' WHEN p.repmodel = 't' THEN 'reference' ELSE 'local' END AS placement
  FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid
  WHERE c.relnamespace = current_schema()::regnamespace`

/**
 * Settings of a transaction that changes the schema. Where the coordinator is itself a node, Citus manages a new table
 * as soon as it references a copied one; the first setting prevents that, because the table is yet to be distributed.
 * The second lets one transaction change several distributed tables.
 */
const SET_UP = `SET LOCAL citus.enable_local_reference_table_foreign_keys TO off;
  SET LOCAL citus.multi_shard_modify_mode TO 'sequential'`

const HISTORY: PlacedTable = { name: HISTORY_NAME, columns: [] }

/**
 * Returns the calls that place these tables. Tables that belong to no project are copied to every node. The others are
 * distributed by project, so that the queries and foreign keys of a project stay on one node.
 *
 * Takes the tables in the order of their foreign keys, which must reference tables that are already placed. `beside` is
 * a table that is distributed already, if there is one: a project's rows in all tables belong on the same node.
 */
export function citusStatements(
  tables: readonly PlacedTable[],
  beside: string | undefined = undefined,
): { table: string; sql: string }[] {
  const first = beside ?? tables.find(isTenants)?.name
  return tables.map((table) => {
    const { name } = table
    if (!isTenants(table)) return { table: name, sql: `SELECT create_reference_table('${name}')` }
    const place = name === first ? '' : `, colocate_with => '${first}'`
    return { table: name, sql: `SELECT create_distributed_table('${name}', '${TENANT_COLUMN}'${place})` }
  })
}

/**
 * Places the tables of a migrated database that are not placed yet, and returns their names. An interrupted run
 * continues. `tables` are those of the database, parents first.
 *
 * Throws `SetupError` if the extension is missing, and on a worker.
 */
export async function distribute(db: Database, tables: readonly Table[]): Promise<string[]> {
  if (!(await hasCitus(db))) {
    throw new SetupError(
      'The database does not have the Citus extension: run CREATE EXTENSION citus in it, on a server that has the package',
    )
  }
  await requireCoordinator(db)
  await releaseLocalTables(db, tables)
  const missing = await missingCalls(db, tables)
  // One transaction each, because each moves the rows of a table.
  for (const { sql } of missing) await change(db, sql)
  return missing.map(({ table }) => table)
}

/**
 * Turns tables that Citus manages on the coordinator back into ordinary ones if they reference a table that is not yet
 * distributed, and all tables that foreign keys connect with them. Otherwise, Citus would not distribute that table.
 */
async function releaseLocalTables(db: Database, tables: readonly Table[]): Promise<void> {
  const inTheWay = (placements: Map<string, string>) =>
    tables.find(
      ({ name, parents }) =>
        placements.get(name) === 'local' &&
        tables.some((parent) => parents.includes(parent.name) && placements.get(parent.name) !== placementOf(parent)),
    )
  for (;;) {
    const table = inTheWay(await placementsOf(db))
    if (table === undefined) return
    await change(db, `SELECT undistribute_table('${table.name}', cascade_via_foreign_keys => true)`)
  }
}

async function change(db: Database, sql: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.run(SET_UP)
    await tx.run(sql)
  })
}

/**
 * Whether the schema that is about to change is distributed by Citus. Throws `SetupError` on a worker, where it cannot
 * be changed.
 */
export async function isDistributed(db: Database): Promise<boolean> {
  if (db.engine !== 'postgres' || !(await hasCitus(db))) return false
  await requireCoordinator(db)
  return [...(await placementsOf(db)).values()].includes('distributed')
}

async function requireCoordinator(db: Queries): Promise<void> {
  if ((await db.get(IS_WORKER)) === undefined) return
  throw new SetupError(
    'This machine is a worker of a Citus cluster, and only the coordinator can change the schema: run handset migrate with the DATABASE_URL of the coordinator',
  )
}

/** Prepares a transaction for changes of the schema of a distributed database. */
export async function allowSchemaChanges(tx: Queries): Promise<void> {
  await tx.run(SET_UP)
}

/** Places the tables that were added to a distributed database. `tables` are all of its tables, parents first. */
export async function placeNewTables(tx: Queries, tables: readonly Table[]): Promise<void> {
  for (const { sql } of await missingCalls(tx, tables)) await tx.run(sql)
}

/** The tables that are not placed as they should be; undefined for a database without the Citus extension. */
export async function misplacedTables(db: Queries, tables: readonly Table[]): Promise<string[] | undefined> {
  if (!(await hasCitus(db))) return undefined
  return (await missingCalls(db, tables)).map(({ table }) => table)
}

async function missingCalls(db: Queries, tables: readonly Table[]) {
  const placements = await placementsOf(db)
  const missing = [HISTORY, ...tables].filter((table) => placements.get(table.name) !== placementOf(table))
  const beside = tables.find((table) => isTenants(table) && !missing.includes(table))
  return citusStatements(missing, beside?.name)
}

function placementOf(table: PlacedTable): Placement {
  return isTenants(table) ? 'distributed' : 'reference'
}

async function placementsOf(db: Pick<Queries, 'all'>): Promise<Map<string, string>> {
  const rows = await db.all<{ name: string; placement: string }>(PLACEMENTS)
  return new Map(rows.map(({ name, placement }) => [name, placement]))
}

async function hasCitus(db: Pick<Queries, 'get'>): Promise<boolean> {
  return (await db.get(HAS_CITUS)) !== undefined
}
