import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { unavailable } from '../../errors.ts'
import { insertStatements, valuesOfRows } from '../insert.ts'
import {
  type Awaitable,
  type Database,
  type Parameter,
  type Publication,
  type Queries,
  UniqueViolation,
} from '../port.ts'
import { type Spelling, spellCalls } from '../spelling.ts'
import { openScratch } from '../sqlite/scratch.ts'
import { readRows } from '../tables.ts'
import { type Call, type Connection, createPool, POOL_SIZE } from './pool.ts'
import { readDatabaseUrl } from './url.ts'

/** How much longer than PostgreSQL's own time-out we wait to hear of it, in milliseconds: past it, nobody answers. */
const GRACE = 2_000

/** How often a call is tried that PostgreSQL ends because of others that run beside it. */
const MAX_TRIES = 40

/** Milliseconds before the second try, at most; doubled for each further one. */
const FIRST_PAUSE = 4
const LONGEST_PAUSE = 250

/**
 * A transaction sees the store as it is at its beginning, and PostgreSQL ends it where it changes what others have
 * changed since. With that, the unique indexes and the foreign keys hold every rule of the contract.
 */
const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ'
const ROLLBACK = 'ROLLBACK'

/** A snapshot is read at the pace of who reads it: how long it may be open is for its reader to bound. */
const BEGIN_READING = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
const STAY_OPEN = 'SET LOCAL idle_in_transaction_session_timeout = 0'

/** At its time-out PostgreSQL would wait for a synchronous standby no longer, and acknowledge what it alone has. */
const COMMIT = 'SET LOCAL statement_timeout = 0; COMMIT'

/** The transaction was rightly ended because of another one, and may do when it is run again (error codes, PostgreSQL Appendix A). */
const RETRIED = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '23503', // foreign_key_violation: what we saw a moment ago is deleted, or points at what we delete
])

/** read_only_sql_transaction: the server has become a standby. */
const READ_ONLY = '25006'

const UNIQUE_VIOLATIONS = new Set([
  '23505', // unique_violation
  '42P07', // duplicate_table
  '42710', // duplicate_object: the type of a table's rows, of a table that was made a moment before
])

/** Error codes, or classes of them, that say "not now" rather than "never". */
const UNAVAILABLE = new Set([
  '08', // connection exception
  '28', // invalid authorization: a password that was changed
  '53', // insufficient resources: disk full, too many connections
  '57', // operator intervention: shutdown, a statement that took too long
  '58', // system error: I/O
  '42501', // insufficient_privilege: a right that was taken away, or never given
])

/** More than the seconds that a process lasts, so that two versions are never the same number. */
const VERSIONS_OF_A_COMMIT = 2 ** 32

const UNUSED_PARAMETERS: readonly Parameter[] = []

/** How a store on PostgreSQL is opened. */
export interface PostgresOptions {
  /**
   * How long a statement may take, in milliseconds; `Infinity` for work that takes its time, such as a migration. A
   * call of the store, with all its statements and tries, is over within two seconds more, whatever happens.
   */
  patience: number
  /** How many connections it may have. */
  connections?: number
}

/**
 * Opens a store on PostgreSQL, or on what speaks its protocol; connections are made when they are first needed.
 *
 * `url` may name several hosts, `postgres://one:5432,two:5432/handset`: the first that takes writes is used, and when
 * it is lost the next. TLS is as its `sslmode` says (see `readDatabaseUrl`).
 *
 * What is cut off is run again; but a transaction that is cut off while it commits throws `serviceUnavailable`, and may
 * stand or not: with an idempotency key, who sends the request again learns which.
 *
 * Throws `SetupError` for a URL that cannot be read.
 */
export function openPostgres(url: string, { patience, connections = POOL_SIZE }: PostgresOptions): Database {
  const pool = createPool(readDatabaseUrl(url), patience === Infinity ? 0 : patience, connections)
  let commits = 0

  /** Runs a call to its end, which comes in its time: a connection on which nothing is heard is cut. */
  function run<T>(isTransaction: boolean, attempt: (call: Call) => Promise<T>): Promise<T> {
    const call: Call = { isTransaction, connection: null, isOver: false }
    if (patience === Infinity) return repeat(call, attempt)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        call.isOver = true
        const { connection } = call
        if (connection && (isTransaction || performance.now() - connection.heardAt > GRACE)) connection.destroy()
        reject(unavailable('The database does not answer in time'))
      }, patience + GRACE)
      repeat(call, attempt)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer))
    })
  }

  async function send(call: Call, sql: string, parameters: readonly Parameter[]) {
    const connection = openConnectionOf(call)
    try {
      const result = await query(connection, sql, parameters)
      connection.heardAt = performance.now()
      return result
    } catch (error) {
      if (codeOf(error) === READ_ONLY) pool.leave(connection)
      throw judge(connection, error)
    }
  }

  /** Works between a begin and its commit; where that fails, nothing of it stands. */
  async function within<T>(call: Call, begin: string, work: (tx: Queries) => Awaitable<T>): Promise<T> {
    const connection = await pool.take(call)
    try {
      await send(call, begin, UNUSED_PARAMETERS)
      const result = await work(queriesOf((sql, parameters) => send(call, sql, parameters)))
      await commit(call)
      return result
    } catch (error) {
      if (connection.isOpen) await query(connection, ROLLBACK, UNUSED_PARAMETERS).catch(connection.destroy)
      throw error
    } finally {
      pool.release(call)
    }
  }

  async function transaction<T>(work: (tx: Queries) => Awaitable<T>): Promise<T> {
    try {
      return await run(true, (call) => within(call, BEGIN, work))
    } finally {
      commits += 1
    }
  }

  const { all, get } = queriesOf((sql, parameters) =>
    run(false, async (call) => {
      await pool.take(call)
      try {
        return await send(call, sql, parameters)
      } finally {
        pool.release(call)
      }
    }),
  )
  return {
    all,
    get,
    async snapshot(work) {
      const call: Call = { isTransaction: true, connection: null, isOver: false }
      try {
        return await within(call, BEGIN_READING, async (moment) => {
          await moment.run(STAY_OPEN)
          return work(moment)
        })
      } catch (error) {
        throw error instanceof Ended ? unavailable('The database was lost while it was read', error) : error
      }
    },
    run: (sql, parameters) => transaction((tx) => tx.run(sql, parameters)),
    insert: (...rows) => transaction((tx) => tx.insert(...rows)),
    transaction,
    scratch() {
      const scratch = openScratch()
      return { ...scratch, publish: (work) => transaction((tx) => work(publicationOf(tx, scratch))) }
    },
    // Other processes' commits are not told of: what was read counts as long as this second lasts.
    version: () => Math.floor(performance.now() / 1000) + commits * VERSIONS_OF_A_COMMIT,
    versionIsExact: false,
    close: pool.close,
  }
}

/** Runs a call again while something else ends it, after a pause that grows and differs from caller to caller. */
async function repeat<T>(call: Call, attempt: (call: Call) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(call)
    } catch (error) {
      if (!(error instanceof Ended)) throw error
      if (tries >= MAX_TRIES || call.isOver) throw unavailable('The database ended this too often', error)
    }
    await pause(Math.random() * Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE))
  }
}

/** Something else ended a call before its commit: nothing of it stands, and it may be run again. */
class Ended extends Error {}

async function commit(call: Call): Promise<void> {
  const connection = openConnectionOf(call)
  try {
    const { command } = await query(connection, COMMIT, UNUSED_PARAMETERS)
    if (command !== 'COMMIT') throw new Error(`PostgreSQL answered a commit with ${command}`)
  } catch (error) {
    if (!isLost(connection, error)) throw judge(connection, error)
    throw unavailable('The database was lost while it made this change, which may stand or not', error)
  }
}

/** The connection of a call that may go on. */
function openConnectionOf({ connection, isOver }: Call): Connection {
  if (isOver || !connection?.isOpen) throw new Ended('The connection is lost')
  return connection
}

/** The three query methods, over what runs a statement. */
function queriesOf(
  runs: (sql: string, parameters: readonly Parameter[]) => Promise<postgres.RowList<postgres.Row[]>>,
): Queries {
  return {
    async all<Row>(sql: string, parameters = UNUSED_PARAMETERS) {
      return (await runs(sql, parameters)) as unknown as Row[]
    },
    async get<Row>(sql: string, parameters = UNUSED_PARAMETERS) {
      return (await runs(sql, parameters))[0] as Row | undefined
    },
    async run(sql, parameters = UNUSED_PARAMETERS) {
      return (await runs(sql, parameters)).count
    },
    // Sent one behind the other, without waiting for their answers.
    async insert(table, columns, rows, onConflict = '') {
      const statements = insertStatements(table, columns, [...rows], onConflict)
      const inserted = await Promise.all(statements.map(({ sql, parameters }) => runs(sql, parameters)))
      return inserted.reduce((sum, { count }) => sum + count, 0)
    },
  }
}

/** Rows of a scratch database are read page by page. */
function publicationOf(tx: Queries, scratch: Queries): Publication {
  return {
    ...tx,
    async insertFrom(from, table, onConflict) {
      for await (const rows of readRows(scratch, from)) {
        await tx.insert(table, from.columns, valuesOfRows(rows, from.columns), onConflict)
      }
    },
  }
}

const spelled = new Map<string, string>()

/** Each statement is spelled once, and prepared once on each connection. */
function query(connection: Connection, sql: string, parameters: readonly Parameter[]) {
  let text = spelled.get(sql)
  if (text === undefined) {
    text = spell(sql)
    spelled.set(sql, text)
  }
  return connection.sql.unsafe(text, parameters as Parameter[], { prepare: true })
}

/** `row_to_json` and `array_to_json` write JSON without blanks, byte for byte as SQLite does. */
const SPELLING: Spelling = {
  JSON_OBJECT(...pairs) {
    const columns: string[] = []
    for (let place = 0; place < pairs.length; place += 2) {
      columns.push(`${pairs[place + 1]} AS "${(pairs[place] as string).slice(1, -1)}"`)
    }
    return `(SELECT row_to_json(o) FROM (SELECT ${columns.join(', ')}) o)`
  },
  JSON_LIST: (item) => `array_to_json(array_agg(${item}))`,
  JSON_VALUE: (text) => `(${text})::json`,
  JSON_EACH: (text) => `LATERAL (SELECT value COLLATE "C" AS value FROM json_array_elements_text((${text})::json))`,
  JSON_ITEMS: (parameter) => `SELECT json_array_elements_text((${parameter})::json)`,
}

/** Portable SQL (see `Queries`) as PostgreSQL spells it. */
function spell(sql: string): string {
  const text = spellCalls(sql, SPELLING)
  return /^\s*(CREATE|ALTER) TABLE/.test(text) ? text.replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"') : text
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '')
}

/**
 * What the failure of a statement means to the stores. Of PostgreSQL's own errors only the code goes on: their texts
 * quote values, and an error may be logged.
 */
function judge(connection: Connection, error: unknown): unknown {
  if (isLost(connection, error)) return new Ended('The connection was lost')
  if (!(error instanceof postgres.PostgresError)) return error
  const { code, routine } = error
  if (RETRIED.has(code)) return new Ended(`PostgreSQL ended the transaction: ${code}`)
  if (UNIQUE_VIOLATIONS.has(code)) return new UniqueViolation('A row with this key exists')
  const told = new Error(`PostgreSQL refused a statement: ${code} ${routine}`)
  const isPassing = UNAVAILABLE.has(code) || UNAVAILABLE.has(code.slice(0, 2))
  return isPassing ? unavailable('The database cannot answer now', told) : told
}

/** Whether a statement failed because its connection is gone; its socket may say so before it is closed. */
function isLost(connection: Connection, error: unknown): boolean {
  const isSocketError = 'syscall' in (error as Error) || codeOf(error).startsWith('ERR_SSL')
  if (isSocketError) connection.destroy()
  return !connection.isOpen
}
