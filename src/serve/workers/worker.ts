import cluster from 'node:cluster'
import { SetupError } from '../../errors.ts'
import type { ProcessMetrics, Siblings } from '../../http/limits/siblings.ts'
import type { Grant } from '../../http/limits/window.ts'
import type { Server } from '../server.ts'
import { openPeer, type PrimaryQuestion, type WorkerQuestion } from './peer.ts'

/**
 * Runs one worker: calls `start`, and stops the server when `stop` resolves or the supervisor asks. Reports to the
 * supervisor why it could not start.
 */
export async function runWorker(start: (siblings: Siblings) => Promise<Server>, stop: Promise<void>): Promise<void> {
  const { promise: told, resolve: endWhenDone } = Promise.withResolvers<void>()
  let readMetrics = async (): Promise<ProcessMetrics> => []
  const primary = openPeer<WorkerQuestion, PrimaryQuestion>(
    process,
    (message) => process.send?.(message),
    ({ ask }) => {
      if (ask === 'metrics') return readMetrics()
      endWhenDone()
      return undefined
    },
  )
  const endTurn = () => primary.tell({ ask: 'turnIsOver' })
  const siblings: Siblings = {
    turn: () => primary.ask({ ask: 'turn' }).then(() => endTurn),
    take: async (terms, key) => (await primary.ask({ ask: 'take', terms, key })) as Grant,
    showMetrics(read) {
      readMetrics = read
    },
    metricsOfAll: async () => (await primary.ask({ ask: 'metrics' })) as ProcessMetrics[],
  }
  try {
    const server = await start(siblings)
    await primary.ask({ ask: 'listening', address: server.address })
    await Promise.race([stop, told])
    await server.stop()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    await primary.ask({ ask: 'failed', reason: error.message })
  } finally {
    cluster.worker?.disconnect()
  }
}
