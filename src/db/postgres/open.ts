import type { Awaitable } from '../../domain/awaitable.ts'
import { ApiError, unavailable } from '../../errors.ts'
import type { Database, Parameter, Queries, StoreGauge, TransactionOptions } from '../port.ts'
import { openScratch } from '../sqlite/scratch.ts'
import { createCalls } from './calls.ts'
import { type Connection, limitsOf } from './connection.ts'
import { Ended, isReadOnly, MissingTable, Moved, OnStandby, translateError, Unproven } from './errors.ts'
import { type Call, createPool, POOL_SIZE, type Pool } from './pool.ts'
import { createPublication, createQueries, NO_PARAMETERS, sendStatement } from './queries.ts'
import { createShardReads, type ShardRead, type ShardReads } from './shards.ts'
import { runTransaction } from './transaction.ts'
import { parseServers, type Server } from './url.ts'

/**
 * A transaction sees the store as it was at its beginning. PostgreSQL ends it if it changes what others have changed
 * since. With that, the unique indexes and the foreign keys enforce every rule of the contract.
 */
const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ'
const ROLLBACK = 'ROLLBACK'

/** The reader of a snapshot sets the pace, and bounds how long it is open. */
const BEGIN_READING = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
const STAY_OPEN = 'SET LOCAL idle_in_transaction_session_timeout = 0'

/**
 * How far each commit of this process advances the version: by more than the number of seconds that a process can run,
 * so that no two versions are equal.
 */
const VERSIONS_OF_A_COMMIT = 2 ** 32

/** Changes of what identifies callers (see `Database.callersVersion`), in a table or in a shard of it. */
const CHANGES_CALLERS = /^\s*(?:INSERT INTO|UPDATE|DELETE FROM) (?:projects|api_keys|user_tokens|console_sessions)/

/** How a store on PostgreSQL is opened. */
export interface PostgresOptions {
  /**
   * How long a statement may take, in milliseconds; `Infinity` for work without a limit, such as a migration. A call of
   * the store, with all its statements and attempts, ends at most two seconds later, whatever happens.
   */
  patience: number
  /** The number of connections, at most. */
  connections?: number
  /** Whether to read from the shards of a Citus cluster directly, over connections to each machine; false by default. */
  readsShards?: boolean
  /** Whether statements are prepared, unless the URL says no; true by default. */
  preparesStatements?: boolean
}

/**
 * Opens a store on PostgreSQL, or on another server that speaks its protocol. It connects when it is first used.
 *
 * `url` may name several hosts, `postgres://one:5432,two:5432/handset`: the store uses the first that takes writes, and
 * the next when that one is lost. `sslmode` selects TLS (see `parseServers`).
 *
 * A call whose connection is lost is retried. Only a transaction that is lost or fails while it commits throws
 * `serviceUnavailable`: it may have been committed. A client that repeats its request with the same idempotency key
 * finds out.
 *
 * Throws `SetupError` for an invalid URL.
 */
export function openPostgres(
  url: string,
  { patience, connections = POOL_SIZE, readsShards = false, preparesStatements = true }: PostgresOptions,
): Database {
  const statementTimeout = patience === Infinity ? 0 : patience
  const servers = parseServers(url, preparesStatements)
  const pool = createPool(servers, statementTimeout, connections)
  const shards = readsShards ? createShardReads(servers[0] as Server, openPool, ask) : undefined
  const localLimits = limitsOf(statementTimeout, 'SET LOCAL')
  const run = createCalls(patience)
  let commits = 0
  /** How many changes of callers were sent, and how many transactions have ended that may have sent one. */
  let callerChanges = 0
  let callerCommits = 0

  async function send(call: Call, sql: string, parameters: readonly Parameter[]) {
    const connection = openConnectionOf(call)
    if (CHANGES_CALLERS.test(sql)) callerChanges += 1
    try {
      const result = await sendStatement(connection, sql, parameters)
      connection.heardAt = performance.now()
      return result
    } catch (error) {
      if (!isReadOnly(error)) throw translateError(connection, error)
      for (const each of pools()) each.leave(connection)
      throw new OnStandby('PostgreSQL rejected a change: it is a standby, or read-only')
    }
  }

  /** Runs `work` between a begin and a commit; on a failure nothing of it remains. */
  async function within<T>(from: Pool, call: Call, begin: string, work: (tx: Queries) => Awaitable<T>): Promise<T> {
    const connection = await from.take(call)
    const beginWithin = connection.isPooled ? `${begin}; ${localLimits}` : begin
    try {
      return await runTransaction((sql, parameters) => send(call, sql, parameters), beginWithin, work)
    } catch (error) {
      if (connection.isOpen) await sendStatement(connection, ROLLBACK, NO_PARAMETERS).catch(connection.destroy)
      throw error
    } finally {
      from.release(call)
    }
  }

  async function transaction<T>(work: (tx: Queries) => Awaitable<T>, { project }: TransactionOptions = {}): Promise<T> {
    const changesBefore = callerChanges
    const onShards = project === undefined ? undefined : shards && transactionOnShards(shards, project, work)
    try {
      return await run(true, onShards ?? ((call) => within(pool, call, BEGIN, work)))
    } finally {
      commits += 1
      if (callerChanges > changesBefore) callerCommits += 1
    }
  }

  /** Attempts of a transaction on the machine that has a project, if that is known, or on the one that the URL names. */
  function transactionOnShards<T>(known: ShardReads, project: string, work: (tx: Queries) => Awaitable<T>) {
    let bypasses = true
    return async (call: Call): Promise<T> => {
      const there = known.inTransaction(project, work, bypasses)
      try {
        return await within(there.pool ?? pool, call, BEGIN, there.work)
      } catch (error) {
        const isMissing = there.pool !== undefined && error instanceof MissingTable
        // The machine may be out of reach for this process, but not for the one that the URL names.
        if (isMissing || error instanceof Moved || isUnavailable(error)) known.forget(project)
        if (error instanceof Unproven) bypasses = false
        throw isMissing ? new Moved('The shards have moved') : error
      }
    }
  }

  const pools = () => [pool, ...(shards?.pools() ?? [])]

  function openPool(server: Server): Pool {
    return createPool([server], statementTimeout, connections)
  }

  async function readOn(from: Pool, call: Call, sql: string, parameters: readonly Parameter[]) {
    await from.take(call)
    try {
      return await send(call, sql, parameters)
    } finally {
      from.release(call)
    }
  }

  function ask<Row>(from = pool, sql: string, parameters = NO_PARAMETERS): Promise<Row[]> {
    return run(false, (call) => readOn(from, call, sql, parameters)) as unknown as Promise<Row[]>
  }

  /** Reads from the shards of a project; undefined if that fails, and Citus has to find out why. */
  async function readShards(call: Call, read: ShardRead, parameters: readonly Parameter[]) {
    try {
      return await readOn(read.pool, call, read.sql, parameters)
    } catch (error) {
      if (call.isOver) throw error
      shards?.forget(read.project)
      return undefined
    }
  }

  const { all, get } = createQueries((sql, parameters) =>
    run(false, async (call) => {
      const read = shards?.find(sql, parameters)
      const rows = read && (await readShards(call, read, parameters))
      return rows ?? readOn(pool, call, sql, parameters)
    }),
  )
  return {
    engine: 'postgres',
    all,
    get,
    async snapshot(work) {
      const call: Call = { isTransaction: true, connection: null, isOver: false }
      try {
        return await within(pool, call, BEGIN_READING, async (moment) => {
          await moment.run(STAY_OPEN)
          return work(moment)
        })
      } catch (error) {
        throw error instanceof Ended
          ? unavailable('The connection to the database was lost during a read', error)
          : error
      }
    },
    run: (sql, parameters) => transaction((tx) => tx.run(sql, parameters)),
    insert: (...rows) => transaction((tx) => tx.insert(...rows)),
    transaction,
    scratch() {
      const scratch = openScratch()
      return { ...scratch, publish: (work) => transaction((tx) => work(createPublication(tx, scratch))) }
    },
    // This process does not see the commits of others, so what it read is valid for the rest of this second.
    version: () => versionAfter(commits),
    callersVersion: () => versionAfter(callerCommits),
    commitsInTurn: false,
    versionIsExact: false,
    gauges: gaugesOf(pools, { get }),
    async close() {
      await Promise.all(pools().map((each) => each.close()))
    },
  }
}

function versionAfter(commits: number): number {
  return Math.floor(performance.now() / 1000) + commits * VERSIONS_OF_A_COMMIT
}

function isUnavailable(error: unknown): boolean {
  return error instanceof ApiError && error.type === 'serviceUnavailable'
}

/** The connection of a call. Throws `Ended` if the connection is lost or the call has ended. */
function openConnectionOf({ connection, isOver }: Call): Connection {
  if (isOver || !connection?.isOpen) throw new Ended('The connection is lost')
  return connection
}

/** The metrics of a store: those of all its pools together, and the size of its database. */
function gaugesOf(pools: () => readonly Pool[], queries: Pick<Queries, 'get'>): StoreGauge[] {
  const ofPools = (pools()[0] as Pool).gauges.map((gauge, place) => ({
    ...gauge,
    async read() {
      const counts = pools().map(({ gauges }) => Number(gauges[place]?.read()))
      return counts.reduce((sum, count) => sum + count, 0)
    },
  }))
  const size = {
    name: 'handset_store_bytes',
    help: 'The size of the database, on the machine that this node is connected to.',
    read: () => sizeOf(queries),
    aggregator: 'max' as const,
  }
  return [...ofPools, size]
}

/** The size of the database in bytes; undefined while it cannot be read. */
async function sizeOf({ get }: Pick<Queries, 'get'>): Promise<number | undefined> {
  try {
    return (await get<{ bytes: number }>('SELECT pg_database_size(current_database()) AS bytes'))?.bytes
  } catch {
    return undefined
  }
}
