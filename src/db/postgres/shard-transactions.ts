import type { Awaitable } from '../../domain/awaitable.ts'
import { ApiError } from '../../errors.ts'
import type { Columns, Parameter, Queries } from '../port.ts'
import { unawaited } from '../unawaited.ts'
import { Ended, Moved, Unproven } from './errors.ts'
import { tableChangedBy } from './shard-statements.ts'

/** The shards of a project, on the machine that a transaction is connected to. */
export interface ShardsOfTransaction {
  /** The object identifier of the shard of a table; undefined for a table that is not distributed. */
  idOf(table: string): string | undefined
  /** A read as it runs on the shards; undefined if it has to go through Citus. */
  readOf(sql: string): string | undefined
  /** A change of this project as it runs on the shards; undefined if it has to go through Citus. */
  changeOf(sql: string, parameters: readonly Parameter[], project: string): string | undefined
  /** The shard of a table, with the table's name as its alias; undefined for a table that is not distributed. */
  shardOf(table: string): string | undefined
}

/** The shards of a project, as far as this process knows them when a transaction begins. */
export interface Known {
  /** A distributed table; undefined if none is known. */
  distributed: string | undefined
  place: ShardsOfTransaction | undefined
}

/**
 * Counts the rows that this connection has changed in a shard. PostgreSQL adds those of earlier transactions for a while,
 * so only the difference between two counts of a transaction is its own.
 */
const COUNT_CHANGES = `SELECT (pg_stat_get_xact_tuples_inserted($1::oid) + pg_stat_get_xact_tuples_updated($1::oid)
  + pg_stat_get_xact_tuples_deleted($1::oid))::float8 AS changes`

type Work<T> = (tx: Queries) => Awaitable<T>

/**
 * Runs the work of a transaction on a project of a Citus cluster: on its shards, except for the first change.
 *
 * Citus makes that change. From then on it neither moves nor splits the project's shards until the transaction ends, so
 * everything else can bypass it. If the shards turn out to have moved or to be split since the transaction began, it
 * is repeated.
 */
export async function runOnShards<T>(
  tx: Queries,
  project: string,
  work: Work<T>,
  { distributed, place }: Known,
): Promise<T> {
  if (distributed === undefined) return work(tx)
  const requireShard = () => tx.get(requireShardOf(distributed), [project])
  const shards = place && usingShards(tx, project, place)
  try {
    const result = await work(shards?.queries ?? tx)
    await shards?.requireChange()
    unawaited(requireShard())
    return result
  } catch (error) {
    // An object that seems to be missing. If the transaction has failed at the database, the error stands.
    if (error instanceof ApiError) {
      await shards?.requireChange().catch(throwEnded)
      await Promise.resolve(requireShard()).catch(throwEnded)
    }
    throw error
  }
}

function throwEnded(error: unknown): void {
  if (error instanceof Ended) throw error
}

/**
 * The statement that fails, by dividing by zero, unless the shard of a project is in the snapshot of the transaction. After
 * a split, Citus sends a transaction that began before it to the new shard, in which it sees no row. The function reads
 * the newest metadata, as Citus does when it plans a statement; the statement reads the metadata of the snapshot.
 */
function requireShardOf(distributed: string): string {
  return `SELECT 1 / COUNT(*) AS found FROM pg_dist_placement
    WHERE shardid = (SELECT get_shard_id_for_distribution_column('${distributed}', $1::text))`
}

/**
 * The queries of a transaction that run on the shards. `requireChange` throws `Moved` if Citus has made the first change
 * elsewhere, and `Unproven` if it found no row to change.
 */
function usingShards(
  tx: Queries,
  project: string,
  place: ShardsOfTransaction,
): { queries: Queries; requireChange(): Promise<void> } {
  const count = async (id: string) => (await tx.get<{ changes: number }>(COUNT_CHANGES, [id]))?.changes ?? 0
  /** The first change: how many rows it changed, and the number of changes in the shard before and after it. */
  let first: { rows: Promise<number>; counts: Promise<number[]> } | undefined
  let usesShards = false
  let changesShards = false

  /** Runs a statement as it is on the shards, if it can run there. */
  function run<T>(
    sql: string,
    parameters: readonly Parameter[],
    send: (sql: string) => Awaitable<T>,
    rowsOf: (result: T) => number,
  ): Awaitable<T> {
    const read = parameters[0] === project ? place.readOf(sql) : undefined
    if (read !== undefined) {
      usesShards = true
      return send(read)
    }
    return /^\s*SELECT\b/.test(sql)
      ? send(sql)
      : change(tableChangedBy(sql), () => send(sql), rowsOf, place.changeOf(sql, parameters, project), send)
  }

  /** Makes a change: the first one through Citus, and others on the shard if `onShard` says how. */
  function change<T, Statement>(
    table: string,
    throughCitus: () => Awaitable<T>,
    rowsOf: (result: T) => number,
    onShard: Statement | undefined,
    send: (onShard: Statement) => Awaitable<T>,
  ): Awaitable<T> {
    if (first !== undefined) {
      if (onShard === undefined) return throughCitus()
      usesShards = true
      changesShards = true
      return send(onShard)
    }
    const id = place.idOf(table)
    if (id === undefined) return throughCitus()
    const before = count(id)
    const result = throughCitus()
    first = { rows: Promise.resolve(result).then(rowsOf), counts: Promise.all([before, count(id)]) }
    unawaited(first.rows)
    unawaited(first.counts)
    return result
  }

  const queries: Queries = {
    all: <Row>(sql: string, parameters: readonly Parameter[] = []) =>
      run(
        sql,
        parameters,
        (text) => tx.all<Row>(text, parameters),
        (rows) => rows.length,
      ),
    get: <Row>(sql: string, parameters: readonly Parameter[] = []) =>
      run(
        sql,
        parameters,
        (text) => tx.get<Row>(text, parameters),
        (row) => (row === undefined ? 0 : 1),
      ),
    run: (sql, parameters = []) =>
      run(
        sql,
        parameters,
        (text) => tx.run(text, parameters),
        (rows) => rows,
      ),
    insert<Row>(table: string, columns: Columns<Row>, rows: Iterable<NoInfer<Row>>, onConflict?: string) {
      const all = [...rows]
      if (all.length === 0) return 0
      const shard = all.every((row) => (row as { project_id?: string }).project_id === project)
        ? place.shardOf(table)
        : undefined
      const insertInto = (target: string) => tx.insert(target, columns, all, onConflict)
      return change(
        table,
        () => insertInto(table),
        (count) => count,
        shard,
        insertInto,
      )
    },
  }
  return {
    queries,
    async requireChange() {
      if (first === undefined || !usesShards) return
      const [rows, [from = 0, to = 0]] = await Promise.all([first.rows, first.counts])
      if (to > from) return
      if (rows > 0) throw new Moved('Citus made the change on another machine')
      if (changesShards) throw new Unproven('Citus changed no row')
    },
  }
}
