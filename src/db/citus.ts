import { SetupError } from '../errors.ts'
import { HISTORY_NAME } from './migrations.ts'
import type { Database, Queries } from './port.ts'
import { isTenants, presentTables, type Table, TENANT_COLUMN } from './tables.ts'

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

/** Where tables are. Citus also manages tables that it leaves on the coordinator; these are neither of the two kinds. */
const PLACEMENTS = `SELECT c.relname AS name,
    CASE WHEN p.partmethod = 'h' THEN 'distributed' WHEN p.repmodel = 't' THEN 'reference' ELSE 'local' END AS placement
  FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid
  WHERE c.relnamespace = current_schema()::regnamespace`

/**
 * Settings of a transaction that changes the schema. The first leaves a table that references a copied one alone until
 * it is distributed, where the coordinator is a node itself. The second lets one transaction change several distributed
 * tables.
 */
const SET_UP = `SET LOCAL citus.enable_local_reference_table_foreign_keys TO off;
  SET LOCAL citus.multi_shard_modify_mode TO 'sequential'`

const HISTORY: PlacedTable = { name: HISTORY_NAME, columns: [] }

/**
 * Returns the calls that place these tables. Tables that belong to no project are copied to every node. The others are
 * distributed by project, so that the queries and foreign keys of a project stay on one node.
 *
 * Takes the tables in the order of their foreign keys, which must reference tables that are already placed.
 */
export function citusStatements(tables: readonly PlacedTable[]): { table: string; sql: string }[] {
  const first = tables.find(isTenants)
  return tables.map((table) => {
    const { name } = table
    if (!isTenants(table)) return { table: name, sql: `SELECT create_reference_table('${name}')` }
    const place = table === first ? '' : `, colocate_with => '${first?.name}'`
    return { table: name, sql: `SELECT create_distributed_table('${name}', '${TENANT_COLUMN}'${place})` }
  })
}

/**
 * Places the tables of a migrated database that are not placed yet, and returns their names. An interrupted run
 * continues.
 *
 * Throws `SetupError` if the extension is missing, and on a worker.
 */
export async function distribute(db: Database): Promise<string[]> {
  if (!(await hasCitus(db))) {
    throw new SetupError(
      'The database does not have the Citus extension: run CREATE EXTENSION citus in it, on a server that has the package',
    )
  }
  await requireCoordinator(db)
  const placed: string[] = []
  // One transaction each: every one of them moves the rows of a table.
  for (const { table, sql } of await missingCalls(db, await presentTables())) {
    await db.transaction(async (tx) => {
      await tx.run(SET_UP)
      await tx.run(sql)
    })
    placed.push(table)
  }
  return placed
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

/** The tables of a database with the Citus extension that are not placed as they should be. None on other engines. */
export async function misplacedTables(db: Queries, tables: readonly Table[]): Promise<string[]> {
  if (!(await hasCitus(db))) return []
  return (await missingCalls(db, tables)).map(({ table }) => table)
}

async function missingCalls(db: Queries, tables: readonly Table[]) {
  const placements = await placementsOf(db)
  const all = [HISTORY, ...tables]
  const wanted = new Map<string, Placement>(
    all.map((table) => [table.name, isTenants(table) ? 'distributed' : 'reference']),
  )
  return citusStatements(all).filter(({ table }) => placements.get(table) !== wanted.get(table))
}

async function placementsOf(db: Pick<Queries, 'all'>): Promise<Map<string, string>> {
  const rows = await db.all<{ name: string; placement: string }>(PLACEMENTS)
  return new Map(rows.map(({ name, placement }) => [name, placement]))
}

async function hasCitus(db: Pick<Queries, 'get'>): Promise<boolean> {
  return (await db.get(HAS_CITUS)) !== undefined
}
