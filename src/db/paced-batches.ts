import { setTimeout as wait } from 'node:timers/promises'
import type { Awaitable } from '../domain/awaitable.ts'
import type { Database, Queries } from './port.ts'

/** The shortest and the longest pause between two transactions, in milliseconds. */
const PAUSE = 50
const LONGEST_PAUSE = 1_000

/**
 * The pause after a transaction, as a multiple of its duration, on a store where all requests wait for a transaction.
 * With it, fewer than 1 in 100 requests have to wait, which hardly changes their p99.
 */
const REST = 100

/** The rows of one transaction: about a millisecond. */
export const PACED_BATCH = 100

/**
 * Runs `work`, which changes about `PACED_BATCH` rows and returns how many, in one transaction after another, until it
 * returns fewer or the signal aborts. Returns the sum. For background work that is done again if it is lost: the
 * commits are not durable.
 */
export async function inPacedBatches(
  db: Database,
  signal: AbortSignal,
  work: (tx: Queries) => Awaitable<number>,
): Promise<number> {
  let sum = 0
  while (!signal.aborted) {
    let duration = 0
    const count = await db.transaction(
      async (tx) => {
        const start = performance.now()
        const changed = await work(tx)
        duration = performance.now() - start
        return changed
      },
      { isDurable: false },
    )
    sum += count
    if (count < PACED_BATCH) break
    const pause = db.commitsInTurn ? Math.max(PAUSE, REST * duration) : PAUSE
    await wait(Math.min(pause, LONGEST_PAUSE), undefined, { signal }).catch(() => {})
  }
  return sum
}
