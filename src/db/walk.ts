import { type Listing, where } from './page.ts'
import type { Queries } from './port.ts'

/** How many rows are read at a time: some milliseconds, so that others get their turn. */
const BATCH = 500

/**
 * All rows of a list, oldest first, in batches: of each the text that `value` is in SQL. A reader may take its time
 * over them, so they are read within a snapshot.
 */
export async function* walkRows(
  moment: Pick<Queries, 'all'>,
  { table, alias, joins, conditions, parameters }: Listing,
  value: string,
): AsyncGenerator<string[]> {
  const [after, limit] = [`$${parameters.length + 1}`, `$${parameters.length + 2}`]
  const sql = `SELECT ${alias}.id, ${value} AS value FROM ${table} ${alias} ${joins}
    ${where([...conditions, `${alias}.id > ${after}`])}
    ORDER BY ${alias}.id LIMIT ${limit}`
  for (let last = ''; ; ) {
    const rows = await moment.all<{ id: string; value: string }>(sql, [...parameters, last, BATCH])
    if (rows.length === 0) return
    yield rows.map((row) => row.value)
    last = (rows.at(-1) as { id: string }).id
  }
}
