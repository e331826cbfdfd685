import type { Database } from '../db/port.ts'
import { createIdSource, type IdSource } from '../domain/id.ts'

/** What every verb works with: where things are kept, how they are named, and the time. */
export interface Registry {
  db: Database
  newId: IdSource
  /** Unix milliseconds. */
  clock: () => number
}

export function createRegistry(db: Database, clock: () => number): Registry {
  return { db, clock, newId: createIdSource(clock) }
}
