import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MAX_MAPPED, PAGE_CACHE, type StoreMemory } from '../../config.ts'
import { SetupError } from '../../errors.ts'
import type { Queries } from '../port.ts'
import { isBusy } from './errors.ts'
import { LOCK_TIMEOUT } from './locks.ts'
import { createDirectory, createFile, restrictStore } from './permissions.ts'
import { createQueries } from './queries.ts'
import { keepStatistics } from './statistics.ts'

/** `HSET` in ASCII, in the header of the file: tells a Handset database from any other SQLite file. */
const APPLICATION_ID = 0x48534554

export const STANDARD_MEMORY: StoreMemory = { cache: PAGE_CACHE, mapped: MAX_MAPPED }

/** The size to which a reset truncates the write-ahead log, in bytes. A long read during writes lets it grow larger. */
export const LOG_LIMIT = 64 * 1024 * 1024

/** SQLite's result codes for a file that it cannot write, and for one that is not a database. */
const READ_ONLY = 8
const NOT_A_DATABASE = 26

/**
 * Connects to the file of a store. Creates the file and its directory if they are missing. Only their owner can read
 * them.
 *
 * Throws a one-line `SetupError` if the directory cannot be written or the file is not a Handset database.
 */
export function connectToStore(path: string, isDurable: boolean, { cache, mapped }: StoreMemory): DatabaseSync {
  try {
    createDirectory(dirname(path))
  } catch (error) {
    throw new SetupError(`Cannot create the data directory ${dirname(path)}: ${(error as Error).message}`)
  }
  let connection: DatabaseSync
  try {
    createFile(path)
    restrictStore(path)
    connection = new DatabaseSync(path, { timeout: LOCK_TIMEOUT })
  } catch (error) {
    throw new SetupError(`Cannot open ${path}: ${(error as Error).message}. Is its directory writable?`)
  }
  try {
    claim(connection, path)
    enterWal(connection)
    keepStatistics(connection)
    connection.exec(`PRAGMA cache_size = -${cache * 1024}`)
    connection.exec(`PRAGMA mmap_size = ${mapped * 1024 * 1024}`)
    connection.exec(`PRAGMA journal_size_limit = ${LOG_LIMIT}`)
    connection.exec(`PRAGMA synchronous = ${synchronous(isDurable)}`)
    connection.exec('PRAGMA foreign_keys = ON')
    // Overwrites deleted personal data with zeros, so that free pages and backups do not contain it.
    connection.exec('PRAGMA secure_delete = ON')
    return connection
  } catch (error) {
    connection.close()
    if (error instanceof SetupError) throw error
    const { errcode = 0, message } = error as { errcode?: number; message: string }
    if (errcode === NOT_A_DATABASE) {
      throw new SetupError(`${path} is not a SQLite database, or it is damaged`)
    }
    if (errcode === READ_ONLY) {
      throw new SetupError(`Cannot write to ${path}: check the permissions of the file and its directory`)
    }
    throw new SetupError(`Cannot use ${path}: ${message}`)
  }
}

/** The value of `PRAGMA synchronous`: `FULL` makes a commit survive a power loss. */
export function synchronous(isDurable: boolean): string {
  return isDurable ? 'FULL' : 'OFF'
}

/** A store that is only read. */
export interface ReadOnlyStore extends Pick<Queries, 'all' | 'get'> {
  close(): void
}

/**
 * Opens a database to read it. Creates, migrates and writes nothing.
 *
 * Throws `SetupError` if there is no such database.
 */
export function readSqlite(path: string): ReadOnlyStore {
  try {
    const { queries, close } = createQueries(connectToRead(path))
    return { all: queries.all, get: queries.get, close }
  } catch (error) {
    throw new SetupError(`Cannot open ${path}: ${(error as Error).message}`)
  }
}

/** Connects to the file of a store to read it. */
export function connectToRead(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, timeout: LOCK_TIMEOUT })
}

/** Marks an empty file as Handset's; rejects a file with other content. */
function claim(connection: DatabaseSync, path: string): void {
  if (ownerOf(connection) === APPLICATION_ID) return
  // Under the write lock, because another process may be creating the same file.
  connection.exec('BEGIN IMMEDIATE')
  const owner = ownerOf(connection)
  const { tables } = connection.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
  const isEmpty = owner === 0 && tables === 0
  if (isEmpty) connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
  connection.exec(isEmpty ? 'COMMIT' : 'ROLLBACK')
  if (!isEmpty && owner !== APPLICATION_ID) {
    throw new SetupError(`${path} is a SQLite database, but not one of Handset's`)
  }
}

function ownerOf(connection: DatabaseSync): number {
  return (connection.prepare('PRAGMA application_id').get() as { application_id: number }).application_id
}

/** Switches to WAL. Waits for the lock itself, because SQLite does not when it changes the journal mode. */
function enterWal(connection: DatabaseSync): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (const start = performance.now(); ; Atomics.wait(pause, 0, 0, 5)) {
    try {
      connection.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() - start > LOCK_TIMEOUT) throw error
    }
  }
}
