import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { StoredProject } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { timeOfId } from '../../domain/id.ts'
import { createOutages } from '../../events/outages.ts'
import { isSuccess } from '../../events/webhooks/attempt.ts'
import { type CourierParts, createCourier, type WatchAttempt } from '../../events/webhooks/courier.ts'
import { findBacklogs } from '../../events/webhooks/deliveries.ts'
import { projectsWithEndpoints } from '../../events/webhooks/endpoints.ts'
import type { DeliveryCounts } from '../../http/observation/job-metrics.ts'
import { requireProject } from '../../resources/projects/projects.ts'

/** How often to look for due deliveries, in milliseconds. On a store that shows every commit, only after a commit. */
const POLL = 200
const BLIND_POLL = 1_000

/** How long attempts in flight may take when the server stops, in milliseconds. */
const STOP_PATIENCE = 3_000

/** Delivers the events of all projects. */
export interface Deliverer {
  readonly counts: DeliveryCounts
  /** Starts delivering what is due. */
  poll(): Promise<void>
  /** Resolves when nothing is being delivered. */
  settled(): Promise<void>
  /** Delivers regularly, until `stop`. */
  start(): void
  /** Waits a short time for the attempts in flight. */
  stop(): Promise<void>
}

export interface DelivererParts {
  context: Context
  webhooks: CourierParts['webhooks']
  source: () => string
  logger: Logger
  /** Wraps each attempt, for example to trace it. */
  watch?: WatchAttempt | undefined
}

interface Running {
  wake(): void
  ended: Promise<void>
}

/** Each endpoint has a courier of its own while something is due, so a slow one does not hold up the others. */
export function createDeliverer({ context, webhooks, source, logger, watch }: DelivererParts): Deliverer {
  const { db, clock } = context
  const running = new Map<string, Running>()
  const projects = new Map<string, StoredProject>()
  const stopping = new AbortController()
  const counts: DeliveryCounts = { succeeded: 0, failed: 0, oldestPending: 0, failingEndpoints: 0 }
  const holder = randomUUID()
  let regular: Promise<void> = Promise.resolve()

  const parts: CourierParts = {
    context,
    webhooks,
    source,
    holder,
    async watch(attempt, of) {
      const outcome = await (watch ?? ((run) => run()))(attempt, of)
      counts[isSuccess(outcome) ? 'succeeded' : 'failed'] += 1
      return outcome
    },
    onDisabled: (endpoint, reason) => logger.warn({ endpoint, reason }, 'webhook endpoint disabled'),
  }

  async function poll(): Promise<void> {
    const now = clock()
    let oldest = now
    let failing = 0
    for (const projectId of await projectsWithEndpoints(db)) {
      for (const backlog of await findBacklogs(db, projectId)) {
        if (backlog.failingSince !== null) failing += 1
        if (backlog.oldest !== null) oldest = Math.min(oldest, timeOfId(backlog.oldest))
        const isDue = backlog.nextAttemptAt !== null && Date.parse(backlog.nextAttemptAt) <= now
        if (isDue && !stopping.signal.aborted) deliver(await findProject(projectId), backlog.id)
      }
    }
    counts.oldestPending = (now - oldest) / 1000
    counts.failingEndpoints = failing
  }

  /** Caches projects, which never change. */
  async function findProject(id: string): Promise<StoredProject> {
    const project = projects.get(id) ?? (await requireProject(context, id))
    projects.set(id, project)
    return project
  }

  function deliver(project: StoredProject, endpointId: string): void {
    const present = running.get(endpointId)
    if (present !== undefined) {
      present.wake()
      return
    }
    const courier = createCourier(parts, project, endpointId)
    const ended = courier
      .run(stopping.signal)
      .catch((error) => logger.error({ err: error }, 'delivering webhooks'))
      .finally(() => running.delete(endpointId))
    running.set(endpointId, { wake: courier.wake, ended })
  }

  async function settled(): Promise<void> {
    while (running.size > 0) await Promise.all([...running.values()].map(({ ended }) => ended))
  }

  async function pollRegularly(): Promise<void> {
    let seen: number | undefined
    let polledAt = 0
    const outages = createOutages({
      began: (error) => logger.error({ err: error }, 'looking for webhook deliveries'),
      ended: () => logger.info('webhook deliveries are found again'),
    })
    while (!stopping.signal.aborted) {
      try {
        const version = db.versionIsExact ? db.version({}) : undefined
        // Retries become due without a commit.
        if (version !== seen || performance.now() - polledAt > BLIND_POLL) {
          polledAt = performance.now()
          await poll()
          outages.succeeded()
          seen = version
        }
      } catch (error) {
        outages.failed(error)
        await wait(BLIND_POLL)
      }
      await wait(db.versionIsExact ? POLL : BLIND_POLL)
    }
  }

  function wait(milliseconds: number): Promise<void> {
    return pause(milliseconds, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
  }

  return {
    counts,
    poll,
    settled,
    start() {
      regular = pollRegularly()
    },
    async stop() {
      stopping.abort()
      await regular
      const isLate = await Promise.race([settled(), pause(STOP_PATIENCE, true, { ref: false })])
      webhooks.sender.close()
      if (isLate) await settled()
    },
  }
}
