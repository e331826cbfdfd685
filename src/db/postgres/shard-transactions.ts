import type { Awaitable } from '../../domain/awaitable.ts'
import { ApiError } from '../../errors.ts'
import type { Parameter, Queries } from '../port.ts'
import { Ended } from './errors.ts'

/** The shards of a project, on the machine that a transaction is connected to. */
export interface ShardsOfTransaction {
  /** The statement of `countChangesOf` for these shards. */
  countChanges: string
  /** A read as it runs on the shards; undefined if it has to go through Citus. */
  readOf(sql: string): string | undefined
}

/** The shards of a project, as far as this process knows them when a transaction begins. */
export interface Known {
  /** A distributed table; undefined if none is known. */
  distributed: string | undefined
  place: ShardsOfTransaction | undefined
}

type Work<T> = (tx: Queries) => Awaitable<T>

/**
 * Runs the work of a transaction on a project of a Citus cluster.
 *
 * Once the transaction has changed a shard on its own machine, Citus neither moves nor splits the project's shards
 * until the transaction ends, so its reads go directly to the shards.
 *
 * If the shard was split after the transaction began, the transaction is repeated.
 */
export async function runOnShards<T>(
  tx: Queries,
  project: string,
  work: Work<T>,
  { distributed, place }: Known,
): Promise<T> {
  if (distributed === undefined) return work(tx)
  try {
    const result = await work(place === undefined ? tx : readingShards(tx, project, place))
    await requireShard(tx, project, distributed)
    return result
  } catch (error) {
    // An object that seems to be missing. If the transaction has failed at the database, the error stands.
    if (error instanceof ApiError) await requireShard(tx, project, distributed).catch(throwEnded)
    throw error
  }
}

function throwEnded(error: unknown): void {
  if (error instanceof Ended) throw error
}

/**
 * Checks that the shard of a project is in the snapshot of a transaction. After a split, Citus sends a transaction that
 * began before it to the new shard, in which it sees no row. The function reads the newest metadata, as Citus does when it
 * plans a statement; the statement reads the metadata of the snapshot.
 */
async function requireShard(tx: Queries, project: string, distributed: string): Promise<void> {
  const found = await tx.get<{ shards: number }>(
    `SELECT COUNT(*)::int AS shards FROM pg_dist_placement
      WHERE shardid = (SELECT get_shard_id_for_distribution_column('${distributed}', $1::text))`,
    [project],
  )
  if (found?.shards === 0) throw new Ended('The shard was split after the transaction began')
}

/** The queries of a transaction, whose reads go to the shards once it has changed one of them. */
function readingShards(tx: Queries, project: string, { countChanges, readOf }: ShardsOfTransaction): Queries {
  const count = async () => (await tx.get<{ changes: number }>(countChanges))?.changes ?? 0
  // Sent together with the first statement, so it adds no round trip. If it fails, so do the others.
  const before = count().catch(() => Number.POSITIVE_INFINITY)
  let isLocal = false
  let hasChanged = false

  async function locate(sql: string, parameters: readonly Parameter[] | undefined): Promise<string> {
    const read = parameters?.[0] === project ? readOf(sql) : undefined
    if (read === undefined) return sql
    if (hasChanged && !isLocal) {
      hasChanged = false
      isLocal = (await count()) > (await before)
    }
    return isLocal ? read : sql
  }

  const changed = (rows: number) => {
    hasChanged = true
    return rows
  }
  return {
    all: async (sql, parameters) => tx.all(await locate(sql, parameters), parameters),
    get: async (sql, parameters) => tx.get(await locate(sql, parameters), parameters),
    run: async (sql, parameters) => changed(await tx.run(sql, parameters)),
    insert: async (...rows) => changed(await tx.insert(...rows)),
  }
}

/**
 * Returns the statement that counts the rows which this connection has changed in shards, given their object identifiers.
 * PostgreSQL adds those of earlier transactions for a while, so only the difference between two counts of a transaction is
 * its own.
 */
export function countChangesOf(shards: readonly string[]): string {
  const ids = shards.map((id) => `(${id}::oid)`).join(', ')
  return `SELECT SUM(pg_stat_get_xact_tuples_inserted(id) + pg_stat_get_xact_tuples_updated(id)
    + pg_stat_get_xact_tuples_deleted(id))::float8 AS changes FROM (VALUES ${ids}) AS shards (id)`
}
