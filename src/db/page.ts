import { type Cursor, listOf } from '../domain/cursor.ts'
import type { Parameter, Queries } from './port.ts'

/** A list in SQL. Its first table is the one listed; `conditions` speak of that table alone. */
export interface Listing {
  /** The listed table with its alias, as in `devices d`. */
  table: string
  alias: string
  /** Tables that only the rendered rows need, as in `LEFT JOIN …`. */
  joins: string
  /** The SQL that renders a row. */
  json: string
  conditions: readonly string[]
  parameters: readonly Parameter[]
}

interface Row {
  id: string
  json: string
  beyond: number | boolean
}

/**
 * One page of a list, as JSON: contract section 4.
 *
 * A page is one statement: a range of the ids on one side of the cursor, one row longer than asked to see whether
 * more follow, and whether anything stands on the cursor's other side.
 */
export async function selectPage(db: Queries, listing: Listing, cursor: Cursor): Promise<string> {
  const { table, alias, joins, json, conditions, parameters } = listing
  const given = cursor.after ?? cursor.before
  const backwards = cursor.before !== undefined
  const limitPlace = `$${parameters.length + 1}`
  const cursorPlace = `$${parameters.length + 2}`

  function where(comparison: string): string {
    const all = given === undefined ? conditions : [...conditions, `${alias}.id ${comparison} ${cursorPlace}`]
    return all.length > 0 ? `WHERE ${all.join(' AND ')}` : ''
  }
  const beyond = given === undefined ? '0' : `EXISTS (SELECT 1 FROM ${table} ${where(backwards ? '<=' : '>=')})`
  const rows = await db.all<Row>(
    `SELECT ${alias}.id AS id, ${json} AS json, ${beyond} AS beyond
    FROM ${table} ${joins}
    ${where(backwards ? '>' : '<')}
    ORDER BY ${alias}.id ${backwards ? 'ASC' : 'DESC'}
    LIMIT ${limitPlace}`,
    [...parameters, cursor.limit + 1, ...(given === undefined ? [] : [given])],
  )
  const beyondCursor = Boolean(rows[0]?.beyond)
  return listOf(rows, beyondCursor, cursor)
}
