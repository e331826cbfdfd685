import { setTimeout as pause } from 'node:timers/promises'
import { SetupError } from '../../errors.ts'
import { type Connection, connectFailure, initialise, openConnection } from './connection.ts'
import { parseServers, type Server } from './url.ts'

/** A statement with a parameter, which is therefore prepared. */
const PROBE = 'SELECT $1::text AS value'

/** How often a prepared statement is run, and how long each run may wait for a connection of the pooler. */
const PROBES = 5
const PROBE_PATIENCE = 2_000

/**
 * Checks whether a connection pooler in front of PostgreSQL supports what Handset needs. If a pooler loses prepared
 * statements, requests fail or, worse, find nothing.
 *
 * Throws a one-line `SetupError` if it does not. A server that cannot be reached is left to the store to report.
 */
export async function requireSuitablePooler(url: string, preparesStatements: boolean): Promise<void> {
  for (const server of parseServers(url, preparesStatements)) {
    const problem = await problemOf(server)
    if (problem === 'unreachable') continue
    if (problem !== null) throw new SetupError(`The connection pooler at ${server.host}:${server.port} ${problem}`)
    return
  }
}

async function problemOf(server: Server): Promise<string | null> {
  const connections = [openConnection(server, () => {}), openConnection(server, () => {})] as const
  const [one, other] = connections
  const timer = setTimeout(() => one.destroy(), PROBE_PATIENCE)
  try {
    await initialise(one, 0)
    if (!one.isPooled) return null
  } catch {
    return 'unreachable'
  } finally {
    clearTimeout(timer)
    if (!one.isPooled) for (const { destroy } of connections) destroy()
  }
  try {
    if (server.preparesStatements) await run(one, 'prepared')
    const failure = await other.sql.unsafe('BEGIN; SELECT 1').then(() => null, connectFailure)
    if (failure !== null) return `cannot begin a transaction (${failure}). Set its pool_mode to transaction or session`
    if (server.preparesStatements && (await losesStatements(one))) {
      return 'does not keep prepared statements. Set HANDSET_PREPARED_STATEMENTS=0 (see docs/pgbouncer.md)'
    }
    return null
  } finally {
    for (const { destroy } of connections) destroy()
  }
}

/**
 * Whether a statement prepared on a connection is missing later. Another connection is inside a transaction, so a
 * pooler in transaction mode must run the statement on another server connection than the one that prepared it.
 */
async function losesStatements(connection: Connection): Promise<boolean> {
  for (let probe = 0; probe < PROBES; probe++) {
    const outcome = await Promise.race([run(connection, String(probe)), pause(PROBE_PATIENCE, 'late' as const)])
    // The pool of the pooler is exhausted.
    if (outcome === 'late') return false
    if (outcome === 'lost') return true
  }
  return false
}

async function run({ sql }: Connection, value: string): Promise<'found' | 'lost'> {
  const query = sql.unsafe(PROBE, [value], { prepare: true })
  try {
    await query
  } catch {
    return 'lost'
  }
  // The client library prepares a lost statement again by itself.
  return (query as { retried?: unknown }).retried ? 'lost' : 'found'
}
