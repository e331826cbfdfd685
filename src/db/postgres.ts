import { setTimeout as pause } from 'node:timers/promises'
import postgres, { type Sql } from 'postgres'
import { ApiError, SetupError, unavailable } from '../errors.ts'
import { type Awaitable, type Database, type Parameter, type Queries, UniqueViolation } from './port.ts'
import { type Spelling, spellCalls } from './spelling.ts'

/** Connections of one process. PostgreSQL works best with some per core of its machine, and each is a process there. */
const POOL_SIZE = 10

/** How long a connection may take to stand, in seconds. */
const CONNECT_TIMEOUT = 3

/** How long a connection may be unused, in seconds: shorter than firewalls and balancers remember one. */
const IDLE_TIMEOUT = 60

/** How much longer than PostgreSQL's own time-out we wait to hear of it, in milliseconds: past it, nobody answers. */
const GRACE = 2_000

/** How often a transaction is tried that PostgreSQL ends because of others that run beside it. */
const MAX_TRIES = 12

/** Milliseconds before the second try, at most; doubled for each further one. */
const FIRST_PAUSE = 4
const LONGEST_PAUSE = 250

/** The transaction was rightly ended because of another one, and may do when it is run again (error codes, PostgreSQL Appendix A). */
const RETRIED = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '23503', // foreign_key_violation: what we saw a moment ago is deleted, or points at what we delete
])

/** The server was not reached, or takes no work: nothing was done, and another host may do it. */
const UNREACHED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'CONNECT_TIMEOUT',
  '57P03', // cannot_connect_now: it starts or stops
  '25006', // read_only_sql_transaction: a standby
])

/** The connection ended, and what became of a commit in it nobody knows. */
const CUT = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
])

/** Classes of PostgreSQL's error codes that say "not now" rather than "never". */
const UNAVAILABLE_CLASSES = new Set([
  '08', // connection exception
  '28', // invalid authorization: a password that was changed
  '53', // insufficient resources: disk full, too many connections
  '57', // operator intervention: shutdown, a statement that took too long
  '58', // system error: I/O
])
const UNIQUE_VIOLATION = '23505'
const TABLE_EXISTS = '42P07'

const UNUSED_PARAMETERS: readonly Parameter[] = []

/** PostgreSQL's own texts of values, taken as the stores want them: JSON as text, counts as numbers. */
const TYPES = {
  json: { to: 114, from: [114], serialize: String, parse: String },
  count: { to: 20, from: [20], serialize: String, parse: Number },
}

/** How a store on PostgreSQL is opened. */
export interface PostgresOptions {
  /**
   * How long a statement may take, in milliseconds; `Infinity` for work that takes its time, such as a migration. A
   * caller is told within two seconds more, also when nothing answers at all.
   */
  patience: number
}

/**
 * Opens a store on PostgreSQL, or on what speaks its protocol; connections are made when they are first needed.
 *
 * `url` may name several hosts, `postgres://one:5432,two:5432/handset`: the first that takes writes is used, and when
 * it is lost the next. TLS is as its `sslmode` says: `require` encrypts, `verify-full` also checks who is there.
 *
 * Throws `SetupError` for a URL that cannot be read.
 */
export function openPostgres(url: string, { patience }: PostgresOptions): Database {
  const hosts = splitHosts(url)
  const retired = new WeakSet<Sql>()
  let host = 0
  let pool = connect()
  let answeredAt = performance.now()

  function connect(): Sql {
    return postgres(hosts[host] as string, {
      max: POOL_SIZE,
      connect_timeout: CONNECT_TIMEOUT,
      idle_timeout: IDLE_TIMEOUT,
      backoff: (failures: number) => Math.min(0.05 * 2 ** failures, 1),
      fetch_types: false,
      types: TYPES,
      onnotice: () => {},
      ...(hosts.length > 1 && !/[?&]target_session_attrs=/.test(url) ? { target_session_attrs: 'read-write' } : {}),
      connection: { application_name: 'handset', statement_timeout: patience === Infinity ? 0 : patience },
    })
  }

  /** Leaves a pool, once, for a new one on the next host; what it has in hand gets so many seconds to end. */
  function leave(left: Sql, timeout: number): void {
    if (retired.has(left)) return
    retired.add(left)
    left.end({ timeout }).catch(() => {})
    host = (host + 1) % hosts.length
    pool = connect()
    answeredAt = performance.now()
  }

  /** Asks the hosts in turn until one is reached. */
  async function ask<T>(work: (sql: Sql, answered: () => void) => Promise<T>): Promise<T> {
    for (let reached = 1; ; reached++) {
      const asked = pool
      try {
        return await watch(asked, work)
      } catch (error) {
        if (!isUnreached(error, retired.has(asked))) throw translateError(error)
        if (hosts.length > 1) leave(asked, CONNECT_TIMEOUT)
        if (reached >= hosts.length) throw translateError(error)
      }
    }
  }

  /**
   * Waits for an answer only as long as there can be one. PostgreSQL's own time-out is heard of over the connection;
   * when all connections are silent for longer they lead nowhere, and are given up.
   */
  async function watch<T>(asked: Sql, work: (sql: Sql, answered: () => void) => Promise<T>): Promise<T> {
    if (patience === Infinity) return work(asked, () => {})
    const deadline = patience + GRACE
    let giveUp = (_: unknown) => {}
    const silence = new Promise<never>((_, reject) => {
      giveUp = reject
    })
    const timer = setTimeout(() => {
      giveUp(unavailable('The database does not answer'))
      if (performance.now() - answeredAt >= deadline) leave(asked, 0)
    }, deadline)
    const answered = () => {
      answeredAt = performance.now()
      timer.refresh()
    }
    try {
      const result = await Promise.race([work(asked, answered), silence])
      answered()
      return result
    } finally {
      clearTimeout(timer)
    }
  }

  function transaction<T>(work: (tx: Queries) => Awaitable<T>): Promise<T> {
    return retry(() =>
      ask((pooled, answered) => {
        const inTransaction = async (sql: Sql) =>
          work(
            queriesOf(async (statement) => {
              try {
                const result = await statement(sql)
                answered()
                return result
              } catch (error) {
                // The one error that verbs tell apart; all others end the transaction and are judged there.
                throw isUniqueViolation(error) ? uniqueViolation() : error
              }
            }),
          )
        return pooled.begin('ISOLATION LEVEL REPEATABLE READ', inTransaction as never) as Promise<T>
      }),
    )
  }

  const { all, get } = queriesOf((statement) => retry(() => ask((sql) => statement(sql))))
  return {
    all,
    get,
    run: (sql, parameters) => transaction((tx) => tx.run(sql, parameters)),
    transaction,
    async close() {
      await pool.end({ timeout: CONNECT_TIMEOUT })
    },
  }
}

/** Runs again what PostgreSQL ended because of something else, after a pause that grows and differs from caller to caller. */
async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof TransactionEnded)) throw error
      if (tries >= MAX_TRIES) throw unavailable('The database has too many changes to the same rows')
      await pause(Math.random() * Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE))
    }
  }
}

/** A transaction that PostgreSQL ended because of another: nothing of it stands, and it may be run again. */
class TransactionEnded extends Error {}

/** The three query methods, over what runs a statement on a connection. */
function queriesOf(runOn: <T>(statement: (sql: Sql) => Promise<T>) => Promise<T>): Queries {
  return {
    all<Row>(sql: string, parameters = UNUSED_PARAMETERS) {
      return runOn(async (connection) => (await query(connection, sql, parameters)) as unknown as Row[])
    },
    get<Row>(sql: string, parameters = UNUSED_PARAMETERS) {
      return runOn(async (connection) => (await query(connection, sql, parameters))[0] as Row | undefined)
    },
    run(sql, parameters = UNUSED_PARAMETERS) {
      return runOn(async (connection) => (await query(connection, sql, parameters)).count)
    },
  }
}

const spelled = new Map<string, string>()

/** Each statement is spelled once, and prepared once on each connection. */
function query(connection: Sql, sql: string, parameters: readonly Parameter[]) {
  let text = spelled.get(sql)
  if (text === undefined) {
    text = spell(sql)
    spelled.set(sql, text)
  }
  return connection.unsafe(text, parameters as Parameter[], { prepare: true })
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
  JSON_ITEMS: (parameter) => `SELECT json_array_elements_text((${parameter})::json)`,
}

/** Portable SQL (see `Queries`) as PostgreSQL spells it. */
function spell(sql: string): string {
  const text = spellCalls(sql, SPELLING)
  return /^\s*(CREATE|ALTER) TABLE/.test(text) ? text.replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"') : text
}

/** One URL for each host that a URL names. */
function splitHosts(url: string): string[] {
  const [, start, authority, end] = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#]+)([/?#].*)?$/.exec(url) ?? []
  if (authority === undefined) {
    throw new SetupError('DATABASE_URL must be like postgres://user:password@host:5432/database')
  }
  const urls = authority.split(',').map((host) => `${start}${host}${end ?? ''}`)
  if (!urls.every((each) => URL.canParse(each))) {
    throw new SetupError('DATABASE_URL cannot be read: percent-encode what is special in its user and password')
  }
  return urls
}

function isUnreached(error: unknown, isRetired: boolean): boolean {
  const code = codeOf(error)
  // A pool that we left is destroyed with what it had in hand; one that stands is so for a host that is a standby.
  return UNREACHED.has(code) || (code === 'CONNECTION_DESTROYED' && !isRetired)
}

function isUniqueViolation(error: unknown): boolean {
  return [UNIQUE_VIOLATION, TABLE_EXISTS].includes(codeOf(error))
}

function uniqueViolation(): UniqueViolation {
  return new UniqueViolation('A row with this key exists')
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '')
}

/**
 * What a failure means to the stores. Of PostgreSQL's own errors only the code goes on: their texts quote values, and
 * an error may be logged.
 */
function translateError(error: unknown): unknown {
  if (error instanceof ApiError || !(error instanceof Error)) return error
  const code = codeOf(error)
  if (RETRIED.has(code)) return new TransactionEnded(`PostgreSQL ended the transaction: ${code}`)
  if (isUniqueViolation(error)) return uniqueViolation()
  if (UNREACHED.has(code) || CUT.has(code)) return unavailable('The database cannot be reached', error)
  if (error instanceof postgres.PostgresError) {
    const told = new Error(`PostgreSQL refused a statement: ${code} ${error.routine ?? ''}`)
    return UNAVAILABLE_CLASSES.has(code.slice(0, 2)) ? unavailable('The database cannot answer now', told) : told
  }
  return error
}
