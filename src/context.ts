import type { Caller } from './caller.ts'
import type { EventKind } from './contract/event-types.ts'
import { type ContinueIds, createIdContinuation } from './db/newest-id.ts'
import type { Database, Queries } from './db/port.ts'
import { createWordMerger, type WordMerger } from './db/search/merger.ts'
import { isFindable, recordWords } from './db/search/record.ts'
import type { Awaitable } from './domain/awaitable.ts'
import { createIdSource, type IdSource } from './domain/id.ts'

/** What a change did to one object. Its events follow from this alone (docs/contract.md §13). */
export interface ObjectChange {
  kind: EventKind
  /** The resource right before the change, as JSON without secrets; null if the change created it. */
  before: string | null
  /** The same right after it; null if the change deleted it. */
  after: string | null
  /** `before`, parsed, if the verb has parsed it. */
  old?: Resource | null
  /**
   * `after`, parsed, if the verb has it. For an object that the change created, only the properties that events and
   * words are made from are required.
   */
  now?: Resource | null
  /** For a SIM: the user of the device that it is on. */
  owner?: string | null
}

/** The JSON of a resource, parsed. */
export type Resource = Readonly<Record<string, unknown>> & { id: string }

/** A change of an object with its resource parsed: once, for the events and for the index of words. */
export interface ParsedChange extends ObjectChange {
  old: Resource | null
  now: Resource | null
}

/** A change that was made: the response, as JSON, and what it did to each object, in the order of their events. */
export interface Changed {
  response: string
  changes: readonly ObjectChange[]
}

/** Who made a change. */
export interface ChangeOrigin {
  caller: Caller
  newId: IdSource
  /** The id of the request; null without one. */
  requestId: string | null
}

/** Reports when a project has new events. */
export interface Follower {
  /**
   * Resolves to true as soon as there may be events that are newer than the last call or, before the first call, than
   * the follower. Resolves to false when the signal aborts.
   */
  next(signal: AbortSignal): Promise<boolean>
  end(): void
}

/** The log of changes. `events/log.ts` implements it. */
export interface EventLog {
  /** How many days events are kept; 0 means that none are written. */
  readonly days: number
  /** Writes the events of changes, in the transaction of the changes. */
  record(tx: Queries, origin: ChangeOrigin, changes: readonly ParsedChange[]): Awaitable<void>
  /** To be called when a transaction that recorded changes of a project has committed. */
  committed(projectId: string): void
  follow(projectId: string): Follower
  /** Resolves when the events of this process's commits have been ordered, unless another process orders them. */
  settled(): Promise<void>
}

/** What every verb works with: the store, ids and the time. */
export interface Context {
  db: Database
  newId: IdSource
  continueIds: ContinueIds
  /** Unix milliseconds. */
  clock: () => number
  log: EventLog
  words: WordMerger
  /** The address of the server, for the `source` of events. */
  source: () => string
  /** The id of the request that this context serves; null without one. */
  requestId: string | null
  /**
   * Makes a change: runs `work` in one transaction, and resolves to the response that it returns when the change is
   * durable. The transaction also writes the events of the change, and stores the response for the request's idempotency
   * key, so a verb that serves requests makes its changes here and nowhere else.
   */
  change(caller: Caller, work: (tx: Queries) => Awaitable<Changed>): Promise<string>
}

/**
 * The condition that a request sets for a change of an object (`If-Match`): takes the object as JSON, and throws
 * `preconditionFailed` if it does not hold. Verbs check it after everything else, inside their transaction. Null if the
 * request sets none.
 */
export type Precondition = ((json: string) => void) | null

export interface ContextParts {
  db: Database
  clock: () => number
  log: EventLog
  words?: WordMerger
  source: () => string
}

/** Creates the context of a store. */
export function createContext(parts: ContextParts): Context {
  const { words = createWordMerger(parts.db) } = parts
  const newId = createIdSource(parts.clock)
  return contextFor({ ...parts, words, newId, continueIds: createIdContinuation(newId) }, null)
}

/** The context for one request. Its events carry the id of the request. */
export function contextFor(parts: Omit<Context, 'change' | 'requestId'>, requestId: string | null): Context {
  const { db, log, words, newId, continueIds } = parts
  return {
    ...parts,
    requestId,
    async change(caller, work) {
      const { id: project } = caller.project
      await continueIds(db, project)
      const { response, changes } = await db.transaction(
        async (tx) => {
          const changed = await work(tx)
          await recordChanges(tx, { log, words }, { caller, newId, requestId }, changed.changes)
          return changed
        },
        { project },
      )
      announceCommit({ log, words }, project, changes)
      return response
    },
  }
}

/**
 * Writes the events of changes, and the words by which their objects are found, in the transaction of the changes.
 * `hasEvents` selects the changes that have events, by default all.
 */
export async function recordChanges(
  tx: Queries,
  { log, words }: Pick<Context, 'log' | 'words'>,
  origin: ChangeOrigin,
  changes: readonly ObjectChange[],
  hasEvents: (change: ObjectChange) => boolean = () => true,
): Promise<void> {
  const parsed = changes.filter(({ before, after }) => before !== after).map(parseChange)
  const recorded = parsed.filter(hasEvents)
  const { id: projectId } = origin.caller.project
  await Promise.all([
    log.record(tx, origin, recorded),
    recordWords(tx, projectId, parsed, { mayPend: !words.isBehind(projectId) }),
  ])
}

/** To be called when a transaction with these changes of a project has committed. */
export function announceCommit(
  { log, words }: Pick<Context, 'log' | 'words'>,
  projectId: string,
  changes: readonly ObjectChange[],
): void {
  log.committed(projectId)
  words.committed(projectId, changes.filter(({ kind, before }) => before === null && isFindable(kind)).length)
}

function parseChange(change: ObjectChange): ParsedChange {
  const { before, after, old = parseResource(before), now = parseResource(after) } = change
  return { ...change, old, now }
}

function parseResource(json: string | null): Resource | null {
  return json === null ? null : JSON.parse(json)
}

/**
 * The context within a transaction that is already open: its changes become part of that transaction. They are added to
 * `changes`, which the caller must record in the same transaction.
 */
export function contextWithin(tx: Queries, context: Context, changes: ObjectChange[]): Context {
  return {
    ...context,
    async change(_caller, work) {
      const changed = await work(tx)
      changes.push(...changed.changes)
      return changed.response
    },
  }
}
