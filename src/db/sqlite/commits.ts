import type { DatabaseSync } from 'node:sqlite'
import type { Awaitable } from '../../domain/awaitable.ts'
import type { Queries, TransactionOptions } from '../port.ts'
import { synchronous } from './connection.ts'
import { translateError } from './errors.ts'
import { beginPatiently, LOCK_TIMEOUT } from './locks.ts'
import type { FilePresence } from './presence.ts'
import type { ConnectionQueries } from './queries.ts'
import { readStatistics } from './statistics.ts'
import type { TurnSnapshot } from './turn-snapshot.ts'
import { createWrite } from './write.ts'

/**
 * The maximum number of writes in one commit. This limits how many a failing commit rejects, and how long reads wait.
 */
const MAX_BATCH = 256

/** Waits for the turn of this process to write; resolves with the function that ends the turn. */
export type Turn = () => Promise<() => void>

/** Commits writes over one connection, several at a time. */
export interface Commits {
  /** The same as `Database.transaction`. */
  transaction<T>(work: (tx: Queries) => Awaitable<T>, options?: TransactionOptions): Promise<T>
  /** Whether the connection is inside a write transaction. */
  isWriting(): boolean
  /** Resolves once no write is waiting or running. */
  settled(): Promise<void>
}

export interface CommitParts {
  files: FilePresence
  turn: Turn | undefined
  /** Whether the store makes any commit durable. */
  isDurable: boolean
}

interface Write {
  work: (tx: Queries) => Awaitable<unknown>
  isDurable: boolean
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

type Outcome = { value: unknown } | { error: unknown }

/** A write of a batch failed after it had changed something. */
class PartialWrite extends Error {}

/**
 * Creates the commits of a connection.
 *
 * Writes that arrive in one turn of the event loop share one commit, and so one fsync. One that fails leaves nothing
 * behind and does not affect the others. No write resolves before the commit, and before a check that the commit went
 * into the files at the store's paths.
 *
 * A batch first runs without savepoints, because SQLite copies every page that changes for each of them. Most writes
 * that fail have changed nothing yet. If one has, the batch is rolled back and runs again with a savepoint for each
 * write.
 *
 * A batch in which no write needs to be durable is not synced. The sync of the next one covers it, since both are in the
 * same log.
 */
export function createCommits(
  connection: DatabaseSync,
  { queries, hasChangedSchema, changes }: Pick<ConnectionQueries, 'queries' | 'hasChangedSchema' | 'changes'>,
  snapshot: TurnSnapshot,
  { files, turn, isDurable: storeIsDurable }: CommitParts,
): Commits {
  const begin = connection.prepare('BEGIN IMMEDIATE')
  const commit = connection.prepare('COMMIT')
  const savepoint = connection.prepare('SAVEPOINT write')
  const release = connection.prepare('RELEASE write')
  const impatient = connection.prepare('PRAGMA busy_timeout = 0')
  const patient = connection.prepare(`PRAGMA busy_timeout = ${LOCK_TIMEOUT}`)
  const waiting: Write[] = []
  let isWriting = false
  let isScheduled = false
  /** Whether the connection syncs its commits. */
  let isSyncing = storeIsDurable

  async function commitWaiting(): Promise<void> {
    let batch: Write[] = []
    const start = performance.now()
    const endTurn = await turn?.()
    try {
      files.require()
      await beginPatiently(() => beginWrite(waiting), start)
      batch = takeBatch()
      const outcomes = await runAll(batch, start)
      // Reading the statistics takes the write lock, so it happens before the commit releases it.
      if (hasChangedSchema()) readStatistics(connection)
      commit.run()
      isWriting = false
      snapshot.countCommit()
      files.check()
      batch.forEach((write, position) => {
        settle(write, outcomes[position] as Outcome)
      })
    } catch (error) {
      if (connection.isTransaction) connection.exec('ROLLBACK')
      isWriting = false
      // If no transaction began, every waiting write fails.
      for (const write of batch.length > 0 ? batch : waiting.splice(0)) write.reject(translateError(error))
    }
    endTurn?.()
    isScheduled = false
    schedule()
  }

  /** Begins a transaction that is synced if one of these writes needs it. */
  function beginWrite(writes: readonly Write[]): void {
    snapshot.end()
    setSyncing(storeIsDurable && writes.some(({ isDurable }) => isDurable))
    impatient.get()
    try {
      begin.run()
      isWriting = true
    } finally {
      patient.get()
    }
  }

  function setSyncing(isNeeded: boolean): void {
    if (isNeeded === isSyncing) return
    connection.exec(`PRAGMA synchronous = ${isNeeded ? synchronous(true) : 'NORMAL'}`)
    isSyncing = isNeeded
  }

  /**
   * Takes the next writes. If the transaction is not synced, it takes only those before the first write that needs a
   * sync, which waits for the next transaction.
   */
  function takeBatch(): Write[] {
    const end = isSyncing || !storeIsDurable ? -1 : waiting.findIndex(({ isDurable }) => isDurable)
    return waiting.splice(0, end === -1 ? MAX_BATCH : Math.min(end, MAX_BATCH))
  }

  /** Runs the writes of a batch in the transaction. */
  async function runAll(batch: readonly Write[], start: number): Promise<Outcome[]> {
    try {
      return await runEach(batch, batch.length === 1 ? runAlone : runWithoutSavepoint)
    } catch (error) {
      if (!(error instanceof PartialWrite)) throw error
    }
    connection.exec('ROLLBACK')
    isWriting = false
    await beginPatiently(() => beginWrite(batch), start)
    return runEach(batch, runWithSavepoint)
  }

  async function perform({ work }: Write): Promise<unknown> {
    const write = createWrite(queries)
    const value = await work(write.queries)
    write.end()
    return value
  }

  async function runAlone(write: Write): Promise<Outcome> {
    return { value: await perform(write) }
  }

  /** Throws `PartialWrite` if the write fails after it has changed something. */
  async function runWithoutSavepoint(write: Write): Promise<Outcome> {
    const before = changes()
    try {
      return { value: await perform(write) }
    } catch (error) {
      if (!connection.isTransaction) throw error
      if (changes() !== before) throw new PartialWrite()
      return { error }
    }
  }

  async function runWithSavepoint(write: Write): Promise<Outcome> {
    savepoint.run()
    try {
      const value = await perform(write)
      release.run()
      return { value }
    } catch (error) {
      // Some failures (a full disk, an I/O error) end the whole transaction. Then the batch fails, not just this write.
      if (!connection.isTransaction) throw error
      connection.exec('ROLLBACK TO write')
      release.run()
      return { error }
    }
  }

  function schedule(): void {
    if (isScheduled || waiting.length === 0) return
    isScheduled = true
    setImmediate(commitWaiting)
  }

  return {
    transaction<T>(work: (tx: Queries) => Awaitable<T>, { isDurable = true }: TransactionOptions = {}) {
      return new Promise<T>((resolve, reject) => {
        waiting.push({ work, isDurable, resolve: resolve as (value: unknown) => void, reject })
        schedule()
      })
    },
    isWriting: () => isWriting,
    async settled() {
      while (isScheduled) await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

async function runEach(batch: readonly Write[], run: (write: Write) => Promise<Outcome>): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const write of batch) outcomes.push(await run(write))
  return outcomes
}

function settle(write: Write, outcome: Outcome): void {
  if ('error' in outcome) write.reject(outcome.error)
  else write.resolve(outcome.value)
}
