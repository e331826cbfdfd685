import { setImmediate } from 'node:timers/promises'
import { type Listing, where } from './page.ts'
import type { Queries } from './port.ts'

/** How many items a list has. If `complete` is false, it has at least `count`. */
export interface Count {
  count: number
  complete: boolean
}

/** Up to how many rows of a list are counted. */
const MAX_COUNTED = 10_000

/** How many rows are compared with conditions that no index satisfies. */
const MAX_READ = 100_000

/** Rows that are read at a time: a few milliseconds, so that other requests get their turn. */
const SLICE = MAX_COUNTED + 1

/**
 * Counts the rows of a list, up to a limit, so that the cost does not grow with the table (docs/contract.md §4). Rows are
 * read in slices, newest first. A scattered list of more than one slice is counted the scattered way.
 */
export async function countRows(db: Pick<Queries, 'get'>, listing: Listing): Promise<Count> {
  const { scattered } = listing
  let count = 0
  let before: string | null = null
  for (let read = 0; read < MAX_READ; read += SLICE) {
    const slice = await readSlice(db, listing, before)
    count += slice.matching
    if (count > MAX_COUNTED) return countOf(count)
    if (slice.rows < SLICE) return { count, complete: true }
    if (scattered !== undefined) {
      const { bounds, parameters } = boundsOf(listing)
      const every = scattered.any((alias) => bounds(alias).join(' AND '))
      return countOf(await countSome(db, `${every} LIMIT ${SLICE}`, parameters))
    }
    before = slice.last
    await setImmediate()
  }
  return { count, complete: false }
}

/** Counts the rows of a list whose conditions an index satisfies, up to a limit. */
export async function countNarrow(db: Pick<Queries, 'get'>, listing: Listing): Promise<Count> {
  const { table, alias, joins, conditions } = listing
  const { bounds, parameters } = boundsOf(listing)
  const rows = `SELECT 1 FROM ${table} ${alias} ${joins} ${where([...conditions, ...bounds(alias)])} LIMIT ${SLICE}`
  return countOf(await countSome(db, rows, parameters))
}

/** A number of rows as a count that stops at a limit. */
export function countOf(rows: number, limit = MAX_COUNTED): Count {
  return rows > limit ? { count: limit, complete: false } : { count: rows, complete: true }
}

async function countSome(db: Pick<Queries, 'get'>, rows: string, parameters: Listing['parameters']): Promise<number> {
  const found = await db.get<{ count: number | string }>(`SELECT COUNT(*) AS count FROM (${rows}) counted`, parameters)
  return Number(found?.count)
}

/** Reads the rows before an id, newest first: how many there are, how many match, and the last id. */
async function readSlice(db: Pick<Queries, 'get'>, listing: Listing, before: string | null) {
  const { table, alias, joins, conditions } = listing
  const { bounds, parameters } = boundsOf(listing)
  const [ofProject = '', ...others] = conditions
  const place = `$${parameters.length + 1}`
  const slice = await db.get<{ rows: number | string; matching: number | string | null; last: string }>(
    `SELECT COUNT(*) AS rows, SUM(c.matching) AS matching, MIN(c.id) AS last FROM (
      SELECT ${alias}.id AS id, ${others.length > 0 ? `CASE WHEN ${others.join(' AND ')} THEN 1 ELSE 0 END` : '1'} AS matching
      FROM ${table} ${alias} ${joins}
      ${where([ofProject, ...bounds(alias), before === null ? '' : `${alias}.id < ${place}`])}
      ORDER BY ${alias}.id DESC LIMIT ${SLICE}) c`,
    before === null ? parameters : [...parameters, before],
  )
  return { rows: Number(slice?.rows), matching: Number(slice?.matching ?? 0), last: slice?.last ?? null }
}

/** The bounds of a list as conditions, and all parameters. */
function boundsOf({ parameters, bounds = [] }: Listing) {
  const all = [...parameters]
  const places = bounds.map(([comparison, id]) => `${comparison} $${all.push(id)}`)
  return { bounds: (alias: string) => places.map((compared) => `${alias}.id ${compared}`), parameters: all }
}
