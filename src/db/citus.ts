import { SetupError } from '../errors.ts'
import type { Database } from './port.ts'
import { presentTables, type Table } from './tables.ts'

/** The column that the rows of a project lie together by. */
const TENANT_COLUMN = 'project_id'

const HAS_CITUS = "SELECT 1 AS found FROM pg_extension WHERE extname = 'citus'"
const DISTRIBUTED = 'SELECT logicalrelid::text AS name FROM pg_dist_partition'

/**
 * The calls that distribute these tables over the machines of a Citus cluster: what belongs to no project is copied to
 * all of them, and what does lies together by project, so that a project's queries and foreign keys stay on one.
 *
 * In the order of their foreign keys, which must point at tables that are distributed already.
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
 * Distributes the tables of a migrated database that are not yet; gives their names.
 *
 * Throws `SetupError` where the extension is missing.
 */
export async function distribute(db: Database): Promise<string[]> {
  if ((await db.get(HAS_CITUS)) === undefined) {
    throw new SetupError(
      'The database has no Citus: run CREATE EXTENSION citus in it, on a server that has the package',
    )
  }
  const before = new Set((await db.all<{ name: string }>(DISTRIBUTED)).map(({ name }) => name))
  const missing = citusStatements(await presentTables()).filter(({ table }) => !before.has(table))
  // Each on its own: Citus moves rows and makes shards, and what stands needs not be done again.
  for (const { sql } of missing) await db.run(sql)
  return missing.map(({ table }) => table)
}

function isTenants({ columns }: Table): boolean {
  return columns.includes(TENANT_COLUMN)
}
