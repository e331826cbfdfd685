import { hash } from 'node:crypto'
import { type EventType, typesMatching } from '../contract/event-types.ts'
import type { Queries } from '../db/port.ts'
import { base62, fromBase62, timeOfId } from '../domain/id.ts'
import { toExactTime, toTimestamp } from '../domain/time.ts'
import { insertDeliveries, type NewDelivery } from './webhooks/deliveries.ts'
import { type EnabledEndpoint, listEnabledEndpoints } from './webhooks/endpoints.ts'

/** What deliveries need to know of an event. */
export interface SentEvent {
  id: string
  type: string
}

/**
 * Makes the deliveries of a project's events. Called in the transaction that gives the events their positions, so that
 * every event of an acknowledged change reaches every endpoint.
 */
export async function queueDeliveries(tx: Queries, projectId: string, events: readonly SentEvent[]): Promise<void> {
  const endpoints = await listEnabledEndpoints(tx, projectId)
  if (endpoints.length === 0) return
  const deliveries = endpoints.flatMap((endpoint) => {
    const isSent = typeFilter(endpoint)
    return events.filter(({ type }) => isSent(type)).map(({ id }) => deliveryOf(id, endpoint.id))
  })
  if (deliveries.length > 0) await insertDeliveries(tx, projectId, deliveries)
}

function typeFilter({ eventTypes }: EnabledEndpoint): (type: string) => boolean {
  const patterns: string[] = JSON.parse(eventTypes)
  if (patterns.length === 0) return () => true
  const types = new Set<string>(typesMatching(patterns))
  return (type) => types.has(type as EventType)
}

/** The first delivery of an event to an endpoint. The ids of deliveries to an endpoint sort as those of their events. */
function deliveryOf(eventId: string, endpointId: string): NewDelivery {
  const time = timeOfId(eventId)
  return {
    id: derivedId(eventId, endpointId),
    endpointId,
    eventId,
    createdAt: toTimestamp(time),
    // If the clock was set back, the time in the id is in the future, but the first attempt is due at once.
    nextAttemptAt: toExactTime(Math.min(time, Date.now())),
  }
}

const PREFIX_LENGTH = 'evt_'.length
const RANDOM_LENGTH = 14

/** The id of a delivery: the id of its event, plus an offset that is the same for all deliveries to an endpoint. */
function derivedId(eventId: string, endpointId: string): string {
  const random = fromBase62(eventId.slice(-RANDOM_LENGTH))
  return `wdl_${eventId.slice(PREFIX_LENGTH, -RANDOM_LENGTH)}${base62(random + distanceOf(endpointId), RANDOM_LENGTH)}`
}

/** The offset has 79 bits, so that its sum with the 80 bits of an id still fits into the digits of an id. */
function distanceOf(endpointId: string): bigint {
  return BigInt(`0x${hash('sha256', endpointId).slice(0, 20)}`) >> 1n
}
