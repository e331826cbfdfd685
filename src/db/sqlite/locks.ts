import { setTimeout as wait } from 'node:timers/promises'
import { isBusy } from './errors.ts'

/** How long opening a file or reading waits for a lock that another process holds, in milliseconds. */
export const LOCK_TIMEOUT = 5_000

/**
 * How long a write waits for the lock, in milliseconds: longer than a busy machine takes to publish a whole TAC
 * database, and shorter than a client waits for a response.
 */
const WRITE_PATIENCE = 20_000

/** How long a waiting write yields to the event loop before it tries again, in milliseconds. */
const RETRY_AFTER = 5

/**
 * Calls `begin`, which must not wait for the lock, until it gets the lock. SQLite's own way to wait would block the
 * event loop, and all reads with it.
 */
export async function beginPatiently(begin: () => void, start: number): Promise<void> {
  for (; ; await wait(RETRY_AFTER)) {
    try {
      begin()
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() - start > WRITE_PATIENCE) throw error
    }
  }
}
