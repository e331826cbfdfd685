import type { Database } from '../../db/port.ts'
import { ApiError } from '../../errors.ts'

/** Whether the store accepts writes, as the last one shows. */
export interface WriteHealth {
  /** The same store, whose transactions are watched. */
  watched(db: Database): Database
  /** Why the last write failed; null if it did not, or failed for a reason of its own. */
  failure(): string | null
  /**
   * Tries a write in the background if the last one failed. A server that gets no writes, because its balancer sends them
   * elsewhere, recovers by this.
   */
  retry(): void
}

/** The shortest time between two retries, in milliseconds. */
const RETRY_INTERVAL = 1_000

/** Changes nothing, and is written to disk like every change. */
const NO_CHANGE = 'UPDATE schema_migrations SET name = name WHERE version = 1'

export function createWriteHealth(): WriteHealth {
  let failure: string | null = null
  let retriedAt = -Infinity
  let store: Database | undefined

  return {
    watched(db) {
      store = {
        ...db,
        async transaction(work) {
          try {
            const result = await db.transaction(work)
            failure = null
            return result
          } catch (error) {
            if (error instanceof ApiError && error.type === 'serviceUnavailable') failure = error.message
            throw error
          }
        },
      }
      return store
    },
    failure: () => failure,
    retry() {
      const now = performance.now()
      if (failure === null || now - retriedAt < RETRY_INTERVAL) return
      retriedAt = now
      // The transaction itself records the outcome.
      store?.transaction((tx) => tx.run(NO_CHANGE)).catch(() => {})
    },
  }
}
