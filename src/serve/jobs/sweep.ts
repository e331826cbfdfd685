import type { Context } from '../../context.ts'
import { eraseUsers, sweepEvents } from '../../events/retention.ts'
import { createDeliverySweep } from '../../events/webhooks/sweep.ts'
import { sweepResponses } from '../../http/request/idempotency-store.ts'
import { sweepConsoleSessions } from '../../resources/console-sessions/console-sessions.ts'
import { allProjects } from '../../resources/projects/projects.ts'
import { sweepUserTokens } from '../../resources/tokens/tokens.ts'

/** Rows per transaction: a few milliseconds, so that other writes hardly wait. */
const BATCH_ROWS = 500

/**
 * Deletes expired idempotency keys, user tokens, sessions of the console and events in every project, and deliveries whose
 * event or endpoint is gone; erases deleted users from events, and removes deleted data from the store's files. Expired
 * rows are already invisible, so this produces no events. Returns the number of deleted rows.
 */
export async function sweep(context: Context, signal: AbortSignal): Promise<number> {
  const { db, clock, log } = context
  const now = new Date(clock()).toISOString()
  let swept = 0
  for (const project of await allProjects(context)) {
    swept += await sweepEvents(db, project.id, { days: log.days, now: clock() }, signal)
    await eraseUsers(db, project.id, clock(), signal)
    const sweepDeliveries = await createDeliverySweep(db, project.id)
    let deleted = BATCH_ROWS
    while (deleted > 0 && !signal.aborted) {
      deleted = await db.transaction(
        async (tx) =>
          (await sweepResponses(tx, project.id, now, BATCH_ROWS)) +
          (await sweepUserTokens(tx, project, now, BATCH_ROWS)) +
          (await sweepConsoleSessions(tx, project, clock(), BATCH_ROWS)) +
          (await sweepDeliveries(tx, BATCH_ROWS)),
      )
      swept += deleted
    }
  }
  if (!signal.aborted) await db.eraseDeleted?.()
  return swept
}

const INTERVAL = 10 * 60 * 1000

/** Sweeps every ten minutes until the signal aborts. A failed sweep is reported and retried ten minutes later. */
export function sweepRegularly(context: Context, signal: AbortSignal, onError: (error: unknown) => void): void {
  const timer = setInterval(() => sweep(context, signal).catch(onError), INTERVAL)
  timer.unref()
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}
