import cluster, { type Worker } from 'node:cluster'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import type { Registry } from '../../context.ts'
import { SetupError } from '../../errors.ts'
import type { ProcessMetrics } from '../../http/siblings.ts'
import { createLedger } from '../../http/window.ts'
import { sweepRegularly } from '../jobs/sweep.ts'
import type { Server } from '../server.ts'
import { type Message, openPeer, type Peer, type PrimaryQuestion, type WorkerQuestion } from './peer.ts'

/** Each grant of a rate limit is so small a part of what is left that all other workers together keep an eighth from one. */
const SHARES_OF_A_WORKER = 8

/** How long a worker has the turn to write, in milliseconds: then it waits for another process, and the next may do so too. */
const LONGEST_TURN = 1_000

/** How long the metrics of a worker are waited for, in milliseconds. */
const METRICS_PATIENCE = 1_000

/** Milliseconds before a worker takes the place of one that has ended; doubled while they do not last. */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 10_000
const LASTING = 60_000

/** A worker from its start to its end. */
interface Run {
  pid: number | undefined
  peer: Peer<PrimaryQuestion>
  isServing: boolean
  /** Ends its turn to write, which it has or waits for. */
  endTurn(): void
  /** Its address, when it serves; throws `SetupError` where it ends before. */
  listening: Promise<string>
  /** How it ended. */
  ended: Promise<End>
  kill(): void
}

interface End {
  code: number | null
  signal: string | null
  /** Why it could not serve, where it has said so. */
  reason: string | undefined
}

/**
 * Serves a registry from as many processes as the settings say, which share the port; this one starts them, puts another
 * in the place of one that ends, and does what is done once for all: counting towards rate limits, summing metrics, sweeping.
 *
 * Throws `SetupError`, in one line, where one of them cannot start; the store is then still open and none is left.
 */
export async function startWorkers(config: Config, registry: Registry, logger: Logger): Promise<Server> {
  const { db, clock } = registry
  const stopping = new AbortController()
  const running = new Set<Run>()
  const take = createLedger(clock, SHARES_OF_A_WORKER * config.workers)
  let turns: Promise<undefined> = Promise.resolve(undefined)
  // Connections are dealt out in turn: docs/decisions/performance.md has what the other ways do.
  cluster.schedulingPolicy = cluster.SCHED_RR

  function start(): Run {
    const worker = cluster.fork()
    const { promise: listening, resolve, reject } = Promise.withResolvers<string>()
    // Of one that takes the place of another, how it ended is looked at, and not this.
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
      reject(new SetupError(reason ?? `A worker ended before it served (${signal ?? `exit code ${code}`})`))
      end({ code, signal, reason })
    })
    // What cannot be sent to one that is gone, such as a connection; its end follows.
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

  /** Resolves when it is a worker's turn to write: behind all who have asked before. */
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

  /** Keeps one place filled until the server is stopped. */
  async function keepFilled(first: Run): Promise<void> {
    let wait = FIRST_PAUSE / 2
    for (let run = first; ; run = start()) {
      const since = performance.now()
      const { code, signal, reason } = await run.ended
      if (stopping.signal.aborted) {
        if (code !== 0) throw new SetupError(`A worker did not end well (${signal ?? `exit code ${code}`})`)
        return
      }
      wait = performance.now() - since > LASTING ? FIRST_PAUSE : Math.min(2 * wait, LONGEST_PAUSE)
      logger.error({ worker: run.pid, code, signal, reason, milliseconds: wait }, 'a worker ended; another follows')
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
    return answers.filter((metrics) => metrics !== undefined) as ProcessMetrics[]
  }

  const first = Array.from({ length: config.workers }, start)
  try {
    const [address = ''] = await Promise.all(first.map(({ listening }) => listening))
    const places = first.map(keepFilled)
    sweepRegularly(registry, stopping.signal, (error) => logger.error({ err: error }, 'sweep'))
    return {
      address,
      async stop() {
        stopping.abort()
        for (const { peer } of running) peer.tell({ ask: 'stop' })
        await Promise.all(places)
        await db.close()
      },
    }
  } catch (error) {
    for (const { kill } of running) kill()
    await Promise.all(first.map(({ ended }) => ended))
    throw error
  }
}

/** A connection as Node hands it to a worker. */
interface Handle {
  /** Below 0 once it is closed. */
  fd: number
  close(): void
}

/**
 * Gives what cuts the connections that are on their way to a worker, for when it has ended: Node would keep them open, and
 * nobody would answer them. Its own way to hand them over is `send`.
 */
function watchConnections({ process }: Worker): () => void {
  const onTheirWay = new Set<Handle>()
  const send = process.send.bind(process) as (...values: unknown[]) => boolean
  process.send = (...values: unknown[]) => {
    const handle = values[1] as Handle | undefined
    if (typeof handle?.close === 'function') {
      for (const earlier of onTheirWay) if (earlier.fd < 0) onTheirWay.delete(earlier)
      onTheirWay.add(handle)
    }
    return send(...values)
  }
  return () => {
    for (const handle of onTheirWay) if (handle.fd >= 0) handle.close()
  }
}
