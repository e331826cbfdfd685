import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { SetupError, unavailable } from '../../errors.ts'
import { insertStatement } from '../insert.ts'
import {
  type Awaitable,
  type Database,
  type KeyedTable,
  type Parameter,
  type Publication,
  type Queries,
  UniqueViolation,
} from '../port.ts'
import { type Spelling, spellCalls } from '../spelling.ts'
import { createSnapshot } from './snapshot.ts'
import { keepStatistics, readStatistics } from './statistics.ts'

/** `HSET` in ASCII, in the file's header: tells a Handset database from any other SQLite file. */
const APPLICATION_ID = 0x48534554

/** How long opening a file, and a read, waits for another process that has it locked, in milliseconds. */
const LOCK_TIMEOUT = 5_000

/**
 * How long writes wait for another process that writes, in milliseconds: longer than a busy machine takes to make a
 * whole TAC database visible, and shorter than clients wait.
 */
const WRITE_PATIENCE = 20_000

/** How long waiting writes leave the event loop to others before they look again, in milliseconds. */
const RETRY_AFTER = 5

/** Most writes that share one commit: bounds what one failing commit refuses, and how long readers wait for the loop. */
const MAX_BATCH = 256

/** SQLite's primary result codes that mean "not now" rather than "never": https://www.sqlite.org/rescode.html */
const UNAVAILABLE = new Map([
  [5, 'The database is locked by another process'],
  [6, 'The database is locked by another process'],
  [8, 'The database is read-only'],
  [10, 'The disk under the database failed'],
  [11, 'The database file is damaged'],
  [13, 'The disk under the database is full'],
  [14, 'The database file cannot be opened'],
  [26, 'The database file is damaged'],
])
const BUSY = 5
const CONSTRAINT_PRIMARY_KEY = 1555
const CONSTRAINT_UNIQUE = 2067

/** Pages of the store that are at hand, in KiB: a whole catalogue of 270,000 TACs, else most look-ups of one read the file. */
const CACHE = 32 * 1024

/** Those of a connection that takes over the rows of a scratch database. */
const PUBLISHING_CACHE = 16 * 1024

/** Those of a database of one process alone; what it sorts at a time is as much again. */
const SCRATCH_CACHE = 8 * 1024

interface Write {
  work: (tx: Queries) => Awaitable<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

type Outcome = { value: unknown } | { error: unknown }

/** How the embedded store is opened. */
export interface SqliteOptions {
  /** Whether what was answered survives a power loss. */
  isDurable?: boolean
  /**
   * Of processes that write at the same time, whose turn it is: resolves when it is this one's, with what ends it.
   * SQLite would let them try again and again, and the one that has just committed is the first to succeed.
   */
  turn?: (() => Promise<() => void>) | undefined
}

/**
 * Opens the embedded store, making the file and its directory where there are none. Unless told otherwise it is durable.
 *
 * Throws `SetupError`, in one line, when the directory can't be written or the file is not a Handset database.
 */
export function openSqlite(path: string, { isDurable = true, turn }: SqliteOptions = {}): Database {
  // Reads share the connection of the writes: with a commit, every other connection loses the pages that it has at hand.
  const connection = openFile(path, isDurable)
  const { queries, hasChangedSchema, close } = createQueries(connection)
  const snapshot = createSnapshot(connection)
  const begin = connection.prepare('BEGIN IMMEDIATE')
  const commit = connection.prepare('COMMIT')
  const savepoint = connection.prepare('SAVEPOINT write')
  const release = connection.prepare('RELEASE write')
  const impatient = connection.prepare('PRAGMA busy_timeout = 0')
  const patient = connection.prepare(`PRAGMA busy_timeout = ${LOCK_TIMEOUT}`)
  let aside: ReturnType<typeof readSqlite> | undefined
  let isWriting = false
  let strayVersion = 0
  const waiting: Write[] = []
  let scheduled = false

  // Writes that arrive in one turn of the event loop share one commit, and so one fsync. Each has a savepoint of its
  // own, so that one that is refused leaves nothing and the others stand. No write is answered before the commit. One
  // that is alone needs none: for a savepoint SQLite puts aside every page that is changed, which a large batch feels.
  async function commitWaiting(): Promise<void> {
    let batch: Write[] = []
    const start = performance.now()
    const endTurn = await turn?.()
    try {
      await beginPatiently(beginWrite, start)
      batch = waiting.splice(0, MAX_BATCH)
      const outcomes: Outcome[] = []
      const isAlone = batch.length === 1
      for (const write of batch) {
        outcomes.push(isAlone ? { value: await write.work(queries) } : await attempt(write))
      }
      // It takes the write lock, so before that is given up.
      if (hasChangedSchema()) readStatistics(connection)
      commit.run()
      isWriting = false
      snapshot.countCommit()
      batch.forEach((write, position) => {
        settle(write, outcomes[position] as Outcome)
      })
    } catch (error) {
      if (connection.isTransaction) connection.exec('ROLLBACK')
      isWriting = false
      // What keeps a transaction from beginning keeps back all that wait.
      for (const write of batch.length > 0 ? batch : waiting.splice(0)) write.reject(translateError(error))
    }
    endTurn?.()
    scheduled = false
    schedule()
  }

  function beginWrite(): void {
    snapshot.end()
    impatient.get()
    try {
      begin.run()
      isWriting = true
    } finally {
      patient.get()
    }
  }

  async function attempt({ work }: Write): Promise<Outcome> {
    savepoint.run()
    try {
      const value = await work(queries)
      release.run()
      return { value }
    } catch (error) {
      // Some failures (a full disk, an I/O error) end the whole transaction: then the batch fails, not just this write.
      if (!connection.isTransaction) throw error
      connection.exec('ROLLBACK TO write')
      release.run()
      return { error }
    }
  }

  /**
   * Over the connection of a scratch database, to which the store is attached: rows go from table to table, and never
   * through JavaScript.
   */
  async function publish<T>(
    { connection: scratch, queries: scratchQueries }: ScratchConnection,
    work: (tx: Publication) => Awaitable<T>,
  ): Promise<T> {
    const start = performance.now()
    try {
      scratch.exec('COMMIT')
      scratch.prepare('ATTACH ? AS store').run(path)
      try {
        scratch.exec(`PRAGMA store.cache_size = -${PUBLISHING_CACHE}`)
        scratch.exec(`PRAGMA store.synchronous = ${isDurable ? 'FULL' : 'OFF'}`)
        scratch.exec('PRAGMA busy_timeout = 0')
        const beginScratch = scratch.prepare('BEGIN IMMEDIATE')
        await beginPatiently(() => beginScratch.run(), start)
        const value = await work({ ...scratchQueries, insertFrom: (...rows) => insertFrom(scratchQueries, ...rows) })
        scratch.exec('COMMIT')
        return value
      } finally {
        if (scratch.isTransaction) scratch.exec('ROLLBACK')
        snapshot.end()
        scratch.exec('DETACH store; BEGIN')
      }
    } catch (error) {
      throw translateError(error)
    }
  }

  function schedule(): void {
    if (scheduled || waiting.length === 0) return
    scheduled = true
    setImmediate(commitWaiting)
  }

  function transaction<T>(work: (tx: Queries) => Awaitable<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
      schedule()
    })
  }

  /** Where what is committed is read; a write that is in hand may not show. */
  function committed(): Pick<Queries, 'all' | 'get'> {
    if (isWriting) {
      aside ??= readSqlite(path)
      return aside
    }
    snapshot.endIfPast()
    return queries
  }

  return {
    all: (sql, parameters) => committed().all(sql, parameters),
    get: (sql, parameters) => committed().get(sql, parameters),
    run: (sql, parameters) => transaction((tx) => tx.run(sql, parameters)),
    insert: (...rows) => transaction((tx) => tx.insert(...rows)),
    transaction,
    async snapshot(work) {
      const reader = new DatabaseSync(path, { readOnly: true, timeout: LOCK_TIMEOUT })
      const moment = createQueries(reader)
      try {
        // The moment is that of the first read.
        reader.exec('BEGIN')
        reader.prepare('SELECT COUNT(*) FROM sqlite_schema').get()
        return await work(moment.queries)
      } finally {
        moment.close()
      }
    },
    scratch() {
      const scratch = connectScratch()
      return { ...scratch.queries, publish: (work) => publish(scratch, work), close: scratch.close }
    },
    version(asker) {
      // Which of the versions around the write its reads are of, nothing tells: one that no other request has.
      if (isWriting) return --strayVersion
      try {
        return snapshot.version(asker)
      } catch (error) {
        throw translateError(error)
      }
    },
    versionIsExact: true,
    async close() {
      while (scheduled) await new Promise((resolve) => setImmediate(resolve))
      snapshot.end()
      aside?.close()
      close()
    },
  }
}

/**
 * Opens a database to read it as it is: nothing is made, migrated or written.
 *
 * Throws `SetupError` when there is none.
 */
export function readSqlite(path: string): Pick<Queries, 'all' | 'get'> & { close(): void } {
  try {
    const { queries, close } = createQueries(new DatabaseSync(path, { readOnly: true, timeout: LOCK_TIMEOUT }))
    return { all: queries.all, get: queries.get, close }
  } catch (error) {
    throw new SetupError(`Cannot open ${path}: ${(error as Error).message}`)
  }
}

interface ScratchConnection extends Pick<ConnectionQueries, 'queries' | 'close'> {
  connection: DatabaseSync
}

function connectScratch(): ScratchConnection {
  const connection = new DatabaseSync('', { timeout: LOCK_TIMEOUT })
  connection.exec(`PRAGMA journal_mode = OFF; PRAGMA cache_size = -${SCRATCH_CACHE}; BEGIN`)
  const { queries, close } = createQueries(connection)
  return { connection, queries, close }
}

/**
 * An empty database that is gone when it is closed, or its process is. What does not fit into its cache lies in a
 * temporary file without a name (https://www.sqlite.org/inmemorydb.html#temp_db). A statement that fails leaves it
 * in no state to go on with, since it keeps no journal.
 */
export function openScratch(): Queries & { close(): void } {
  const { queries, close } = connectScratch()
  return { ...queries, close }
}

function insertFrom(queries: Queries, { name, columns, key }: KeyedTable, table: string, onConflict: string): void {
  const listed = columns.join(', ')
  // Without a condition, ON CONFLICT would be read as part of the SELECT (https://www.sqlite.org/lang_upsert.html §2.2).
  queries.run(
    `INSERT INTO ${table} (${listed}) SELECT ${listed} FROM ${name} WHERE true ORDER BY ${key.join(', ')} ${onConflict}`,
  )
}

function settle(write: Write, outcome: Outcome): void {
  if ('error' in outcome) write.reject(outcome.error)
  else write.resolve(outcome.value)
}

function openFile(path: string, isDurable: boolean): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    throw new SetupError(`Cannot make the data directory ${dirname(path)}: ${(error as Error).message}`)
  }
  let connection: DatabaseSync
  try {
    connection = new DatabaseSync(path, { timeout: LOCK_TIMEOUT })
  } catch (error) {
    throw new SetupError(`Cannot open ${path}: ${(error as Error).message}. Is its directory writable?`)
  }
  try {
    claim(connection, path)
    enterWal(connection)
    keepStatistics(connection)
    connection.exec(`PRAGMA cache_size = -${CACHE}`)
    connection.exec(`PRAGMA synchronous = ${isDurable ? 'FULL' : 'OFF'}`)
    connection.exec('PRAGMA foreign_keys = ON')
    return connection
  } catch (error) {
    connection.close()
    if (error instanceof SetupError) throw error
    const { errcode = 0, message } = error as { errcode?: number; message: string }
    if (errcode === 26) throw new SetupError(`${path} is not a SQLite database, or it is damaged beyond opening`)
    if (errcode === 8) throw new SetupError(`Cannot write to ${path}: check the rights of the file and its directory`)
    throw new SetupError(`Cannot use ${path}: ${message}`)
  }
}

/** Marks an empty file as Handset's; refuses one that holds something else. */
function claim(connection: DatabaseSync, path: string): void {
  if (ownerOf(connection) === APPLICATION_ID) return
  // Under the write lock: another process may be making this very file.
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

/** SQLite does not wait for a lock when it changes the journal mode, so this does. */
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

/**
 * Begins a write when the lock is free; `begin` does not wait for it. SQLite's own way to wait would stop the event loop,
 * and with it all reads.
 */
async function beginPatiently(begin: () => void, start: number): Promise<void> {
  for (; ; await wait(RETRY_AFTER)) {
    try {
      begin()
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() - start > WRITE_PATIENCE) throw error
    }
  }
}

function isBusy(error: unknown): boolean {
  const { errcode = 0 } = error as { errcode?: number }
  return (errcode & 0xff) === BUSY
}

const DDL = /^\s*(CREATE|ALTER|DROP)\b/

interface ConnectionQueries {
  queries: Queries
  /** Whether a statement has changed the schema since this was last asked. */
  hasChangedSchema(): boolean
  close(): void
}

interface Prepared {
  statement: StatementSync
  columns: readonly string[]
}

/** The query methods over one connection, each statement prepared once. */
function createQueries(connection: DatabaseSync): ConnectionQueries {
  const statements = new Map<string, Prepared>()
  let hasChangedSchema = false

  function prepare(sql: string): Prepared {
    let prepared = statements.get(sql)
    if (prepared === undefined) {
      const statement = connection.prepare(spell(sql))
      statement.setReturnArrays(true)
      prepared = { statement, columns: statement.columns().map(({ name }) => name) }
      if (DDL.test(sql)) hasChangedSchema = true
      statements.set(sql, prepared)
    }
    return prepared
  }

  return {
    queries: {
      all<Row>(sql: string, parameters: readonly Parameter[] = []) {
        try {
          const { statement, columns } = prepare(sql)
          const rows = statement.all(...parameters) as unknown as unknown[][]
          return rows.map((values) => toRow(columns, values) as Row)
        } catch (error) {
          throw translateError(error)
        }
      },
      get<Row>(sql: string, parameters: readonly Parameter[] = []) {
        try {
          const { statement, columns } = prepare(sql)
          const values = statement.get(...parameters) as unknown[] | undefined
          return values && (toRow(columns, values) as Row)
        } catch (error) {
          throw translateError(error)
        }
      },
      run(sql, parameters = []) {
        try {
          return Number(prepare(sql).statement.run(...parameters).changes)
        } catch (error) {
          throw translateError(error)
        }
      },
      // Row by row: for a statement of many, SQLite puts aside every page that it touches, to undo it alone.
      insert(table, columns, rows, onConflict = '') {
        try {
          const { statement } = prepare(insertStatement(table, columns, 1, onConflict))
          let inserted = 0
          for (const row of rows) inserted += Number(statement.run(...row).changes)
          return inserted
        } catch (error) {
          throw translateError(error)
        }
      },
    },
    hasChangedSchema() {
      const has = hasChangedSchema
      hasChangedSchema = false
      return has
    },
    close() {
      statements.clear()
      connection.close()
    },
  }
}

/**
 * A row, made here of its values: the objects that `node:sqlite` makes of rows take longer, and outlive all of V8's
 * collections but full ones.
 */
function toRow(columns: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (let place = 0; place < columns.length; place++) row[columns[place] as string] = values[place]
  return row
}

const SPELLING: Spelling = {
  JSON_OBJECT: (...pairs) => `json_object(${pairs.join(', ')})`,
  JSON_LIST: (item) => `json_group_array(${item})`,
  JSON_VALUE: (text) => `json(${text})`,
  JSON_EACH: (text) => `json_each(${text})`,
  JSON_ITEMS: (parameter) => `SELECT value FROM json_each(${parameter})`,
}

/** Portable SQL (see `Queries`) as SQLite spells it. */
function spell(sql: string): string {
  const spelled = spellCalls(sql, SPELLING).replaceAll(/\$(\d+)/g, '?$1')
  // A table without row ids is one tree in the order of its primary key, so a page of a list is one run of rows.
  return /^\s*CREATE TABLE/.test(spelled) ? `${spelled} STRICT, WITHOUT ROWID` : spelled
}

function translateError(error: unknown): unknown {
  const { code, errcode } = error as { code?: string; errcode?: number }
  if (code !== 'ERR_SQLITE_ERROR' || errcode === undefined) return error
  if (errcode === CONSTRAINT_UNIQUE || errcode === CONSTRAINT_PRIMARY_KEY) {
    return new UniqueViolation('A row with this key exists', { cause: error })
  }
  // The low byte of an extended result code is the primary one.
  const reason = UNAVAILABLE.get(errcode & 0xff)
  return reason ? unavailable(reason, error) : error
}
