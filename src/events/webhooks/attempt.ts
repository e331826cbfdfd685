import type { WebhookAttempt } from '../../contract/webhooks.ts'
import { toExactTime } from '../../domain/time.ts'
import type { DeliveryState, DueDelivery } from './deliveries.ts'
import { readRetryAfter, waitAfter } from './schedule.ts'
import type { Outcome } from './send.ts'

/** How many attempts of a delivery are stored. */
const STORED_ATTEMPTS = 20

/** The endpoint no longer wants events (RFC 9110 §15.5.11). */
const GONE = 410

/** An attempt as the API shows it. */
export function toAttempt({ milliseconds, statusCode, error, response }: Outcome, at: number): WebhookAttempt {
  return { at: toExactTime(at), milliseconds, statusCode, error, response }
}

/** Whether an attempt delivered the event (docs/contract.md §14). */
export function isSuccess({ statusCode }: Pick<Outcome, 'statusCode'>): boolean {
  return statusCode !== null && statusCode >= 200 && statusCode < 300
}

/** Whether the endpoint says that it is gone for good. */
export function isGone({ statusCode }: Pick<Outcome, 'statusCode'>): boolean {
  return statusCode === GONE
}

/** What a delivery becomes after an attempt that began at `at` and ended at `now`. */
export function stateAfter(
  { failures, attempts }: DueDelivery,
  outcome: Outcome,
  { at, now, random }: { at: number; now: number; random: number },
): DeliveryState {
  const all: WebhookAttempt[] = [...JSON.parse(attempts), toAttempt(outcome, at)]
  const stored = JSON.stringify(all.slice(-STORED_ATTEMPTS))
  if (isSuccess(outcome)) return { status: 'succeeded', failures, nextAttemptAt: null, attempts: stored }
  const wait = isGone(outcome) ? null : waitAfter(failures + 1, readRetryAfter(outcome.retryAfter, now), random)
  return {
    status: wait === null ? 'failed' : 'pending',
    failures: failures + 1,
    nextAttemptAt: wait === null ? null : toExactTime(now + wait),
    attempts: stored,
  }
}
