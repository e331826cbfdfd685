/** A value now, or later: SQLite answers at once, PostgreSQL over the network. Callers `await` either. */
export type Awaitable<T> = T | Promise<T>

export type Parameter = string | number | null

/**
 * What the stores ask of a database. SQL is written once, in what SQLite and PostgreSQL share: `$1` parameters,
 * `ON CONFLICT`, `RETURNING`. What they spell differently has one portable spelling, that each driver translates:
 *
 * - `JSON_OBJECT('name', value, …)` and `JSON_LIST(value ORDER BY …)` build JSON;
 * - `JSON_VALUE(text)` puts JSON text into it as it is;
 * - `JSON_EACH(text)` in a FROM is the rows of a JSON array of strings, in a column `value` compared byte by byte; it may
 *   speak of the tables before it;
 * - `JSON_ITEMS($1)` is the rows of a parameter that holds a JSON array of strings: `x IN (JSON_ITEMS($1))`;
 * - `$1 IS NULL` stands behind a comparison of `$1` with a column, from which PostgreSQL learns its type;
 * - a `CREATE TABLE` names only `TEXT` and `INTEGER`, compared byte by byte.
 */
export interface Queries {
  all<Row>(sql: string, parameters?: readonly Parameter[]): Awaitable<Row[]>
  get<Row>(sql: string, parameters?: readonly Parameter[]): Awaitable<Row | undefined>
  /** Runs a statement that changes rows; gives how many. */
  run(sql: string, parameters?: readonly Parameter[]): Awaitable<number>
  /**
   * Inserts rows, each in the order of the columns; `onConflict` is the clause for keys that exist. Gives how many rows
   * there are now that were not, or that it changed. Rows that are made as they are asked for need not all be held.
   */
  insert(
    table: string,
    columns: readonly string[],
    rows: Iterable<readonly Parameter[]>,
    onConflict?: string,
  ): Awaitable<number>
}

/** A transaction that also takes rows as they are in a scratch database. */
export interface Publication extends Queries {
  /**
   * Inserts all rows of a table of the scratch database, in the order of its key, into columns of the same names of one of
   * the store; `onConflict` as of `insert`.
   */
  insertFrom(from: KeyedTable, table: string, onConflict: string): Awaitable<void>
}

/** A table and the columns of it that are meant. */
export interface KeyedTable {
  name: string
  columns: readonly string[]
  /** The columns of its primary key, in its order. */
  key: readonly string[]
}

/**
 * A database of this process alone, in which rows are prepared for a store: gone when it is closed, or its process is.
 * None of its tables is called as one of the store.
 */
export interface Scratch extends Queries {
  /** As `transaction` of the store. The scratch database itself is only read meanwhile. */
  publish<T>(work: (tx: Publication) => Awaitable<T>): Promise<T>
  close(): void
}

/**
 * A store. `all` and `get` see what was committed before they began.
 *
 * `transaction` commits all that `work` did or, when `work` throws, nothing, and resolves only when the commit is
 * durable. `work` waits for nothing but its own queries: others queue behind it.
 *
 * All throw `ApiError` of type `serviceUnavailable` when the store can't be reached, is full or stays locked, and
 * `UniqueViolation` when a row with that key exists.
 */
export interface Database extends Queries {
  transaction<T>(work: (tx: Queries) => Awaitable<T>): Promise<T>
  /**
   * Lets `work` read the store as it is at one moment, whatever is written meanwhile, on a connection of its own: it
   * may take its time, and nobody waits for it. What it holds back (SQLite's log grows, PostgreSQL keeps dead rows) is
   * a reason to end it in time.
   */
  snapshot<T>(work: (moment: Pick<Queries, 'all' | 'get'>) => Promise<T>): Promise<T>
  /** Opens a scratch database. */
  scratch(): Scratch
  /**
   * The state of what is committed, as a number: while it stays the same, so does every answer. `asker` is whose request
   * is about to be answered, such as its connection: what it is told is never older than its request.
   */
  version(asker: object): number
  /** Whether `version` tells every commit at once; if not, those of other processes show within a second. */
  readonly versionIsExact: boolean
  close(): Awaitable<void>
}

/** A unique index refused a row. A transaction in which this happened can only end by throwing. */
export class UniqueViolation extends Error {}
