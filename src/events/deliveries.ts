import type { Queries } from '../db/port.ts'
import type { Awaitable } from '../domain/awaitable.ts'

/** What deliveries need to know of an event that has just got its position. */
export interface OrderedEvent {
  id: string
  type: string
  position: number
}

/**
 * Makes the deliveries of a project's events. Called in the transaction that gives the events their positions, so that
 * every event of an acknowledged change reaches every endpoint.
 */
export function queueDeliveries(_tx: Queries, _projectId: string, _events: readonly OrderedEvent[]): Awaitable<void> {}
