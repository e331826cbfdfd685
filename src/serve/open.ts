import { importStarterCatalogue } from '../catalogue/starter.ts'
import type { Config } from '../config.ts'
import { createRegistry, type Registry } from '../context.ts'
import { migrate } from '../db/migrate.ts'
import { type Database, UniqueViolation } from '../db/port.ts'
import { openPostgres, type PostgresOptions } from '../db/postgres/open.ts'
import { POOL_SIZE } from '../db/postgres/pool.ts'
import { openSqlite, type SqliteOptions } from '../db/sqlite/open.ts'
import { ApiError, SetupError } from '../errors.ts'
import type { Siblings } from '../http/siblings.ts'

/** How long one statement of a request may take on PostgreSQL, in milliseconds. */
const REQUEST_PATIENCE = 10_000

/** Fewest connections that a worker has to PostgreSQL: some transactions, and an export beside them. */
const LEAST_CONNECTIONS = 4

/**
 * Opens the store that the settings name and brings it up to date: schema and starter catalogue. Its statements may
 * take their time.
 *
 * Throws `SetupError`, in one line, when it can't be used.
 */
export async function openRegistry(config: Config): Promise<Registry> {
  const db = openPatiently(config)
  try {
    return await bringUpToDate(db, Date.now)
  } catch (error) {
    await db.close()
    throw inOneLine(error)
  }
}

/** Brings an open store up to date. Any number of processes may do so at the same moment. */
export async function bringUpToDate(db: Database, clock: () => number): Promise<Registry> {
  await migrate(db, clock)
  const registry = createRegistry(db, clock)
  await importStarterCatalogue(registry).catch((error) => {
    // Another process was first with a row: start again from what it has left.
    if (error instanceof UniqueViolation) return importStarterCatalogue(registry)
    throw error
  })
  return registry
}

/** The same store for a server: on PostgreSQL, none of its requests waits for long. */
export async function openForRequests(config: Config): Promise<Registry> {
  const registry = await openRegistry(config)
  if (config.databaseUrl === undefined) return registry
  await registry.db.close()
  return createRegistry(openDatabase(config, { patience: REQUEST_PATIENCE }), Date.now)
}

/** The store as it is, which another process has brought up to date, for one of the workers that share it. */
export function openForWorker(config: Config, { turn }: Siblings): Registry {
  const sharing = { patience: REQUEST_PATIENCE, connections: connectionsOf(config.workers), turn }
  return createRegistry(openDatabase(config, sharing), Date.now)
}

/** Connections of one of so many workers: together those of one process, where that leaves enough for each. */
function connectionsOf(workers: number): number {
  return Math.max(LEAST_CONNECTIONS, Math.ceil(POOL_SIZE / workers))
}

/** Where a store is: these settings alone name it. */
export type StorePlace = Pick<Config, 'databaseFile' | 'databaseUrl'> & { readonly isDurable?: boolean }

/** Opens the store as it is, whose statements may take their time. */
export function openPatiently(place: StorePlace): Database {
  return openDatabase(place, { patience: Infinity })
}

/** What a person may read of where a store is: never a password. */
export function nameOf({ databaseFile, databaseUrl }: StorePlace): string {
  if (databaseUrl === undefined) return databaseFile
  // Whatever does not look like a URL in which only the part before the one @ is secret is not shown at all.
  const [, hosts, database = ''] =
    /^postgres(?:ql)?:\/\/(?:[^/?#@]*@)?([\w.:,[\]-]+)(\/[^/?#@]*)?(?:\?[^#@]*)?$/.exec(databaseUrl) ?? []
  return hosts === undefined ? 'PostgreSQL' : `postgres://${hosts}${database}`
}

/** A store that cannot be used is a reason not to go on, which tells why. */
export function inOneLine(error: unknown): unknown {
  return error instanceof ApiError ? new SetupError(`${error.message}: ${reasonOf(error)}`) : error
}

/** Each engine takes what is for it: a turn to write is SQLite's, the others are PostgreSQL's. */
function openDatabase(
  { databaseUrl, databaseFile, isDurable = true }: StorePlace,
  { turn, ...options }: PostgresOptions & Pick<SqliteOptions, 'turn'>,
): Database {
  return databaseUrl === undefined ? openSqlite(databaseFile, { isDurable, turn }) : openPostgres(databaseUrl, options)
}

function reasonOf({ cause }: ApiError): string {
  return cause instanceof Error ? cause.message : 'try again later'
}
