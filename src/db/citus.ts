import { SetupError } from '../errors.ts'
import type { Database } from './port.ts'
import { presentTables, type Table } from './tables.ts'

/** The column by which rows are distributed: all rows of a project are on the same node. */
const TENANT_COLUMN = 'project_id'

const HAS_CITUS = "SELECT 1 AS found FROM pg_extension WHERE extname = 'citus'"
const DISTRIBUTED = 'SELECT logicalrelid::text AS name FROM pg_dist_partition'

/**
 * Returns the calls that distribute these tables over the nodes of a Citus cluster. Tables that belong to no project are
 * copied to every node. The others are distributed by project, so that the queries and foreign keys of a project stay on
 * one node.
 *
 * Takes the tables in the order of their foreign keys, which must reference tables that are already distributed.
 * https://docs.citusdata.com/en/stable/develop/api_udf.html
 */
export function citusStatements(tables: readonly Table[]): { table: string; sql: string }[] {
  const first = tables.find(isTenants)
  return tables.map((table) => {
    const { name } = table
    if (!isTenants(table)) return { table: name, sql: `SELECT create_reference_table('${name}')` }
    const place = table === first ? '' : `, colocate_with => '${first?.name}'`
    return { table: name, sql: `SELECT create_distributed_table('${name}', '${TENANT_COLUMN}'${place})` }
  })
}

/**
 * Distributes the tables of a migrated database that are not distributed yet, and returns their names.
 *
 * Throws `SetupError` if the extension is missing.
 */
export async function distribute(db: Database): Promise<string[]> {
  if ((await db.get(HAS_CITUS)) === undefined) {
    throw new SetupError(
      'The database does not have the Citus extension: run CREATE EXTENSION citus in it, on a server that has the package',
    )
  }
  const before = new Set((await db.all<{ name: string }>(DISTRIBUTED)).map(({ name }) => name))
  const missing = citusStatements(await presentTables()).filter(({ table }) => !before.has(table))
  // One by one, without a transaction: Citus moves rows and creates shards, and a second run skips what is done.
  for (const { sql } of missing) await db.run(sql)
  return missing.map(({ table }) => table)
}

function isTenants({ columns }: Table): boolean {
  return columns.includes(TENANT_COLUMN)
}
