import type { Awaitable } from '../../domain/awaitable.ts'
import type { Parameter, Queries } from '../port.ts'
import type { Pool } from './pool.ts'
import { changeOnShards, isOfProject, isReadOfProject, readOnShards, type TablesOfShards } from './shard-statements.ts'
import { runOnShards, type ShardsOfTransaction } from './shard-transactions.ts'
import type { Server } from './url.ts'

/**
 * Reads of a Citus cluster that bypass its planner. Citus plans a statement over several tables every time, which takes
 * ten times as long as running it. A shard is an ordinary table of a worker, so PostgreSQL plans a statement over the
 * shards of a project once for each connection (docs/distributed.md).
 */
export interface ShardReads {
  /** How to run a statement on the shards of its project; undefined if it has to go through Citus. */
  find(sql: string, parameters: readonly Parameter[]): ShardRead | undefined
  /** How to run a transaction on a project: see `runOnShards`. Unless it `bypasses` Citus, all its statements go through it. */
  inTransaction<T>(project: string, work: (tx: Queries) => Awaitable<T>, bypasses: boolean): ShardTransaction<T>
  /** To be called when a call on that machine failed: the shards of the project are looked up again. */
  forget(project: string): void
  /** The connections to each machine. */
  pools(): Pool[]
}

export interface ShardRead {
  /** The connections to the machine that has the shards. */
  pool: Pool
  sql: string
  project: string
}

export interface ShardTransaction<T> {
  /** The connections to the machine that has the shards; undefined if it is not known. */
  pool: Pool | undefined
  work(tx: Queries): Promise<T>
}

/** A table of a project's rows, or a copied one: its name on the machine that has the shards. */
interface Shard {
  name: string
  shard: string
  id: string
  placement: 'distributed' | 'reference'
  host: string
  port: number
}

interface Place extends ShardsOfTransaction {
  pool: Pool
  shardId: string
}

/** The maximum number of cached projects, and of cached reads and changes for each group of shards. */
const MAX_PROJECTS = 20_000
const MAX_STATEMENTS = 500

/** How long a lookup that failed or found nothing is not repeated, in milliseconds. */
const PAUSE = 30_000

const HAS_CITUS = "SELECT 1 AS found FROM pg_extension WHERE extname = 'citus'"

/** The shards of a project in all tables, and the copies of the other tables. */
const FIND_SHARDS = `SELECT c.relname AS name, shard_name(t.logicalrelid, s.shardid) AS shard, s.shardid::text AS id,
    CASE WHEN t.partmethod = 'h' THEN 'distributed' ELSE 'reference' END AS placement, n.nodename AS host, n.nodeport AS port
  FROM pg_dist_partition t JOIN pg_class c ON c.oid = t.logicalrelid
  JOIN pg_dist_shard s ON s.logicalrelid = t.logicalrelid
  JOIN pg_dist_placement p ON p.shardid = s.shardid AND p.shardstate = 1
  JOIN pg_dist_node n ON n.groupid = p.groupid AND n.noderole = 'primary'
  WHERE c.relnamespace = current_schema()::regnamespace
    AND CASE WHEN t.partmethod = 'h' THEN s.shardid = get_shard_id_for_distribution_column(t.logicalrelid, $1::text)
      ELSE t.repmodel = 't' END`

/** Finds the object identifiers of shards, on their machine. */
function findIds(shards: readonly Shard[]): string {
  const names = shards.map(({ name, shard }) => `('${name}', to_regclass('${shard}'))`).join(', ')
  return `SELECT name, id::oid::text AS id FROM (VALUES ${names}) AS shards (name, id) WHERE id IS NOT NULL`
}

/** `open` creates the connections to a machine, with the settings of `server`, and `ask` queries the database. */
export function createShardReads(
  server: Server,
  open: (server: Server) => Pool,
  ask: <Row>(pool: Pool | undefined, sql: string, parameters?: readonly Parameter[]) => Promise<Row[]>,
): ShardReads {
  const pools = new Map<string, Pool>()
  const places = new Map<string, Place>()
  const lookups = new Set<string>()
  let isCitus: boolean | undefined
  /** A distributed table; undefined until one is found. */
  let distributed: string | undefined
  let resumeAt = 0

  function poolAt({ host, port }: Shard): Pool {
    const address = `${host}:${port}`
    const pool = pools.get(address) ?? open({ ...server, host, port })
    pools.set(address, pool)
    return pool
  }

  /** Looks up the shards of a project in the background; until they are known, its requests go through Citus. */
  async function lookUp(project: string): Promise<void> {
    lookups.add(project)
    try {
      isCitus ??= (await ask(undefined, HAS_CITUS)).length > 0
      if (!isCitus) return
      const place = await placeOf(await ask<Shard>(undefined, FIND_SHARDS, [project]))
      if (place !== undefined) remember(project, place)
      else resumeAt = performance.now() + PAUSE
    } catch {
      resumeAt = performance.now() + PAUSE
    } finally {
      lookups.delete(project)
    }
  }

  /** Projects on the same shards share their statements. */
  function remember(project: string, place: Place): void {
    if (places.size >= MAX_PROJECTS) places.clear()
    const same = [...places.values()].find(({ shardId, pool }) => shardId === place.shardId && pool === place.pool)
    places.set(project, same ?? place)
  }

  async function placeOf(shards: readonly Shard[]): Promise<Place | undefined> {
    const own = shards.filter(({ placement }) => placement === 'distributed')
    const [first] = own
    if (first === undefined) return undefined
    distributed = first.name
    const isThere = ({ host, port }: Shard) => host === first.host && port === first.port
    // With several copies of a shard, only Citus knows which are up to date.
    if (!own.every(isThere) || new Set(own.map(({ name }) => name)).size < own.length) return undefined
    const names = new Map(shards.filter(isThere).map(({ name, shard }) => [name, shard]))
    const pool = poolAt(first)
    // A machine that this process cannot reach would otherwise delay requests.
    const found = await ask<{ name: string; id: string }>(pool, findIds(own))
    if (found.length < own.length) return undefined
    const ids = new Map(found.map(({ name, id }) => [name, id]))
    return { pool, shardId: first.id, ...statementsOn({ names, ids, shardId: first.id }) }
  }

  return {
    find(sql, parameters) {
      const [project] = parameters
      if (isCitus === false || typeof project !== 'string') return undefined
      const place = places.get(project)
      if (place === undefined) {
        if (performance.now() >= resumeAt && !lookups.has(project) && isReadOfProject(sql)) void lookUp(project)
        return undefined
      }
      const read = place.readOf(sql)
      return read === undefined ? undefined : { pool: place.pool, sql: read, project }
    },
    inTransaction(project, work, bypasses) {
      const place = places.get(project)
      const known = { distributed, place: bypasses ? place : undefined }
      return { pool: place?.pool, work: (tx) => runOnShards(tx, project, work, known) }
    },
    forget: (project) => void places.delete(project),
    pools: () => [...pools.values()],
  }
}

/** Rewrites statements for the shards of a project, each once. */
function statementsOn(tables: TablesOfShards): ShardsOfTransaction {
  const read = cached((sql) => readOnShards(sql, tables))
  const change = cached((sql) => changeOnShards(sql, tables))
  const { names, ids } = tables
  return {
    readOf: (sql) => read(sql) ?? undefined,
    changeOf(sql, parameters, project) {
      const found = change(sql)
      return found !== null && isOfProject(found, parameters, project) ? found.sql : undefined
    },
    shardOf: (table) => (ids.has(table) ? `${names.get(table)} AS ${table}` : undefined),
    idOf: (table) => ids.get(table),
  }
}

/** Caches what `make` returns for a statement. */
function cached<T>(make: (sql: string) => T): (sql: string) => T {
  const made = new Map<string, T>()
  return (sql) => {
    const known = made.get(sql)
    if (known !== undefined) return known
    const value = make(sql)
    if (made.size >= MAX_STATEMENTS) made.clear()
    made.set(sql, value)
    return value
  }
}
