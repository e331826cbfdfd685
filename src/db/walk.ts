import { type Listing, where } from './page.ts'
import type { Parameter, Queries } from './port.ts'

/** How many rows of a list are read at a time. A batch takes a few milliseconds, so that other work gets its turn. */
const BATCH_ROWS = 500

/**
 * Reads the rows of a statement page by page, by keyset: the statement's last parameters are the values of the `key`
 * columns in the last row of the page before, and its first ones are `parameters`. It compares with `>`, orders by the
 * key and has a limit.
 *
 * The first page starts after the key `after`. Without it, it starts after empty strings, which no key column equals.
 */
export async function* walkPages<Row extends object>(
  db: Pick<Queries, 'all'>,
  sql: string,
  key: readonly (keyof Row & string)[],
  { parameters = [], after }: { parameters?: readonly Parameter[]; after?: readonly Parameter[] | undefined } = {},
): AsyncGenerator<Row[]> {
  for (let place = after ?? key.map(() => ''); ; ) {
    const page = await db.all<Row>(sql, [...parameters, ...place])
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    // Without a key there is a single row.
    if (key.length === 0) return
    place = key.map((column) => last[column] as Parameter)
  }
}

/** Reads all rows of a list in batches, oldest first, and returns the SQL expression `value` of each row. */
export async function* walkRows(
  moment: Pick<Queries, 'all'>,
  { table, alias, joins, conditions, parameters }: Listing,
  value: string,
): AsyncGenerator<string[]> {
  const sql = `SELECT ${alias}.id, ${value} AS value FROM ${table} ${alias} ${joins}
    ${where([...conditions, `${alias}.id > $${parameters.length + 1}`])}
    ORDER BY ${alias}.id LIMIT ${BATCH_ROWS}`
  for await (const page of walkPages<{ id: string; value: string }>(moment, sql, ['id'], { parameters })) {
    yield page.map((row) => row.value)
  }
}
