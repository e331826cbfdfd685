import { statSync } from 'node:fs'
import type { StoreMemory } from '../../config.ts'
import type { Database, Queries, StoreGauge } from '../port.ts'
import { createCommits, type Turn } from './commits.ts'
import { connectToRead, connectToStore, type ReadOnlyStore, readSqlite, STANDARD_MEMORY } from './connection.ts'
import { eraseDeleted } from './erase.ts'
import { translateError } from './errors.ts'
import { createFilePresence } from './presence.ts'
import { createQueries } from './queries.ts'
import { connectToScratch, publish } from './scratch.ts'
import { createTurnSnapshot } from './turn-snapshot.ts'

/** How the embedded store is opened. */
export interface SqliteOptions {
  /** Whether an acknowledged write survives a power loss; true by default. */
  isDurable?: boolean
  memory?: StoreMemory
  /**
   * Gives each of several processes that write at the same time its turn. Without turns, SQLite lets them all retry,
   * and the one that has just committed usually wins.
   */
  turn?: Turn | undefined
}

/**
 * Opens the embedded store. Creates the file and its directory if they are missing.
 *
 * Throws a one-line `SetupError` if the directory cannot be written or the file is not a Handset database.
 */
export function openSqlite(
  path: string,
  { isDurable = true, memory = STANDARD_MEMORY, turn }: SqliteOptions = {},
): Database {
  // Reads and writes share one connection: a commit empties the page cache of every other connection.
  const connection = connectToStore(path, isDurable, memory)
  const files = createFilePresence(path)
  const { queries, hasChangedSchema, changes, close } = createQueries(connection)
  const snapshot = createTurnSnapshot(connection)
  const { transaction, isWriting, settled } = createCommits(
    connection,
    { queries, hasChangedSchema, changes },
    snapshot,
    { files, turn, isDurable },
  )
  let readerDuringWrites: ReadOnlyStore | undefined
  let uniqueVersion = 0

  /** Reads what is committed. While a write is running, its changes must not show, so another connection reads. */
  function committed(): Pick<Queries, 'all' | 'get'> {
    files.require()
    if (isWriting()) {
      if (readerDuringWrites === undefined) files.check()
      readerDuringWrites ??= readSqlite(path)
      return readerDuringWrites
    }
    snapshot.endIfPast()
    return queries
  }

  return {
    engine: 'sqlite',
    all: (sql, parameters) => committed().all(sql, parameters),
    get: (sql, parameters) => committed().get(sql, parameters),
    run: (sql, parameters) => transaction((tx) => tx.run(sql, parameters)),
    insert: (...rows) => transaction((tx) => tx.insert(...rows)),
    transaction,
    async snapshot(work) {
      files.check()
      return readSnapshot(path, work)
    },
    scratch() {
      const scratch = connectToScratch()
      return {
        ...scratch.queries,
        publish: (work) => publish(scratch, { path, isDurable, files }, work).finally(snapshot.end),
        close: scratch.close,
      }
    },
    version(reader) {
      files.require()
      // While a write is running, a read may see the state before or after it. A unique version is right for both.
      if (isWriting()) return --uniqueVersion
      try {
        return snapshot.version(reader)
      } catch (error) {
        throw translateError(error)
      }
    },
    commitsInTurn: true,
    versionIsExact: true,
    watchFiles: files.watch,
    async eraseDeleted() {
      await settled()
      files.check()
      snapshot.end()
      eraseDeleted(path)
    },
    gauges: gaugesOf(path),
    async close() {
      files.close()
      await settled()
      snapshot.end()
      readerDuringWrites?.close()
      close()
    },
  }
}

/** Lets `work` read the store as of one moment, on a connection of its own. */
async function readSnapshot<T>(path: string, work: (moment: Pick<Queries, 'all' | 'get'>) => Promise<T>): Promise<T> {
  const reader = connectToRead(path)
  const moment = createQueries(reader)
  try {
    // The first read takes the snapshot.
    reader.exec('BEGIN')
    reader.prepare('SELECT COUNT(*) FROM sqlite_schema').get()
    return await work(moment.queries)
  } finally {
    moment.close()
  }
}

function gaugesOf(path: string): StoreGauge[] {
  return [
    fileGauge('handset_store_bytes', 'The size of the store.', path),
    fileGauge('handset_store_log_bytes', 'The size of the write-ahead log.', `${path}-wal`),
  ]
}

/** The size of a file, which may be missing. */
function fileGauge(name: string, help: string, file: string): StoreGauge {
  const read = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return { name, help, read, aggregator: 'max' }
}
