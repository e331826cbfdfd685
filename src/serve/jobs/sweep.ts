import { randomUUID } from 'node:crypto'
import type { StoredProject } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { isHeldByOther, takeLease } from '../../db/leases.ts'
import { inPacedBatches, PACED_BATCH } from '../../db/paced-batches.ts'
import { toExactTime } from '../../domain/time.ts'
import { eraseUsers, sweepEvents } from '../../events/retention.ts'
import { createDeliverySweep } from '../../events/webhooks/sweep.ts'
import { sweepResponses } from '../../http/request/idempotency-store.ts'
import { sweepConsoleSessions } from '../../resources/console-sessions/console-sessions.ts'
import { allProjects } from '../../resources/projects/projects.ts'
import { sweepUserTokens } from '../../resources/tokens/tokens.ts'

/** How often a project is swept, in milliseconds. */
const INTERVAL = 10 * 60 * 1000

/**
 * How long only the node that swept a project may sweep it again, in milliseconds. It does so well before that time
 * ends.
 */
const LEASE = 1.5 * INTERVAL

/**
 * Deletes expired idempotency keys, user tokens, sessions of the console and events in every project, and deliveries whose
 * event or endpoint is gone; erases deleted users from events, and removes deleted data from the store's files. Expired
 * rows are already invisible, so this produces no events. Also merges the words of new objects into the index. Returns the
 * number of deleted rows.
 *
 * With a `holder`, the name of this node, it leaves out projects that another node sweeps.
 */
export async function sweep(context: Context, signal: AbortSignal, holder?: string): Promise<number> {
  const { db } = context
  let swept = 0
  for (const project of await allProjects(context)) {
    if (signal.aborted) break
    if (holder === undefined || (await holdLease(context, project.id, holder))) {
      swept += await sweepProject(context, project, signal)
    }
  }
  if (!signal.aborted) await db.eraseDeleted?.()
  return swept
}

/** Returns false if another node sweeps this project. */
async function holdLease({ db, clock }: Context, projectId: string, holder: string): Promise<boolean> {
  const name = { projectId, job: 'sweep' }
  const now = toExactTime(clock())
  if (await isHeldByOther(db, name, holder, now)) return false
  return takeLease(db, name, { holder, until: toExactTime(clock() + LEASE) }, now)
}

async function sweepProject(
  { db, clock, log, words }: Context,
  project: StoredProject,
  signal: AbortSignal,
): Promise<number> {
  const now = toExactTime(clock())
  let swept = await sweepEvents(db, project.id, { days: log.days, now: clock() }, signal)
  await eraseUsers(db, project.id, clock(), signal)
  await words.merge(project.id)
  const sweepDeliveries = await createDeliverySweep(db, project.id)
  swept += await inPacedBatches(
    db,
    signal,
    async (tx) =>
      (await sweepResponses(tx, project.id, now, PACED_BATCH)) +
      (await sweepUserTokens(tx, project, now, PACED_BATCH)) +
      (await sweepConsoleSessions(tx, project, clock(), PACED_BATCH)) +
      (await sweepDeliveries(tx, PACED_BATCH)),
  )
  return swept
}

/**
 * Sweeps every ten minutes until the signal aborts. A failed sweep is reported and retried ten minutes later. Of several
 * nodes on one database, one sweeps each project.
 */
export function sweepRegularly(context: Context, signal: AbortSignal, onError: (error: unknown) => void): void {
  const holder = context.db.engine === 'postgres' ? randomUUID() : undefined
  const timer = setInterval(() => sweep(context, signal, holder).catch(onError), INTERVAL)
  timer.unref()
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}
