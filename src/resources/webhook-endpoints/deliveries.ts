import type { Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { EVENT_TYPES, type EventType, typesMatching } from '../../contract/event-types.ts'
import { listOf } from '../../contract/list.ts'
import type { WebhookAttempt, WebhookEndpoint } from '../../contract/webhooks.ts'
import type { Queries } from '../../db/port.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import { toCursor } from '../../domain/cursor.ts'
import { idsFrom } from '../../domain/id.ts'
import { toExactTime, toMilliseconds } from '../../domain/time.ts'
import { ApiError, orNotFound } from '../../errors.ts'
import { renderEvent } from '../../events/event.ts'
import { toAttempt } from '../../events/webhooks/attempt.ts'
import * as store from '../../events/webhooks/deliveries.ts'
import { openSecrets } from '../../events/webhooks/secrets.ts'
import type { Webhooks } from '../../events/webhooks/webhooks.ts'
import { sampleEvent } from './sample.ts'
import type { ListWebhookDeliveries, ReplayWebhookEvents, TestWebhookEndpoint, WebhookReplay } from './schema.ts'
import { getEndpoint } from './webhook-endpoints.ts'

/** How many deliveries one transaction of a replay makes: it takes a few milliseconds. */
const BATCH = 500

/** How a path names a delivery: by its endpoint and its id. */
interface DeliveryName {
  endpointId: string
  id: string
}

/** Returns a delivery as JSON. Throws `notFound`. */
export function getDelivery(
  db: Queries,
  { project }: Pick<Caller, 'project'>,
  { endpointId, id }: DeliveryName,
): Awaitable<string> {
  return andThen(store.findDelivery(db, project.id, endpointId, id), (json) => orNotFound(json, 'webhook delivery'))
}

export function listDeliveries(
  { db }: Context,
  { project }: Caller,
  endpointId: string,
  query: ListWebhookDeliveries,
): Awaitable<string> {
  return andThen(store.listDeliveries(db, project.id, endpointId, query, toCursor(query)), listOf)
}

/** Makes a delivery due at once. Returns it as JSON. */
export function retryDelivery({ change, clock }: Context, caller: Caller, name: DeliveryName): Promise<string> {
  const { project } = caller
  return change(caller, async (tx) => {
    await requireEnabled(tx, caller, name.endpointId)
    await store.retryDelivery(tx, project.id, name.endpointId, name.id, toExactTime(clock()))
    return { response: await getDelivery(tx, caller, name), changes: [] }
  })
}

/** Sends a sample to an endpoint. Returns the attempt as JSON. */
export async function testEndpoint(
  { sealer, sender }: Webhooks,
  { db, newId, clock, source }: Context,
  { project }: Pick<Caller, 'project'>,
  endpoint: WebhookEndpoint,
  { type }: TestWebhookEndpoint,
): Promise<string> {
  const chosen = type ?? typesOf(endpoint)[0] ?? EVENT_TYPES[0]
  const event = sampleEvent(project, newId('evt', project.tag).id, chosen as EventType)
  const at = clock()
  const secrets = await openSecrets(db, sealer, { projectId: project.id, endpointId: endpoint.id }, toExactTime(at))
  const outcome = await sender.send(endpoint.url, { id: event.id, body: renderEvent(event, source()), secrets, at })
  return JSON.stringify(toAttempt(outcome, at) satisfies WebhookAttempt)
}

/** Sends events again, in several transactions. Returns the number of deliveries as JSON. */
export async function replayEvents(
  context: Context,
  caller: Caller,
  endpointId: string,
  { since, until, only }: ReplayWebhookEvents,
): Promise<string> {
  const end = until === undefined ? context.clock() + 1 : toMilliseconds(until)
  const range = { from: idsFrom('evt', toMilliseconds(since)), until: idsFrom('evt', end) }
  const replayBatch = only === 'failed' ? retryFailed : sendAgain
  await context.continueIds(context.db, caller.project.id)
  let deliveries = 0
  let after = ''
  let batch: string[]
  do {
    batch = await context.db.transaction(async (tx) => {
      const endpoint = await requireEnabled(tx, caller, endpointId)
      return replayBatch(tx, context, caller, { endpoint, range, after, onlyMissing: only === 'missing' })
    })
    deliveries += batch.length
    after = batch.at(-1) ?? after
  } while (batch.length === BATCH)
  return JSON.stringify({ object: 'webhookReplay', deliveries } satisfies WebhookReplay)
}

interface ReplayBatch {
  endpoint: WebhookEndpoint
  /** Ids of events: from the first, inclusive, to the second, exclusive. */
  range: { from: string; until: string }
  /** The last id of the batch before; empty for the first. */
  after: string
  onlyMissing: boolean
}

/** Retries failed deliveries. Returns their ids. */
async function retryFailed(
  tx: Queries,
  { clock }: Context,
  { project }: Caller,
  { endpoint, range, after }: ReplayBatch,
): Promise<string[]> {
  const ids = await store.findFailed(tx, project.id, endpoint.id, { ...range, after, limit: BATCH })
  if (ids.length > 0) await store.retryDeliveries(tx, project.id, endpoint.id, ids, toExactTime(clock()))
  return ids
}

/** Makes new deliveries. Returns the ids of their events. */
async function sendAgain(
  tx: Queries,
  { newId, clock }: Context,
  { project }: Caller,
  { endpoint, range, after, onlyMissing }: ReplayBatch,
): Promise<string[]> {
  const selection = { endpointId: endpoint.id, types: typesOf(endpoint), onlyMissing }
  const events = { after: after || range.from, until: range.until, limit: BATCH }
  const ids = await store.findEventIds(tx, project.id, selection, events)
  const nextAttemptAt = toExactTime(clock())
  const deliveries = ids.map((eventId) => {
    return { ...newId('wdl', project.tag), endpointId: endpoint.id, eventId, nextAttemptAt }
  })
  await store.insertDeliveries(tx, project.id, deliveries)
  return ids
}

/** Returns the endpoint. Throws if it is disabled: its deliveries would wait. */
async function requireEnabled(tx: Queries, caller: Caller, id: string): Promise<WebhookEndpoint> {
  const endpoint: WebhookEndpoint = JSON.parse(await getEndpoint(tx, caller, id))
  if (endpoint.status === 'enabled') return endpoint
  throw new ApiError('invalid', 'The webhook endpoint is disabled', { hint: 'Enable it first: PATCH its `status`.' })
}

/** The types of events that an endpoint gets; empty for all. */
function typesOf({ eventTypes }: WebhookEndpoint): EventType[] {
  return typesMatching(eventTypes)
}
