import type { ListItem } from '../contract/list.ts'
import { type Awaitable, andThen } from '../domain/awaitable.ts'
import { type Cursor, type Page, toPage } from '../domain/cursor.ts'
import type { Parameter, Queries } from './port.ts'

/** A list in SQL. */
export interface Listing {
  /** The table whose rows are listed, and its alias. */
  table: string
  alias: string
  /** Further tables, as in `LEFT JOIN …`. */
  joins: string
  /** The SQL that renders a row as JSON. */
  json: string
  conditions: readonly string[]
  parameters: readonly Parameter[]
  /** Bounds of the ids, as in `['>=', 'dev_0V…']`. */
  bounds?: readonly (readonly ['>=' | '<', string])[]
  /** For conditions that no index satisfies in the order of the list. */
  scattered?: Scattered
}

/** Another way to find a page, for when few rows of a long list match its conditions. */
export interface Scattered {
  /**
   * The SQL of the ids of a page: the first ones in this order, at least `limit` of them if there are as many.
   * `range(alias)` is the condition that bounds them.
   */
  ids(range: (alias: string) => string, order: 'ASC' | 'DESC', limit: string): string
  /** The SQL that checks whether any row is in the range. */
  any(range: (alias: string) => string): string
  /** Whether many rows may match. If so, the rows next to the cursor are searched first. */
  maybeCommon: boolean
}

interface Row extends ListItem {
  beyond: number | boolean
}

/** How many rows next to the cursor are searched before the rows are found the scattered way. */
const NEAR_ROWS = 1_000

/**
 * Selects one page of a list (docs/contract.md §4).
 *
 * A page is one statement: a range of ids on one side of the cursor, one row longer than asked to see whether more
 * follow, and whether any row is on the cursor's other side. A scattered list takes up to two more statements: if the
 * next thousand rows do not fill the page, its rows are found the other way, whose cost does not grow with the table.
 */
export function selectPage(db: Queries, listing: Listing, cursor: Cursor): Awaitable<Page<ListItem>> {
  const { scattered } = listing
  if (scattered === undefined) return andThen(selectRows(db, listing, cursor, undefined), turnIntoPage)
  if (!scattered.maybeCommon) return andThen(selectScatteredRows(db, listing, scattered, cursor), turnIntoPage)
  return andThen(findEdge(db, listing, cursor), (edge) =>
    andThen(selectRows(db, listing, cursor, edge), (near) => {
      if (edge === undefined || near.length > cursor.limit) return turnIntoPage(near)
      return andThen(selectScatteredRows(db, listing, scattered, cursor), turnIntoPage)
    }),
  )

  function turnIntoPage(rows: readonly Row[]): Page<ListItem> {
    return toPage(rows, Boolean(rows[0]?.beyond), cursor)
  }
}

/** The rows of a page, each with whether any row is beyond the cursor. With an edge, only the rows up to it. */
function selectRows(db: Queries, listing: Listing, cursor: Cursor, edge: string | undefined) {
  const { table, alias, joins, json, conditions, scattered } = listing
  const { isBackwards, limit, hasCursor, ahead, behind, parameters } = positionOf(listing, cursor)
  const edgePlace = `$${parameters.length + 1}`
  const upTo = edge === undefined ? [] : [`${alias}.id ${isBackwards ? '<' : '>'} ${edgePlace}`]
  const beyond =
    scattered?.any(behind) ?? `SELECT 1 FROM ${table} ${alias} ${joins} ${where([...conditions, behind(alias)])}`
  return db.all<Row>(
    `SELECT ${alias}.id AS id, ${json} AS json, ${hasCursor ? `EXISTS (${beyond})` : '0'} AS beyond
    FROM ${table} ${alias} ${joins}
    ${where([...conditions, ahead(alias), ...upTo])}
    ORDER BY ${alias}.id ${isBackwards ? 'ASC' : 'DESC'}
    LIMIT ${limit}`,
    [...parameters, ...(edge === undefined ? [] : [edge])],
  )
}

function selectScatteredRows(db: Queries, listing: Listing, scattered: Scattered, cursor: Cursor) {
  const { table, alias, joins, json } = listing
  const { isBackwards, limit, hasCursor, ahead, behind, parameters } = positionOf(listing, cursor)
  const order = isBackwards ? 'ASC' : 'DESC'
  return db.all<Row>(
    `SELECT ${alias}.id AS id, ${json} AS json,
      ${hasCursor ? `EXISTS (${scattered.any(behind)})` : '0'} AS beyond
    FROM ${table} ${alias} ${joins}
    WHERE ${alias}.project_id = $1 AND ${alias}.id IN (${scattered.ids(ahead, order, limit)})
    ORDER BY ${alias}.id ${order}
    LIMIT ${limit}`,
    parameters,
  )
}

/** The id of the last row that is searched next to the cursor; undefined if the list ends before it. */
function findEdge(db: Queries, listing: Listing, cursor: Cursor): Awaitable<string | undefined> {
  const [projectId = null] = listing.parameters
  const { isBackwards, limit, ahead, parameters } = positionOf({ ...listing, parameters: [projectId] }, cursor)
  const row = db.get<{ id: string }>(
    `SELECT e.id FROM ${listing.table} e
    ${where(['e.project_id = $1', ahead('e')])}
    ORDER BY e.id ${isBackwards ? 'ASC' : 'DESC'}
    LIMIT 1 OFFSET ${limit}`,
    parameters.with(1, NEAR_ROWS),
  )
  return andThen(row, (found) => found?.id)
}

/** The cursor and the bounds of a page in SQL: the ranges on both sides of the cursor, and all parameters. */
function positionOf({ parameters, bounds = [] }: Listing, cursor: Cursor) {
  const given = cursor.after ?? cursor.before
  const isBackwards = cursor.before !== undefined
  const all = [...parameters]
  // The planner of SQLite looks at a parameter that is the whole limit, and so plans the statement anew for each value.
  const limit = `$${all.push(cursor.limit + 1)} + 0`
  const places = bounds.map(([comparison, id]) => `${comparison} $${all.push(id)}`)
  const place = given === undefined ? undefined : `$${all.push(given)}`
  const side = (comparison: string) => (alias: string) =>
    [...places, ...(place === undefined ? [] : [`${comparison} ${place}`])]
      .map((compared) => `${alias}.id ${compared}`)
      .join(' AND ')
  return {
    isBackwards,
    limit,
    hasCursor: given !== undefined,
    ahead: side(isBackwards ? '>' : '<'),
    behind: side(isBackwards ? '<=' : '>='),
    parameters: all,
  }
}

/** A WHERE clause of the conditions that are not empty. */
export function where(conditions: readonly string[]): string {
  const stated = conditions.filter((condition) => condition !== '')
  return stated.length > 0 ? `WHERE ${stated.join(' AND ')}` : ''
}
