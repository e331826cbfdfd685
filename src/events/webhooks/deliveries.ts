import type { EventType } from '../../contract/event-types.ts'
import type { ListItem } from '../../contract/list.ts'
import type { WebhookDelivery } from '../../contract/webhooks.ts'
import { columns } from '../../db/insert.ts'
import { getJson, jsonObject } from '../../db/json.ts'
import { selectPage } from '../../db/page.ts'
import type { Parameter, Queries } from '../../db/port.ts'
import type { Awaitable } from '../../domain/awaitable.ts'
import type { Cursor, Page } from '../../domain/cursor.ts'

/** A new delivery, whose first attempt is due at `nextAttemptAt`. */
export interface NewDelivery {
  id: string
  endpointId: string
  eventId: string
  /** RFC 3339, to the second. */
  createdAt: string
  /** RFC 3339, to the millisecond, like all times of attempts. */
  nextAttemptAt: string
}

/** A delivery whose next attempt is due. */
export interface DueDelivery {
  id: string
  eventId: string
  /** The number of failed attempts since the delivery was created or retried by hand. */
  failures: number
  nextAttemptAt: string
  /** JSON text. */
  attempts: string
}

/** The properties of a delivery that an attempt changes. */
export interface DeliveryState {
  status: WebhookDelivery['status']
  failures: number
  nextAttemptAt: string | null
  attempts: string
}

/** A place in the order in which deliveries are due. */
export interface DuePlace {
  nextAttemptAt: string
  id: string
}

export const FIRST_PLACE: DuePlace = { nextAttemptAt: '', id: '' }

interface NewRow {
  project_id: string
  endpoint_id: string
  id: string
  event_id: string
  status: string
  failures: number
  next_attempt_at: string
  attempts: string
  created_at: string
}

const NEW = columns<NewRow>()({
  project_id: true,
  endpoint_id: true,
  id: true,
  event_id: true,
  status: true,
  failures: true,
  next_attempt_at: true,
  attempts: true,
  created_at: true,
})

const JSON_OF_DELIVERY = jsonObject<WebhookDelivery>({
  object: "'webhookDelivery'",
  id: 'd.id',
  createdAt: 'd.created_at',
  event: 'd.event_id',
  status: 'd.status',
  nextAttemptAt: 'd.next_attempt_at',
  attempts: 'JSON_VALUE(d.attempts)',
})
const FIND = `SELECT ${JSON_OF_DELIVERY} AS json FROM webhook_deliveries d
  WHERE d.project_id = $1 AND d.endpoint_id = $2 AND d.id = $3`
const FIND_DUE = `SELECT id, event_id AS "eventId", failures, next_attempt_at AS "nextAttemptAt", attempts
  FROM webhook_deliveries
  WHERE project_id = $1 AND endpoint_id = $2 AND next_attempt_at <= $3 AND (next_attempt_at, id) > ($4, $5)
  ORDER BY next_attempt_at, id LIMIT $6`
/** The attempts are compared, so that a process that lost its lease does not overwrite what another has recorded. */
const RECORD = `UPDATE webhook_deliveries SET status = $4, failures = $5, next_attempt_at = $6, attempts = $7
  WHERE project_id = $1 AND endpoint_id = $2 AND id = $3 AND attempts = $8`
const RETRY = `UPDATE webhook_deliveries SET status = 'pending', failures = 0, next_attempt_at = $4
  WHERE project_id = $1 AND endpoint_id = $2 AND id = $3`
const BACKLOG = `SELECT e.id,
    (SELECT MIN(d.next_attempt_at) FROM webhook_deliveries d
      WHERE d.project_id = $1 AND d.endpoint_id = e.id AND d.next_attempt_at IS NOT NULL) AS "nextAttemptAt",
    (SELECT MIN(d.id) FROM webhook_deliveries d WHERE d.project_id = $1 AND d.endpoint_id = e.id
      AND d.status = 'pending' AND d.status <> 'succeeded') AS oldest,
    e.failing_since AS "failingSince"
  FROM webhook_endpoints e WHERE e.project_id = $1 AND e.status = 'enabled'`
const WITHOUT_DELIVERY = `NOT EXISTS (SELECT 1 FROM webhook_deliveries d
  WHERE d.project_id = $1 AND d.endpoint_id = $2 AND d.event_id = e.id)`
const FAILED = `SELECT id FROM webhook_deliveries
  WHERE project_id = $1 AND endpoint_id = $2 AND status = 'failed' AND status <> 'succeeded'
    AND event_id >= $3 AND event_id < $4 AND id > $5
  ORDER BY id LIMIT $6`
const RETRY_ALL = `UPDATE webhook_deliveries SET status = 'pending', failures = 0, next_attempt_at = $4
  WHERE project_id = $1 AND endpoint_id = $2 AND id IN (JSON_ITEMS($3))`
const NEXT_ENDPOINT = `SELECT MIN(endpoint_id) AS id FROM webhook_deliveries
  WHERE project_id = $1 AND endpoint_id > $2`
const SWEEP_WITHOUT_EVENT = `DELETE FROM webhook_deliveries WHERE project_id = $1 AND (endpoint_id, id) IN
  (SELECT d.endpoint_id, d.id FROM webhook_deliveries d WHERE d.project_id = $1 AND d.event_id < $2 LIMIT $3)`
const SWEEP_WITHOUT_ENDPOINT = `DELETE FROM webhook_deliveries WHERE project_id = $1 AND (endpoint_id, id) IN
  (SELECT d.endpoint_id, d.id FROM webhook_deliveries d WHERE d.project_id = $1 AND d.endpoint_id = $2 LIMIT $3)`

/** Makes deliveries, all of them pending. */
export async function insertDeliveries(
  tx: Queries,
  projectId: string,
  deliveries: readonly NewDelivery[],
): Promise<void> {
  await tx.insert(
    'webhook_deliveries',
    NEW,
    deliveries.map(({ id, endpointId, eventId, createdAt, nextAttemptAt }) => ({
      project_id: projectId,
      endpoint_id: endpointId,
      id,
      event_id: eventId,
      status: 'pending',
      failures: 0,
      next_attempt_at: nextAttemptAt,
      attempts: '[]',
      created_at: createdAt,
    })),
  )
}

/** Finds a delivery of an endpoint, as JSON. */
export function findDelivery(
  db: Queries,
  projectId: string,
  endpointId: string,
  id: string,
): Awaitable<string | undefined> {
  return getJson(db, FIND, [projectId, endpointId, id])
}

/** The filters of a list of deliveries. */
export interface DeliveryFilters {
  status?: readonly WebhookDelivery['status'][] | undefined
  event?: string | undefined
}

export function listDeliveries(
  db: Queries,
  projectId: string,
  endpointId: string,
  { status, event }: DeliveryFilters,
  cursor: Cursor,
): Awaitable<Page<ListItem>> {
  const conditions = ['d.project_id = $1', 'd.endpoint_id = $2']
  const parameters: Parameter[] = [projectId, endpointId]
  // As literal text, because the partial index of deliveries that have not succeeded is used only if the statement
  // itself contains its condition.
  if (status !== undefined) conditions.push(`d.status IN (${status.map((each) => `'${each}'`).join(', ')})`)
  if (status !== undefined && !status.includes('succeeded')) conditions.push("d.status <> 'succeeded'")
  if (event !== undefined) conditions.push(`d.event_id = $${parameters.push(event)}`)
  const listing = { table: 'webhook_deliveries', alias: 'd', joins: '', json: JSON_OF_DELIVERY, conditions, parameters }
  return selectPage(db, listing, cursor)
}

/** Makes a delivery due at this time, and starts its schedule again. Returns false if there is no such delivery. */
export async function retryDelivery(
  tx: Queries,
  projectId: string,
  endpointId: string,
  id: string,
  now: string,
): Promise<boolean> {
  return (await tx.run(RETRY, [projectId, endpointId, id, now])) === 1
}

/** The deliveries of an endpoint that are due at a time, after a place, in the order in which they became due. */
export function findDue(
  db: Queries,
  projectId: string,
  endpointId: string,
  { now, after, limit }: { now: string; after: DuePlace; limit: number },
): Awaitable<DueDelivery[]> {
  return db.all<DueDelivery>(FIND_DUE, [projectId, endpointId, now, after.nextAttemptAt, after.id, limit])
}

/** Records an attempt, unless the delivery has changed since it was read with `attempts`. */
export async function recordAttempt(
  tx: Queries,
  projectId: string,
  endpointId: string,
  { id, attempts: before }: Pick<DueDelivery, 'id' | 'attempts'>,
  { status, failures, nextAttemptAt, attempts }: DeliveryState,
): Promise<void> {
  await tx.run(RECORD, [projectId, endpointId, id, status, failures, nextAttemptAt, attempts, before])
}

/** The pending deliveries of an enabled endpoint. */
export interface Backlog {
  /** The id of the endpoint. */
  id: string
  /** When the next attempt is due; null if no delivery is pending. */
  nextAttemptAt: string | null
  /** The id of the oldest pending delivery. */
  oldest: string | null
  failingSince: string | null
}

export function findBacklogs(db: Queries, projectId: string): Awaitable<Backlog[]> {
  return db.all<Backlog>(BACKLOG, [projectId])
}

/** A part of the events of an endpoint: ids from `after`, exclusive, to `until`, exclusive. */
export interface EventRange {
  after: string
  until: string
  limit: number
}

/**
 * The ids of events in a range, oldest first: those of these types, or of all types if there are none. With
 * `onlyMissing`, only those that the endpoint never had a delivery of.
 */
export async function findEventIds(
  db: Queries,
  projectId: string,
  { endpointId, types, onlyMissing }: { endpointId: string; types: readonly EventType[]; onlyMissing: boolean },
  { after, until, limit }: EventRange,
): Promise<string[]> {
  const parameters: Parameter[] = [projectId]
  // The second parameter is the endpoint, which only the condition about its deliveries needs.
  if (onlyMissing) parameters.push(endpointId)
  const add = (value: Parameter) => `$${parameters.push(value)}`
  const conditions = [`e.id > ${add(after)}`, `e.id < ${add(until)}`, 'e.data IS NOT NULL']
  if (types.length > 0) conditions.push(`e.type IN (JSON_ITEMS(${add(JSON.stringify(types))}))`)
  if (onlyMissing) conditions.push(WITHOUT_DELIVERY)
  const rows = await db.all<{ id: string }>(
    `SELECT e.id FROM events e WHERE e.project_id = $1 AND ${conditions.join(' AND ')}
      ORDER BY e.id LIMIT ${add(limit)}`,
    parameters,
  )
  return rows.map(({ id }) => id)
}

/** The ids of failed deliveries of events in a range of ids, oldest first, after the delivery `after`. */
export async function findFailed(
  db: Queries,
  projectId: string,
  endpointId: string,
  { from, until, after, limit }: { from: string; until: string; after: string; limit: number },
): Promise<string[]> {
  const rows = await db.all<{ id: string }>(FAILED, [projectId, endpointId, from, until, after, limit])
  return rows.map(({ id }) => id)
}

/** Like `retryDelivery`, for several deliveries. */
export async function retryDeliveries(
  tx: Queries,
  projectId: string,
  endpointId: string,
  ids: readonly string[],
  now: string,
): Promise<void> {
  await tx.run(RETRY_ALL, [projectId, endpointId, JSON.stringify(ids), now])
}

/** Deletes some deliveries of events before the id `oldestEvent`. Returns how many. */
export async function sweepDeliveries(
  tx: Queries,
  projectId: string,
  oldestEvent: string,
  limit: number,
): Promise<number> {
  return tx.run(SWEEP_WITHOUT_EVENT, [projectId, oldestEvent, limit])
}

/** The ids of all endpoints that have deliveries, including deleted endpoints. */
export async function endpointsWithDeliveries(db: Queries, projectId: string): Promise<string[]> {
  const ids: string[] = []
  for (let last = ''; ; ) {
    const row = await db.get<{ id: string | null }>(NEXT_ENDPOINT, [projectId, last])
    if (row === undefined || row.id === null) return ids
    ids.push(row.id)
    last = row.id
  }
}

/** Deletes some deliveries of an endpoint. Returns how many. */
export async function deleteDeliveries(
  tx: Queries,
  projectId: string,
  endpointId: string,
  limit: number,
): Promise<number> {
  return tx.run(SWEEP_WITHOUT_ENDPOINT, [projectId, endpointId, limit])
}
