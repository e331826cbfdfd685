import { columns } from '../db/insert.ts'
import type { Queries } from '../db/port.ts'
import type { Awaitable } from '../domain/awaitable.ts'
import type { SentEvent } from './deliveries.ts'
import type { PlacedEvent, StoredEvent } from './event.ts'

const EVENT = columns<StoredEvent>()({
  project_id: true,
  id: true,
  type: true,
  object_id: true,
  user_id: true,
  previous_user_id: true,
  actor: true,
  actor_name: true,
  request_id: true,
  data: true,
  previous_data: true,
})
const NAMES = EVENT.names.join(', ')
const PLACES = EVENT.names.map((_, place) => `$${place + 1}`).join(', ')

/** The columns of an event with its position. */
export const COLUMNS = `${NAMES}, position`

const FIND = `SELECT ${COLUMNS} FROM events WHERE project_id = $1 AND id = $2`
const FIND_POSITION = 'SELECT position FROM events WHERE project_id = $1 AND id = $2'
const FIND_ALL = `SELECT ${COLUMNS} FROM events WHERE project_id = $1 AND id IN (JSON_ITEMS($2))`
const NEWEST = 'SELECT MAX(position) AS newest FROM events WHERE project_id = $1'
const COUNT_UNORDERED = 'SELECT COUNT(*) AS count FROM unordered_events WHERE project_id = $1'

/**
 * Gives the events that were committed first the next positions, after $2. If two transactions have changed one object,
 * the one that committed first began to write before the other, so this order agrees with their commits. Without the
 * alias, Citus would name the returned columns by a table that a shard does not have.
 */
const ORDER = `INSERT INTO events AS e (position, ${NAMES})
  SELECT $2 + ROW_NUMBER() OVER (ORDER BY o.written, o.id), ${NAMES} FROM
    (SELECT COMMIT_ORDER(u) AS written, u.* FROM unordered_events u WHERE u.project_id = $1
      ORDER BY 1, u.id LIMIT $3) o
  RETURNING id, type, position`
const DELETE_ORDERED = `DELETE FROM unordered_events WHERE project_id = $1 AND id IN
  (SELECT id FROM events WHERE project_id = $1 AND position > $2)`

/**
 * $1 is the project. Most changes have one event, for which this is cheaper than a separate statement for the position.
 */
const INSERT_NEXT = `INSERT INTO events (position, ${NAMES})
  VALUES ((SELECT COALESCE(MAX(position), 0) + 1 FROM events WHERE project_id = $1), ${PLACES})`

const INSERT_ERASURE = 'INSERT INTO user_erasures (project_id, user_id, due_at) VALUES ($1, $2, $3)'

/** Writes events that get their positions later. */
export async function insertUnordered(tx: Queries, events: Iterable<StoredEvent>): Promise<void> {
  await tx.insert('unordered_events', EVENT, events)
}

/** Writes events with the next positions of their project. Only for a store on which transactions commit one at a time. */
export async function insertOrdered(tx: Queries, events: Iterable<StoredEvent>): Promise<void> {
  for (const event of events) await tx.run(INSERT_NEXT, EVENT.valuesOf(event))
}

/** The position of a project's newest event; 0 if it has none. */
export async function newestPosition(db: Queries, projectId: string): Promise<number> {
  return (await db.get<{ newest: number | null }>(NEWEST, [projectId]))?.newest ?? 0
}

/** Gives up to `limit` events of a project the next positions. Returns these events. */
export async function orderEvents(tx: Queries, projectId: string, limit: number): Promise<SentEvent[]> {
  const last = await newestPosition(tx, projectId)
  const ordered = await tx.all<SentEvent & { position: number }>(ORDER, [projectId, last, limit])
  if (ordered.length > 0) await tx.run(DELETE_ORDERED, [projectId, last])
  return ordered.sort((a, b) => a.position - b.position)
}

export async function countUnordered(db: Queries, projectId: string): Promise<number> {
  return (await db.get<{ count: number }>(COUNT_UNORDERED, [projectId]))?.count ?? 0
}

export function findEvent(db: Queries, projectId: string, id: string): Awaitable<PlacedEvent | undefined> {
  return db.get<PlacedEvent>(FIND, [projectId, id])
}

/** Notes that a deleted user is to be erased from events at a time (RFC 3339). */
export async function insertErasure(tx: Queries, projectId: string, userId: string, dueAt: string): Promise<void> {
  await tx.run(INSERT_ERASURE, [projectId, userId, dueAt])
}

export async function findPosition(db: Queries, projectId: string, id: string): Promise<number | undefined> {
  return (await db.get<{ position: number }>(FIND_POSITION, [projectId, id]))?.position
}

/** Finds several events of a project, in no order. */
export async function findEvents(db: Queries, projectId: string, ids: readonly string[]): Promise<PlacedEvent[]> {
  return db.all<PlacedEvent>(FIND_ALL, [projectId, JSON.stringify(ids)])
}
