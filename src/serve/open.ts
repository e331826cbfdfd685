import { existsSync } from 'node:fs'
import { importStarterCatalogue } from '../catalogue/starter.ts'
import type { Config, HttpSettings } from '../config.ts'
import { type Context, contextFor, createContext, type EventLog } from '../context.ts'
import { migrate } from '../db/migrate.ts'
import { HISTORY_NAME } from '../db/migrations.ts'
import { continueModelIds } from '../db/newest-id.ts'
import { type Database, UniqueViolation } from '../db/port.ts'
import type { PostgresOptions } from '../db/postgres/open.ts'
import { createWordMerger } from '../db/search/merger.ts'
import { openSqlite, type SqliteOptions } from '../db/sqlite/open.ts'
import { tableNames } from '../db/tables.ts'
import { ApiError, SetupError } from '../errors.ts'
import { createEventLog } from '../events/log.ts'
import type { Siblings } from '../http/limits/siblings.ts'

/** How long a statement of a request may take on PostgreSQL, in milliseconds. */
const REQUEST_PATIENCE = 10_000

/** The fewest connections a worker has to PostgreSQL: enough for a few transactions and an export at a time. */
const MIN_CONNECTIONS = 4

/**
 * Opens the store that the settings name and brings it up to date: schema and starter catalogue. Its statements have no
 * time limit.
 *
 * Throws a one-line `SetupError` if the store cannot be used.
 */
export async function openContext(config: Config): Promise<Context> {
  await requirePooler(config)
  return openUpToDate(config)
}

async function openUpToDate(config: Config): Promise<Context> {
  const db = await openPatiently(config)
  try {
    return await bringUpToDate(db, Date.now, config.http)
  } catch (error) {
    await db.close()
    throw inOneLine(error)
  }
}

/**
 * Opens a store that exists and brings it up to date.
 *
 * Throws a one-line `SetupError` if there is none; it never creates one.
 */
export async function openExistingContext(config: Config): Promise<Context> {
  await requirePooler(config)
  if (!(await hasStore(config))) {
    throw new SetupError(
      `There is no store at ${nameOf(config)}. ${config.databaseUrl === undefined ? 'Name its directory with --data, or create' : 'Create'} one with handset serve or handset projects create`,
    )
  }
  return openUpToDate(config)
}

/**
 * Throws a one-line `SetupError` if a store is behind a connection pooler that does not support what Handset needs.
 * Every command calls this first.
 */
export async function requirePooler({ databaseUrl, preparesStatements = true }: StorePlace): Promise<void> {
  if (databaseUrl === undefined) return
  const { requireSuitablePooler } = await import('../db/postgres/pooler.ts')
  await requireSuitablePooler(databaseUrl, preparesStatements)
}

async function hasStore(config: Config): Promise<boolean> {
  if (config.databaseUrl === undefined) return existsSync(config.databaseFile)
  const db = await openPatiently(config)
  try {
    return (await tableNames(db, 'postgres')).includes(HISTORY_NAME)
  } catch (error) {
    throw inOneLine(error)
  } finally {
    await db.close()
  }
}

/**
 * Opens the store that the settings name and brings only its schema up to date, so that another store can be copied into
 * an empty one. Throws as `openContext` does.
 */
export async function openMigrated(config: Config): Promise<Database> {
  await requirePooler(config)
  const db = await openPatiently(config)
  try {
    await migrate(db, Date.now)
    return db
  } catch (error) {
    await db.close()
    throw inOneLine(error)
  }
}

/** Brings an open store up to date. Any number of processes may do this at the same time. */
export async function bringUpToDate(db: Database, clock: () => number, settings: EventSettings): Promise<Context> {
  await migrate(db, clock)
  const context = await contextOf(db, clock, settings)
  await importStarterCatalogue(context).catch((error) => {
    // Another process inserted a row first: start again from the current state.
    if (error instanceof UniqueViolation) return importStarterCatalogue(context)
    throw error
  })
  return context
}

/** The same for a server: on PostgreSQL, statements have a time limit. */
export async function openForRequests(config: Config): Promise<Context> {
  const context = await openContext(config)
  if (config.databaseUrl === undefined) return context
  await context.db.close()
  const db = await openDatabase(config, { patience: REQUEST_PATIENCE, readsShards: true })
  return contextFor({ ...context, db, log: logOf(db, config.http), words: createWordMerger(db) }, null)
}

/** Opens a store for one of the workers that share it. Another process has brought it up to date. */
export async function openForWorker(config: Config, { turn }: Siblings): Promise<Context> {
  const sharing = { readsShards: true, workers: config.workers, turn }
  const db = await openDatabase(config, { patience: REQUEST_PATIENCE, ...sharing })
  return contextOf(db, Date.now, config.http)
}

/** The context of a store whose schema is up to date. */
async function contextOf(db: Database, clock: () => number, settings: EventSettings): Promise<Context> {
  const context = createContext({ db, clock, log: logOf(db, settings), source: sourceOf(settings) })
  await continueModelIds(db, context.newId)
  return context
}

type EventSettings = Pick<HttpSettings, 'eventDays' | 'publicUrl'>

function logOf(db: Database, { eventDays }: EventSettings): EventLog {
  return createEventLog({ db, days: eventDays })
}

/** The `source` of events on the command line: the public address. A server without one uses the address it listens on. */
function sourceOf({ publicUrl }: EventSettings): () => string {
  return () => publicUrl ?? 'http://127.0.0.1:8080'
}

/** Where a store is. */
export type StorePlace = Pick<Config, 'databaseFile' | 'databaseUrl'> &
  Partial<Pick<Config, 'isDurable' | 'storeMemory' | 'preparesStatements'>>

/** Opens a store without changing it. Its statements have no time limit. */
export function openPatiently(place: StorePlace): Promise<Database> {
  return openDatabase(place, { patience: Infinity })
}

/** The location of a store, for people to read. Never contains a password. */
export function nameOf({ databaseFile, databaseUrl }: StorePlace): string {
  if (databaseUrl === undefined) return databaseFile
  // Shows host and database only if the text is clearly a URL whose only @ follows the password.
  const [, hosts, database = ''] =
    /^postgres(?:ql)?:\/\/(?:[^/?#@]*@)?([\w.:,[\]-]+)(\/[^/?#@]*)?(?:\?[^#@]*)?$/.exec(databaseUrl) ?? []
  return hosts === undefined ? 'PostgreSQL' : `postgres://${hosts}${database}`
}

/** Turns the error of an unusable store into a one-line `SetupError` that says why. */
export function inOneLine(error: unknown): unknown {
  return error instanceof ApiError ? new SetupError(`${error.message}: ${reasonOf(error)}`) : error
}

interface OpenOptions extends Pick<PostgresOptions, 'patience' | 'readsShards'>, Pick<SqliteOptions, 'turn'> {
  /** How many processes share the store. */
  workers?: number
}

/** Passes each engine its own options. The driver of PostgreSQL, and the TLS that it needs, are loaded only if they are used. */
async function openDatabase(
  { databaseUrl, databaseFile, isDurable = true, storeMemory, preparesStatements = true }: StorePlace,
  { workers = 1, turn, ...options }: OpenOptions,
): Promise<Database> {
  if (databaseUrl === undefined) {
    return openSqlite(databaseFile, { isDurable, turn, ...(storeMemory && { memory: storeMemory }) })
  }
  const [{ openPostgres }, { POOL_SIZE }] = await Promise.all([
    import('../db/postgres/open.ts'),
    import('../db/postgres/pool.ts'),
  ])
  // Workers share the connections of one process equally.
  const connections = workers > 1 ? Math.max(MIN_CONNECTIONS, Math.ceil(POOL_SIZE / workers)) : POOL_SIZE
  return openPostgres(databaseUrl, { ...options, connections, preparesStatements })
}

function reasonOf({ cause }: ApiError): string {
  return cause instanceof Error ? cause.message : 'try again later'
}
