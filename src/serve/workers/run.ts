import cluster, { type Worker } from 'node:cluster'
import { SetupError } from '../../errors.ts'
import { type Message, openPeer, type Peer, type Reply, type SupervisorRequest, type WorkerRequest } from './peer.ts'

/** A running worker. */
export interface Run {
  pid: number | undefined
  peer: Peer<SupervisorRequest>
  isServing: boolean
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

/** The requests of a worker that are not about its own state. */
export type SharedRequest = Exclude<WorkerRequest, { kind: 'listening' | 'failed' }>

/** Starts a worker. `handle` handles its requests. */
export function startWorker(handle: (run: Run, request: SharedRequest) => Reply | Promise<Reply>): Run {
  const worker = cluster.fork()
  const { promise: listening, resolve, reject } = Promise.withResolvers<string>()
  const { promise: ended, resolve: end } = Promise.withResolvers<End>()
  // A restarted worker is only watched through `ended`.
  listening.catch(() => {})
  let reason: string | undefined
  const send = (message: Message) => worker.send(message, () => {})
  const peer = openPeer<SupervisorRequest, WorkerRequest>(worker, send, (request) => {
    if (request.kind === 'failed') reason = request.reason
    else if (request.kind !== 'listening') return handle(run, request)
    else {
      run.isServing = true
      resolve(request.address)
    }
    return undefined
  })
  const closeConnections = watchConnections(worker)
  worker.once('exit', (code, signal) => {
    closeConnections()
    reject(new SetupError(reason ?? `A worker exited before it was ready (${signal ?? `exit code ${code}`})`))
    end({ code, signal, reason })
  })
  // A connection could not be sent to a worker that is gone. Its `exit` event follows.
  worker.on('error', () => {})
  const kill = () => worker.process.kill()
  const run: Run = { pid: worker.process.pid, peer, isServing: false, listening, ended, kill }
  return run
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
