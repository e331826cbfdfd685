import type { EventType } from '../contract/event-types.ts'
import { where } from '../db/page.ts'
import type { Parameter, Queries } from '../db/port.ts'
import { type Cursor, type Page, toPage } from '../domain/cursor.ts'
import { idsFrom } from '../domain/id.ts'
import { invalid, type Problem } from '../errors.ts'
import type { PlacedEvent } from './event.ts'
import { COLUMNS, findPosition } from './store.ts'

/** The filters of a list of events. */
export interface EventFilters {
  /** Any of these types. */
  types?: readonly EventType[] | undefined
  /** None of these. */
  hiddenTypes: readonly EventType[]
  object?: string | undefined
  user?: string | undefined
  actor?: string | undefined
  /** Unix milliseconds: from the first, inclusive, to the second, exclusive. */
  from?: number | undefined
  until?: number | undefined
}

/**
 * By how many milliseconds the order of events may differ from the order of their times, at most. It differs by as long as
 * a transaction takes, or as the clocks of two nodes differ.
 */
const DISORDER = 10 * 60 * 1000

/** Selects a page of events, newest first. Throws `cursorExpired` for a cursor that names no event of the project. */
export async function selectEvents(
  db: Queries,
  projectId: string,
  filters: EventFilters,
  cursor: Cursor,
): Promise<Page<PlacedEvent>> {
  const position = await positionOf(db, projectId, cursor)
  const isBackwards = cursor.before !== undefined
  const { alternatives, conditions, parameters } = conditionsOf(projectId, filters)
  const place = position === undefined ? undefined : `$${parameters.push(position)}`
  const limit = `$${parameters.push(cursor.limit + 1)}`
  const order = `ORDER BY position ${isBackwards ? 'ASC' : 'DESC'} LIMIT ${limit}`
  const side = (comparison: string) => (place === undefined ? '' : `e.position ${comparison} ${place}`)
  const matching = (columns: string, alternative: string, comparison: string) =>
    `SELECT ${columns} FROM events e ${where(['e.project_id = $1', alternative, ...conditions, side(comparison)])}`
  const ahead = (columns: string) =>
    alternatives.map(
      (each) => `SELECT ${columns} FROM (${matching(columns, each, isBackwards ? '>' : '<')} ${order}) x`,
    )
  const behind = alternatives.map((each) => `EXISTS (${matching('1', each, isBackwards ? '<=' : '>=')})`).join(' OR ')
  const rows = await db.all<PlacedEvent & { behind: number | boolean }>(
    `SELECT ${COLUMNS}, ${place === undefined ? '0' : `(${behind})`} AS behind FROM events
      WHERE project_id = $1 AND position IN (${ahead('position').join(' UNION ')}) ${order}`,
    parameters,
  )
  return toPage(rows, Boolean(rows[0]?.behind), cursor)
}

/** The position of the event that a cursor names; undefined without a cursor. */
async function positionOf(db: Queries, projectId: string, { after, before }: Cursor): Promise<number | undefined> {
  const id = after ?? before
  if (id === undefined) return undefined
  const position = await findPosition(db, projectId, id)
  if (position === undefined) throw invalid([cursorExpired(after === undefined ? 'before' : 'after')])
  return position
}

/**
 * The conditions of a list, whose first parameter is the project. Each of the alternatives has an index in the order of
 * the list, so that a page is read without sorting or scanning: a row matches if it matches any of them, and all
 * conditions.
 */
function conditionsOf(projectId: string, filters: EventFilters) {
  const { types, hiddenTypes, object, user, actor, from, until } = filters
  const parameters: Parameter[] = [projectId]
  const conditions: string[] = []
  const add = (value: Parameter) => `$${parameters.push(value)}`
  if (hiddenTypes.length > 0) conditions.push(`e.type NOT IN (${hiddenTypes.map((type) => `'${type}'`).join(', ')})`)
  if (object !== undefined) conditions.push(`e.object_id = ${add(object)}`)
  if (actor !== undefined) conditions.push(`e.actor = ${add(actor)}`)
  if (from !== undefined) conditions.push(`e.id >= ${add(idsFrom('evt', from))}`, `e.position >= ${atTime(from, add)}`)
  if (until !== undefined)
    conditions.push(`e.id < ${add(idsFrom('evt', until))}`, `e.position <= ${untilTime(until, add)}`)
  let alternatives = ['']
  if (user !== undefined) {
    const place = add(user)
    alternatives = [`e.user_id = ${place}`, `e.previous_user_id = ${place}`]
  }
  if (types !== undefined) {
    const isNarrow = object !== undefined || user !== undefined || actor !== undefined
    if (isNarrow) conditions.push(`e.type || '' IN (JSON_ITEMS(${add(JSON.stringify(types))}))`)
    else alternatives = types.map((type) => `e.type = ${add(type)}`)
  }
  return { alternatives, conditions, parameters }
}

/** The position of the newest event that is certainly before this time, as SQL. */
function atTime(milliseconds: number, add: (value: Parameter) => string): string {
  return `COALESCE((SELECT b.position FROM events b WHERE b.project_id = $1
    AND b.id < ${add(idsFrom('evt', milliseconds - DISORDER))} ORDER BY b.id DESC LIMIT 1), 0)`
}

/** The position of the oldest event that is certainly after this time, as SQL. */
function untilTime(milliseconds: number, add: (value: Parameter) => string): string {
  return `COALESCE((SELECT b.position FROM events b WHERE b.project_id = $1
    AND b.id >= ${add(idsFrom('evt', milliseconds + DISORDER))} ORDER BY b.id LIMIT 1), ${Number.MAX_SAFE_INTEGER})`
}

function cursorExpired(property: 'after' | 'before'): Problem {
  return {
    code: 'cursorExpired',
    property,
    message: `\`${property}\` names no event that is still kept`,
    hint: 'Events after it may be missing. Read the current state of the objects, then list events without a cursor.',
  }
}
