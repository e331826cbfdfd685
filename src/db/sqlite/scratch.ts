import { DatabaseSync } from 'node:sqlite'
import type { Awaitable } from '../../domain/awaitable.ts'
import type { KeyedTable, Publication, Queries } from '../port.ts'
import { LOG_LIMIT, synchronous } from './connection.ts'
import { translateError } from './errors.ts'
import { beginPatiently, LOCK_TIMEOUT } from './locks.ts'
import type { FilePresence } from './presence.ts'
import { type ConnectionQueries, createQueries } from './queries.ts'

/** The page cache of a scratch database, in KiB. Sorting takes as much again. */
const SCRATCH_CACHE = 8 * 1024

/** The page cache for the store while a scratch database publishes to it, in KiB. */
const PUBLISHING_CACHE = 16 * 1024

interface ScratchConnection extends Pick<ConnectionQueries, 'queries' | 'close'> {
  connection: DatabaseSync
}

/**
 * Opens an empty database that is deleted when it is closed or its process ends. Rows that do not fit into its cache
 * are in a temporary file without a name (https://www.sqlite.org/inmemorydb.html#temp_db).
 *
 * It keeps no journal, so it is unusable after a statement fails.
 */
export function openScratch(): Queries & { close(): void } {
  const { queries, close } = connectToScratch()
  return { ...queries, close }
}

export function connectToScratch(): ScratchConnection {
  const connection = new DatabaseSync('', { timeout: LOCK_TIMEOUT })
  connection.exec(`PRAGMA journal_mode = OFF; PRAGMA cache_size = -${SCRATCH_CACHE}; BEGIN`)
  const { queries, close } = createQueries(connection)
  return { connection, queries, close }
}

/**
 * Runs `work` in a transaction on the store at `path`, over the connection of the scratch database. Rows move from
 * table to table inside SQLite, and never pass through JavaScript.
 */
export async function publish<T>(
  { connection, queries }: ScratchConnection,
  { path, isDurable, files }: { path: string; isDurable: boolean; files: FilePresence },
  work: (tx: Publication) => Awaitable<T>,
): Promise<T> {
  const start = performance.now()
  try {
    files.check()
    connection.exec('COMMIT')
    connection.prepare('ATTACH ? AS store').run(path)
    try {
      connection.exec(`PRAGMA store.cache_size = -${PUBLISHING_CACHE}`)
      connection.exec(`PRAGMA store.journal_size_limit = ${LOG_LIMIT}`)
      connection.exec(`PRAGMA store.synchronous = ${synchronous(isDurable)}`)
      connection.exec('PRAGMA store.secure_delete = ON')
      connection.exec('PRAGMA busy_timeout = 0')
      const begin = connection.prepare('BEGIN IMMEDIATE')
      await beginPatiently(() => begin.run(), start)
      const value = await work({ ...queries, insertFrom: (...rows) => insertFrom(queries, ...rows) })
      connection.exec('COMMIT')
      files.check()
      return value
    } finally {
      if (connection.isTransaction) connection.exec('ROLLBACK')
      connection.exec('DETACH store; BEGIN')
    }
  } catch (error) {
    throw translateError(error)
  }
}

function insertFrom(queries: Queries, { name, columns, key }: KeyedTable, table: string, onConflict: string): void {
  const listed = columns.join(', ')
  // Without a condition, ON CONFLICT would be read as part of the SELECT (https://www.sqlite.org/lang_upsert.html §2.2).
  queries.run(
    `INSERT INTO ${table} (${listed}) SELECT ${listed} FROM ${name} WHERE true ORDER BY ${key.join(', ')} ${onConflict}`,
  )
}
