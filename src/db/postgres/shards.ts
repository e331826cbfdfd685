import type { Awaitable } from '../../domain/awaitable.ts'
import type { Parameter, Queries } from '../port.ts'
import type { Pool } from './pool.ts'
import { spell } from './queries.ts'
import { countChangesOf, runOnShards, type ShardsOfTransaction } from './shard-transactions.ts'
import type { Server } from './url.ts'

/**
 * Reads of a Citus cluster that bypass its planner. Citus plans a statement over several tables every time, which takes
 * ten times as long as running it. A shard is an ordinary table of a worker, so PostgreSQL plans a statement over the
 * shards of a project once for each connection (docs/distributed.md).
 */
export interface ShardReads {
  /** How to run a statement on the shards of its project; undefined if it has to go through Citus. */
  find(sql: string, parameters: readonly Parameter[]): ShardRead | undefined
  /** The connections to the machine that has a project; undefined if it is not known. */
  poolOf(project: string): Pool | undefined
  /** Extends the work of a transaction on a project (see `runOnShards`). */
  inTransaction<T>(project: string, work: (tx: Queries) => Awaitable<T>): (tx: Queries) => Promise<T>
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
  /** The name of the shard of each table. */
  names: ReadonlyMap<string, string>
  /** The id of one of the shards. All shards of a project move together. */
  shardId: string
  /** Statements as they run on these shards; null for those that have to go through Citus. */
  statements: Map<string, Statement | null>
}

interface Statement {
  plain: string
  /** It fails if this machine does not have the shards any more. */
  checked: string
}

/** The maximum number of cached projects, and of cached statements for each group of shards. */
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
  const names = shards.map(({ shard }) => `(to_regclass('${shard}'))`).join(', ')
  return `SELECT id::oid::text AS id FROM (VALUES ${names}) AS shards (id) WHERE id IS NOT NULL`
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
    const ids = await ask<{ id: string }>(pool, findIds(own))
    if (ids.length < own.length) return undefined
    const place: Place = {
      pool,
      names,
      shardId: first.id,
      statements: new Map(),
      countChanges: countChangesOf(ids.map(({ id }) => id)),
      readOf: (sql) => statementOf(place, sql)?.plain,
    }
    return place
  }

  function statementOf(place: Place, sql: string): Statement | null {
    const { statements } = place
    const known = statements.get(sql)
    if (known !== undefined) return known
    const plain = isOfProject(sql) ? onShards(spell(sql), place) : null
    const made = plain === null ? null : { plain, checked: ifHere(plain, place) }
    if (statements.size >= MAX_STATEMENTS) statements.clear()
    statements.set(sql, made)
    return made
  }

  return {
    find(sql, parameters) {
      const [project] = parameters
      if (isCitus === false || typeof project !== 'string') return undefined
      const place = places.get(project)
      if (place === undefined) {
        if (performance.now() >= resumeAt && !lookups.has(project) && isOfProject(sql)) void lookUp(project)
        return undefined
      }
      const statement = statementOf(place, sql)
      return statement === null ? undefined : { pool: place.pool, sql: statement.checked, project }
    },
    inTransaction: (project, work) => (tx) =>
      runOnShards(tx, project, work, { distributed, place: places.get(project) }),
    poolOf: (project) => places.get(project)?.pool,
    forget: (project) => void places.delete(project),
    pools: () => [...pools.values()],
  }
}

/** Whether a statement reads the rows of one project, the first parameter. */
function isOfProject(sql: string): boolean {
  const projects = [...sql.matchAll(/\bproject_id = (\S+?)(?=[\s,)]|$)/g)].map(([, value]) => value)
  const isRead = /^\s*(?:SELECT|WITH)\b/.test(sql) && !/\b(?:INSERT|UPDATE|DELETE|FOR UPDATE)\b/.test(sql)
  return (
    isRead && projects.includes('$1') && projects.every((value) => value === '$1' || /\.project_id$/.test(value ?? ''))
  )
}

/** The names that a statement gives to results of its own (WITH). */
const OWN_NAMES = /\b(\w+)(?: \([^()]*\))? AS (?:NOT MATERIALIZED |MATERIALIZED )?\(/g

/** A table, and its alias. */
const TABLES = /\b(FROM|JOIN)(\s+)([a-z]\w*)\b(?!\()(\s+(?!AS\b)[a-z]\w*\b)?/g

/** Rewrites a statement for the shards of a project; null if it names tables anywhere but after FROM and JOIN. */
function onShards(sql: string, { names }: Pick<Place, 'names'>): string | null {
  const own = new Set([...sql.matchAll(OWN_NAMES)].map(([, name]) => name))
  const unknown: string[] = []
  const text = sql.replaceAll(TABLES, (all, word, blank, table, alias = ` AS ${table}`) => {
    const shard = names.get(table)
    if (shard !== undefined) return `${word}${blank}${shard}${alias}`
    if (!own.has(table)) unknown.push(table)
    return all
  })
  const isListed = (table: string) => new RegExp(`,\\s*${table}\\b(?!\\.)`).test(sql)
  if (unknown.length > 0 || [...names.keys()].some(isListed)) return null
  return text
}

/**
 * While shards move to another machine, the old ones remain for a moment after the new ones take changes. The statement
 * checks in its own snapshot that this machine has the shards: it fails otherwise, by dividing by zero.
 */
function ifHere(sql: string, { shardId }: Pick<Place, 'shardId'>): string {
  return `SELECT own.* FROM (${sql}) own WHERE 1 / (SELECT COUNT(*) FROM pg_dist_placement p
    JOIN pg_dist_local_group g ON g.groupid = p.groupid WHERE p.shardid = ${shardId} AND p.shardstate = 1) = 1`
}
