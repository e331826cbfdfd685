import type { Database } from '../db/port.ts'
import { createIdSource, type IdSource } from '../domain/id.ts'

/** What every verb works with: where things are kept, how they are named, and the time. */
export interface Registry {
  db: Database
  newId: IdSource
  /** Unix milliseconds. */
  clock: () => number
}

/**
 * What must hold of an object, as JSON, before a change of it stands: throws `preconditionFailed` where it does not.
 * Verbs ask after all their other checks and inside their transaction. Null where the request sets no condition.
 */
export type Precondition = ((json: string) => void) | null

export function createRegistry(db: Database, clock: () => number): Registry {
  return { db, clock, newId: createIdSource(clock) }
}
