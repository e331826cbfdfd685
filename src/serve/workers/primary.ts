import cluster, { type Worker } from 'node:cluster'
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
import { type Message, openPeer, type Peer, type PrimaryQuestion, type WorkerQuestion } from './peer.ts'

/** A grant is the rest of a rate limit, divided by this and by the number of workers, so that little lies unused. */
const SHARES_OF_A_WORKER = 8

/** How long a worker may hold the turn to write, in milliseconds, before the next worker gets it. */
const LONGEST_TURN = 1_000

/** How long to wait for a worker's metrics, in milliseconds. */
const METRICS_PATIENCE = 1_000

/** Milliseconds before a worker that exited is restarted, doubled each time it exits soon. */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 10_000
const LASTING = 60_000

/** A running worker. */
interface Run {
  pid: number | undefined
  peer: Peer<PrimaryQuestion>
  isServing: boolean
  /** Ends its turn to write, held or awaited. */
  endTurn(): void
  /** Resolves to its address once it serves. Rejects with a `SetupError` if it exits first. */
  listening: Promise<string>
  /** Resolves when it has exited. */
  ended: Promise<End>
  kill(): void
}

interface End {
  code: number | null
  signal: string | null
  /** Why it could not serve, if it said so. */
  reason: string | undefined
}

/**
 * Serves a store from several worker processes that share the port. This process is the supervisor: it starts the
 * workers, restarts any that exits, enforces rate limits, adds up metrics and runs the jobs.
 *
 * Throws a one-line `SetupError` if a worker cannot start. The store then stays open, and all workers have ended.
 */
export async function startWorkers(config: Config, context: Context, logger: Logger): Promise<Server> {
  const { db, clock } = context
  const stopping = new AbortController()
  const running = new Set<Run>()
  const jobMetrics = createJobMetrics()
  const take = createLedger(clock, SHARES_OF_A_WORKER * config.workers)
  let turns: Promise<undefined> = Promise.resolve(undefined)
  // Round robin: docs/decisions/performance.md compares the alternatives.
  cluster.schedulingPolicy = cluster.SCHED_RR

  function start(): Run {
    const worker = cluster.fork()
    const { promise: listening, resolve, reject } = Promise.withResolvers<string>()
    // A restarted worker is only watched through `ended`.
    listening.catch(() => {})
    let reason: string | undefined
    const send = (message: Message) => worker.send(message, () => {})
    const peer = openPeer<PrimaryQuestion, WorkerQuestion>(worker, send, (question) => {
      switch (question.ask) {
        case 'take':
          return take(question.terms, question.key)
        case 'turn':
          return nextTurn(run)
        case 'turnIsOver':
          run.endTurn()
          return
        case 'metrics':
          return metricsOfAll()
        case 'listening':
          run.isServing = true
          resolve(question.address)
          return
        case 'failed':
          reason = question.reason
      }
    })
    const { promise: ended, resolve: end } = Promise.withResolvers<End>()
    const cut = watchConnections(worker)
    worker.once('exit', (code, signal) => {
      cut()
      running.delete(run)
      run.endTurn()
      reject(new SetupError(reason ?? `A worker exited before it was ready (${signal ?? `exit code ${code}`})`))
      end({ code, signal, reason })
    })
    // A connection could not be sent to a worker that is gone. Its `exit` event follows.
    worker.on('error', () => {})
    const run: Run = {
      pid: worker.process.pid,
      peer,
      isServing: false,
      endTurn() {},
      listening,
      ended,
      kill: () => worker.process.kill(),
    }
    running.add(run)
    return run
  }

  /** Resolves when it is a worker's turn to write, in the order of asking. */
  function nextTurn(run: Run): Promise<undefined> {
    const { promise: isOver, resolve } = Promise.withResolvers<undefined>()
    run.endTurn = () => resolve(undefined)
    const begin = turns
    turns = begin.then(() => {
      const timer = setTimeout(run.endTurn, LONGEST_TURN)
      return isOver.finally(() => clearTimeout(timer))
    })
    return begin
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
      wait = performance.now() - since > LASTING ? FIRST_PAUSE : Math.min(2 * wait, LONGEST_PAUSE)
      logger.error({ worker: run.pid, code, signal, reason, milliseconds: wait }, 'worker exited; restarting it')
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
    }
  }

  async function metricsOfAll(): Promise<ProcessMetrics[]> {
    const isLate = pause(METRICS_PATIENCE, undefined, { ref: false })
    const answers = await Promise.all(
      [...running]
        .filter(({ isServing }) => isServing)
        .map(({ peer }) => Promise.race([peer.ask({ ask: 'metrics' }), isLate])),
    )
    return [...(answers.filter((metrics) => metrics !== undefined) as ProcessMetrics[]), await jobMetrics.json()]
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
        for (const { peer } of running) peer.tell({ ask: 'stop' })
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

/** A connection that Node passes to a worker. */
interface Handle {
  /** Below 0 once it is closed. */
  fd: number
  close(): void
}

/**
 * Returns a function that closes the connections that were sent to a worker that has exited. Node would keep them open
 * without a response. Node passes them through `send`.
 */
function watchConnections({ process }: Worker): () => void {
  const inTransit = new Set<Handle>()
  const send = process.send.bind(process) as (...values: unknown[]) => boolean
  process.send = (...values: unknown[]) => {
    const handle = values[1] as Handle | undefined
    if (typeof handle?.close === 'function') {
      for (const earlier of inTransit) if (earlier.fd < 0) inTransit.delete(earlier)
      inTransit.add(handle)
    }
    return send(...values)
  }
  return () => {
    for (const handle of inTransit) if (handle.fd >= 0) handle.close()
  }
}
