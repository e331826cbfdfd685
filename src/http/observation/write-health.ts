import type { Database } from '../../db/port.ts'
import { ApiError } from '../../errors.ts'

/** Whether the store accepts writes, as the last one shows. */
export interface WriteHealth {
  /** The same store, whose transactions are watched. */
  watched(db: Database): Database
  /** Why the store failed the last write; null if it succeeded, or failed for a reason that is not the store's. */
  failure(): string | null
  /**
   * Tries a write in the background if the last one failed, or was long ago. This way, a server that gets no writes,
   * because it is idle or its balancer sends them elsewhere, notices when writes fail or work again.
   */
  probe(): void
}

/** The shortest time between two probes, in milliseconds: while writes fail, and while the server is idle. */
const RETRY_INTERVAL = 1_000
const IDLE_INTERVAL = 10_000

/** Changes nothing that anybody reads, and is written to disk like every change. On Citus it needs one machine only. */
const PROBE = `INSERT INTO leases (project_id, job, holder, expires_at) VALUES ('', 'probe', '', '')
  ON CONFLICT (project_id, job) DO UPDATE SET holder = excluded.holder`

export function createWriteHealth(): WriteHealth {
  let failure: string | null = null
  let triedAt = performance.now()
  let store: Database | undefined

  return {
    watched(db) {
      store = {
        ...db,
        async transaction(work, options) {
          triedAt = performance.now()
          try {
            const result = await db.transaction(work, options)
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
    probe() {
      const interval = failure === null ? IDLE_INTERVAL : RETRY_INTERVAL
      if (performance.now() - triedAt < interval) return
      // The transaction itself records the outcome.
      store?.transaction((tx) => tx.run(PROBE)).catch(() => {})
    },
  }
}
