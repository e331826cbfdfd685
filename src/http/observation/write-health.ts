import type { Database } from '../../db/port.ts'
import { ApiError } from '../../errors.ts'

/** Whether the store accepts writes, as the last one shows. */
export interface WriteHealth {
  /** The same store, whose transactions are watched. */
  watched(db: Database): Database
  /** Why the last write failed; null if it did not, or failed for a reason of its own. */
  failure(): string | null
}

export function createWriteHealth(): WriteHealth {
  let failure: string | null = null
  return {
    watched: (db) => ({
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
    }),
    failure: () => failure,
  }
}
