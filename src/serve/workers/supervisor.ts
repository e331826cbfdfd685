import cluster from 'node:cluster'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import type { Context } from '../../context.ts'
import { SetupError } from '../../errors.ts'
import type { ProcessMetrics } from '../../http/limits/siblings.ts'
import { createLedger } from '../../http/limits/window.ts'
import { createJobMetrics } from '../../http/observation/job-metrics.ts'
import { startJobs } from '../jobs/jobs.ts'
import { reportFiles } from '../log.ts'
import type { Server } from '../server.ts'
import type { Reply } from './peer.ts'
import { type Run, type SharedRequest, startWorker } from './run.ts'
import { createTurns, type Turn } from './turns.ts'

/**
 * A grant is the rest of a rate limit, divided by this and by the number of workers, so that little of it goes unused.
 */
const SHARES_OF_A_WORKER = 8

/** How long to wait for a worker's metrics, in milliseconds. */
const METRICS_PATIENCE = 1_000

/** Milliseconds before a worker that exited is restarted, doubled each time it fails soon. */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 10_000
const LASTING = 60_000

/**
 * Serves a store from several worker processes that share the port. This process is the supervisor: it starts the
 * workers, restarts any that exits, enforces rate limits, adds up metrics and runs the jobs.
 *
 * Throws a one-line `SetupError` if a worker cannot start. The store then stays open, and all workers have ended.
 */
export async function startWorkers(config: Config, context: Context, logger: Logger): Promise<Server> {
  const { db, clock } = context
  const stopping = new AbortController()
  const jobMetrics = createJobMetrics()
  const take = createLedger(clock, SHARES_OF_A_WORKER * config.workers)
  const nextTurn = createTurns()
  const running = new Set<Run>()
  /** The last turn that each worker requested. */
  const turns = new WeakMap<Run, Turn>()
  // Round robin: docs/decisions/performance.md compares the alternatives.
  cluster.schedulingPolicy = cluster.SCHED_RR

  function start(): Run {
    const run = startWorker(handle)
    running.add(run)
    run.ended.then(() => {
      running.delete(run)
      turns.get(run)?.end()
    })
    return run
  }

  function handle(run: Run, request: SharedRequest): Reply | Promise<Reply> {
    switch (request.kind) {
      case 'take':
        return take(request.terms, request.key)
      case 'turn': {
        const turn = nextTurn()
        turns.set(run, turn)
        return turn.begins
      }
      case 'turnIsOver':
        turns.get(run)?.end()
        return undefined
      case 'metrics':
        return metricsOfAll([...running], jobMetrics.json)
    }
  }

  /** Restarts a worker each time it exits, until the server stops. */
  async function keepRunning(first: Run): Promise<void> {
    let wait = FIRST_PAUSE / 2
    for (let run = first; ; run = start()) {
      const since = performance.now()
      const { code, signal, reason } = await run.ended
      if (stopping.signal.aborted) {
        if (code !== 0) throw new SetupError(`A worker failed while stopping (${signal ?? `exit code ${code}`})`)
        return
      }
      // A worker that was asked to stop exits with 0.
      const isHealthy = code === 0 || performance.now() - since > LASTING
      wait = isHealthy ? FIRST_PAUSE : Math.min(2 * wait, LONGEST_PAUSE)
      logger.error({ worker: run.pid, code, signal, reason, milliseconds: wait }, 'worker exited; restarting it')
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
    }
  }

  const first = Array.from({ length: config.workers }, start)
  try {
    const [address = ''] = await Promise.all(first.map(({ listening }) => listening))
    const places = first.map(keepRunning)
    db.watchFiles?.(reportFiles(logger))
    const jobs = await startJobs(config, context, logger, address, jobMetrics)
    return {
      address,
      async stop() {
        stopping.abort()
        for (const { peer } of running) peer.notify({ kind: 'stop' })
        await Promise.all([...places, jobs.stop()])
        await db.close()
      },
    }
  } catch (error) {
    for (const { kill } of running) kill()
    await Promise.all(first.map(({ ended }) => ended))
    throw error
  }
}

/** The metrics of the workers that reply in time, and of the jobs. */
async function metricsOfAll(
  workers: readonly Run[],
  readOfJobs: () => Promise<ProcessMetrics>,
): Promise<ProcessMetrics[]> {
  const isLate = pause(METRICS_PATIENCE, undefined, { ref: false })
  const replies = await Promise.all(
    workers
      .filter(({ isServing }) => isServing)
      .map(({ peer }) => Promise.race([peer.request({ kind: 'metrics' }), isLate])),
  )
  return [...(replies.filter((metrics) => metrics !== undefined) as ProcessMetrics[]), await readOfJobs()]
}
