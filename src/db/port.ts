import type { Awaitable } from '../domain/awaitable.ts'

export type Parameter = string | number | null

export type Engine = 'sqlite' | 'postgres'

/** A comment in a `CREATE TABLE`, for a table whose rows are often longer than 1,000 bytes. */
export const LONG_ROWS = '/* long rows */'

/**
 * What a store asks of a database. The SQL is written once, in the part that SQLite and PostgreSQL share: `$1`
 * parameters, `ON CONFLICT`, `RETURNING`. Where the engines differ, there is one portable form, which each driver
 * translates:
 *
 * - `JSON_OBJECT('name', value, …)` and `JSON_LIST(value ORDER BY …)` build JSON.
 * - `JSON_OBJECTS(object, source, order)` is the list of a JSON object for each row of a source, such as
 *   `FROM sims s WHERE …`, sorted by `order`.
 * - `JSON_VALUE(text)` embeds JSON text in it unchanged.
 * - `JSON_EACH(text)` in a FROM clause returns the strings of a JSON array as rows, in a column `value` that compares
 *   byte by byte. It may refer to the tables before it.
 * - `JSON_ITEMS($1)` returns the strings of a JSON array in a parameter as rows: `x IN (JSON_ITEMS($1))`.
 * - `$1 IS NULL` comes after a comparison of `$1` with a column, from which PostgreSQL infers its type.
 * - `COMMIT_ORDER(alias)` is a number by which rows of a table sort: if the transactions of two rows conflicted in another
 *   row, the row that was committed first has the smaller number.
 * - A `CREATE TABLE` uses only the types `TEXT`, `INTEGER` (32 bits) and `BIGINT`. Text compares byte by byte.
 */
export interface Queries {
  all<Row>(sql: string, parameters?: readonly Parameter[]): Awaitable<Row[]>
  get<Row>(sql: string, parameters?: readonly Parameter[]): Awaitable<Row | undefined>
  /** Runs a statement that changes rows. Returns how many it changed. */
  run(sql: string, parameters?: readonly Parameter[]): Awaitable<number>
  /**
   * Inserts rows; `onConflict` is the clause for keys that exist. Returns how many rows were inserted or changed. The
   * rows can come from a generator, so that they need not all be in memory at once.
   */
  insert<Row>(
    table: string,
    columns: Columns<Row>,
    rows: Iterable<NoInfer<Row>>,
    onConflict?: string,
  ): Awaitable<number>
}

/** The columns that a row is written to. */
export interface Columns<Row> {
  readonly names: readonly (keyof Row & string)[]
  /** The values of a row, in the order of `names`. */
  readonly valuesOf: (row: Row) => Parameter[]
}

/** A transaction that can also insert rows from a scratch database. */
export interface Publication extends Queries {
  /**
   * Inserts all rows of a scratch table, in the order of its key, into the columns of the same names of a table in the
   * store; `onConflict` as for `insert`.
   */
  insertFrom(from: KeyedTable, table: string, onConflict: string): Awaitable<void>
}

/** A table, and which of its columns are read. */
export interface KeyedTable {
  name: string
  columns: readonly string[]
  /** The columns of its primary key, in order. */
  key: readonly string[]
  /** The columns of the key that are numbers. */
  numbers?: readonly string[]
}

/**
 * A database that only this process uses, in which rows are prepared for a store. It is deleted when it is closed or
 * the process ends. None of its tables has the name of a table in the store.
 */
export interface Scratch extends Queries {
  /** Like `transaction` of the store. `work` can only read the scratch database. */
  publish<T>(work: (tx: Publication) => Awaitable<T>): Promise<T>
  close(): void
}

export interface TransactionOptions {
  /**
   * Whether the commit survives a power loss; true by default. Work that is simply done again if it is lost need not make
   * this process wait for the disk. The commit is atomic, and survives the end of the process, either way. PostgreSQL
   * makes every commit durable.
   */
  isDurable?: boolean
  /** The project whose rows it changes. A distributed store can run it on the machine that has them. */
  project?: string
}

/**
 * A store. `all` and `get` see everything that was committed before they started.
 *
 * `transaction` commits everything that `work` did, or nothing if `work` throws or one of its statements fails, even one
 * that it has not awaited (see `unawaited`). It resolves only when the commit is durable, unless its options say otherwise.
 * `work` awaits nothing but its own queries, because others queue behind it. It may run more than once, and only its last
 * run counts.
 *
 * All methods throw `ApiError` of type `serviceUnavailable` if the store is unreachable, full or stays locked, and
 * `UniqueViolation` if a row with that key exists.
 */
export interface Database extends Queries {
  readonly engine: Engine
  transaction<T>(work: (tx: Queries) => Awaitable<T>, options?: TransactionOptions): Promise<T>
  /**
   * Lets `work` read the store as of one moment, on a connection of its own. Later writes are not visible to it, and
   * nothing waits for it. It must still end in time: until then SQLite's log grows and PostgreSQL keeps dead rows.
   */
  snapshot<T>(work: (moment: Pick<Queries, 'all' | 'get'>) => Promise<T>): Promise<T>
  /** Opens a scratch database. */
  scratch(): Scratch
  /**
   * The version of the committed state, as a number: reads return the same results while it is unchanged. `reader`
   * identifies who reads, such as the connection of a request. The version is never older than that request.
   */
  version(reader: object): number
  /**
   * A version that changes less often: with the projects, keys, tokens and sessions that identify callers. Where it is
   * missing, `version` serves.
   */
  callersVersion?(): number
  /** Whether transactions commit in the order in which they begin to write, one at a time. */
  readonly commitsInTurn: boolean
  /** Whether `version` shows every commit immediately. If not, commits of other processes show within a second. */
  readonly versionIsExact: boolean
  /**
   * Calls `listener` with the problem when the store's files turn out to be deleted or replaced, and with undefined when
   * they are back. Only an embedded store has files.
   */
  watchFiles?(listener: (problem: string | undefined) => void): void
  /** Removes deleted data from the files of an embedded store, except what a long read still needs. */
  eraseDeleted?(): Promise<void>
  /** The metrics of the store. */
  readonly gauges: readonly StoreGauge[]
  close(): Awaitable<void>
}

/** A number that describes the current state of a store. */
export interface StoreGauge {
  name: string
  help: string
  /** Undefined if it cannot be read now. */
  read(): Awaitable<number | undefined>
  /** For several processes on one store: the sum of their numbers, or one number that they share. */
  aggregator: 'sum' | 'max'
}

/** A unique index rejected a row. The transaction in which this happened must end by throwing. */
export class UniqueViolation extends Error {}
