import cluster from 'node:cluster'
import { SetupError } from '../../errors.ts'
import type { ProcessMetrics, Siblings } from '../../http/limits/siblings.ts'
import type { Grant } from '../../http/limits/window.ts'
import type { Server } from '../server.ts'
import { openPeer, type SupervisorRequest, type WorkerRequest } from './peer.ts'

/**
 * Runs one worker: calls `start`, and stops the server when `stop` resolves or the supervisor asks. Reports to the
 * supervisor why it could not start.
 */
export async function runWorker(start: (siblings: Siblings) => Promise<Server>, stop: Promise<void>): Promise<void> {
  const { promise: stopRequested, resolve: requestStop } = Promise.withResolvers<void>()
  let readMetrics = async (): Promise<ProcessMetrics> => []
  const supervisor = openPeer<WorkerRequest, SupervisorRequest>(
    process,
    // If the supervisor has been killed, sending fails, and Node ends this process when the channel closes.
    (message) => process.send?.(message, undefined, undefined, () => {}),
    ({ kind }) => {
      if (kind === 'metrics') return readMetrics()
      requestStop()
      return undefined
    },
  )
  const endTurn = () => supervisor.notify({ kind: 'turnIsOver' })
  const siblings: Siblings = {
    turn: () => supervisor.request({ kind: 'turn' }).then(() => endTurn),
    take: async (terms, key) => (await supervisor.request({ kind: 'take', terms, key })) as Grant,
    showMetrics(read) {
      readMetrics = read
    },
    metricsOfAll: async () => (await supervisor.request({ kind: 'metrics' })) as ProcessMetrics[],
  }
  try {
    const server = await start(siblings)
    await supervisor.request({ kind: 'listening', address: server.address })
    await Promise.race([stop, stopRequested])
    await server.stop()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    await supervisor.request({ kind: 'failed', reason: error.message })
  } finally {
    cluster.worker?.disconnect()
  }
}
