import type { StoredProject } from '../../caller.ts'
import { systemCaller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import type { WebhookEndpoint } from '../../contract/webhooks.ts'
import type { Queries } from '../../db/port.ts'
import { toTimestamp } from '../../domain/time.ts'
import { isGone, isSuccess } from './attempt.ts'
import { type DeliveryState, type DueDelivery, recordAttempt } from './deliveries.ts'
import { findEndpoint, updateEndpoint } from './endpoints.ts'
import { FAILING_LIMIT } from './schedule.ts'
import type { Outcome } from './send.ts'

/** An attempt that has ended, and what its delivery becomes. */
export interface Attempted {
  delivery: DueDelivery
  outcome: Outcome
  state: DeliveryState
  /** When it ended, in Unix milliseconds. */
  now: number
}

/** The properties of an endpoint that attempts change. */
type Health = Pick<WebhookEndpoint, 'status' | 'disabledReason' | 'failingSince'>

/**
 * Records attempts in one transaction, in the order in which they ended, with what they say about the endpoint. Returns
 * why the endpoint was disabled, if it was.
 */
export async function recordAttempts(
  context: Context,
  project: StoredProject,
  endpointId: string,
  attempted: readonly Attempted[],
  wasHealthy: boolean,
): Promise<WebhookEndpoint['disabledReason']> {
  const write = async (tx: Queries) => {
    for (const { delivery, state } of attempted) await recordAttempt(tx, project.id, endpointId, delivery, state)
  }
  if (wasHealthy && attempted.every(({ outcome }) => isSuccess(outcome))) {
    // Losing what is recorded here only repeats these deliveries.
    await context.db.transaction(write, { isDurable: false })
    return null
  }
  let disabled: WebhookEndpoint['disabledReason'] = null
  await context.change(systemCaller(project), async (tx) => {
    await write(tx)
    disabled = null
    const before = await findEndpoint(tx, project.id, endpointId)
    if (before === undefined) return { response: '', changes: [] }
    const endpoint: WebhookEndpoint = JSON.parse(before)
    const health = attempted.reduce(healthAfter, endpoint)
    if (health === endpoint) return { response: '', changes: [] }
    await updateEndpoint(tx, project.id, endpointId, { ...endpoint, ...health })
    if (health.status !== endpoint.status) disabled = health.disabledReason
    const after = JSON.stringify({ ...endpoint, ...health })
    return { response: '', changes: [{ kind: 'webhookEndpoint', before, after }] }
  })
  return disabled
}

/** The health of an endpoint after an attempt. Returns the same object if nothing changes. */
function healthAfter<T extends Health>(health: T, { outcome, now }: Attempted): T {
  if (health.status === 'disabled') return health
  if (isSuccess(outcome)) return health.failingSince === null ? health : { ...health, failingSince: null }
  if (isGone(outcome)) return { ...health, status: 'disabled', disabledReason: 'gone' }
  const since = health.failingSince ?? toTimestamp(now)
  if (now - Date.parse(since) >= FAILING_LIMIT) {
    return { ...health, failingSince: since, status: 'disabled', disabledReason: 'failing' }
  }
  return health.failingSince === since ? health : { ...health, failingSince: since }
}
