import type { Database, Queries } from './db/port.ts'
import type { Awaitable } from './domain/awaitable.ts'
import { createIdSource, type IdSource } from './domain/id.ts'

/** What every verb works with: the store, ids and the time. */
export interface Context {
  db: Database
  newId: IdSource
  /** Unix milliseconds. */
  clock: () => number
  /**
   * Makes a change: runs `work` in one transaction, and resolves to the response that it returns, as JSON, when the
   * change is durable. The transaction also stores the response for the request's idempotency key, so a verb that
   * serves requests makes its changes here and nowhere else.
   */
  change(work: (tx: Queries) => Awaitable<string>): Promise<string>
}

/**
 * The condition that a request sets for a change of an object (`If-Match`): takes the object as JSON, and throws
 * `preconditionFailed` if it does not hold. Verbs check it after everything else, inside their transaction. Null if the
 * request sets none.
 */
export type Precondition = ((json: string) => void) | null

/**
 * Creates the context of a store. Ids continue after `newestId`, the time in the newest id of the store: a clock that was
 * set back must not make new objects sort below older ones.
 */
export function createContext(db: Database, clock: () => number, newestId = 0): Context {
  return { db, clock, newId: createIdSource(clock, newestId), change: (work) => db.transaction(work) }
}

/** The context within a transaction that is already open: its changes become part of that transaction. */
export function contextWithin(tx: Queries, context: Context): Context {
  return { ...context, change: async (work) => work(tx) }
}
