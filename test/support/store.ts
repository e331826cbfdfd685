import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { after } from 'node:test'
import { type Context, createContext } from '../../src/context.ts'
import type { Database } from '../../src/db/port.ts'
import { openPostgres } from '../../src/db/postgres/open.ts'
import { createWordMerger, type WordMerger } from '../../src/db/search/merger.ts'
import { openSqlite } from '../../src/db/sqlite/open.ts'
import { currentTables, digestTables, type TableDigest } from '../../src/db/tables.ts'
import { createEventLog } from '../../src/events/log.ts'
import { administer, citusWorkers, makeCitusDatabase, makeEmptyCitusDatabase, urlOf } from './citus.ts'
import { makeDirectory } from './directory.ts'

/** The engine that the tests run on; `npm test` runs them on each in turn. */
export const engine = process.env.HANDSET_TEST_STORE === 'postgres' ? 'postgres' : 'sqlite'

/** Whether the PostgreSQL server of the tests is the coordinator of a Citus cluster. */
export const isCitus = engine === 'postgres' && citusWorkers() !== undefined

/** Where a store is, as a command's environment variables name it. */
export type StoreSettings = { HANDSET_DATA: string } | { DATABASE_URL: string }

/** An empty place for a store, removed after the test or file that creates it. */
export async function makeStore(): Promise<StoreSettings> {
  return engine === 'postgres' ? { DATABASE_URL: await makeDatabase() } : { HANDSET_DATA: await makeDirectory() }
}

/**
 * An empty place for a store that has no tables, even on Citus. When a test migrates it, its tables are not
 * distributed.
 */
export async function makeEmptyStore(): Promise<StoreSettings> {
  if (!isCitus) return makeStore()
  const { server, name } = newDatabase()
  await makeEmptyCitusDatabase(server, name)
  return { DATABASE_URL: urlOf(server, name) }
}

/** A second handle on a store. */
export function openStore(store: StoreSettings): Database {
  return 'DATABASE_URL' in store
    ? openPostgres(store.DATABASE_URL, { patience: 60_000, readsShards: true })
    : openSqlite(join(store.HANDSET_DATA, 'handset.db'))
}

/** The context of a store, with an event log. */
export function contextOf(
  db: Database,
  clock: () => number = Date.now,
  words: WordMerger = createWordMerger(db),
): Context {
  const log = createEventLog({ db, days: 30 })
  return createContext({ db, clock, log, words, source: () => 'http://127.0.0.1:8080' })
}

/** The number of rows in each table of a store, with a digest of them. */
export async function digestsOf(store: StoreSettings): Promise<Record<string, TableDigest>> {
  const db = openStore(store)
  try {
    return await digestTables(db, await currentTables())
  } finally {
    await db.close()
  }
}

/**
 * The URL of a new database on the PostgreSQL server of the tests. It is empty, except on Citus: there its tables exist,
 * without rows, and are distributed.
 */
export async function makeDatabase(): Promise<string> {
  const { server, name } = newDatabase()
  if (isCitus) {
    await makeCitusDatabase(server, name)
    return urlOf(server, name)
  }
  await administer(server, `CREATE DATABASE ${name}`)
  after(() => administer(server, `DROP DATABASE ${name} WITH (FORCE)`))
  return urlOf(server, name)
}

/** The PostgreSQL server of the tests, and a name for a new database on it. */
function newDatabase(): { server: string; name: string } {
  const server = process.env.TEST_DATABASE_URL
  assert.ok(server, 'no PostgreSQL: run the tests with npm run test:postgres, which starts one')
  return { server, name: `handset_test_${randomBytes(6).toString('hex')}` }
}
