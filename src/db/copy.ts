import { SetupError } from '../errors.ts'
import { columnsNamed } from './insert.ts'
import { appliedVersion, migrate } from './migrate.ts'
import { HISTORY_NAME, MIGRATIONS } from './migrations.ts'
import type { Database, Engine, Queries } from './port.ts'
import { currentTables, digestTable, type Row, readRows, type Table, type TableDigest, tableNames } from './tables.ts'

/** A store to copy from or to. */
export interface Side<Store> {
  db: Store
  engine: Engine
  /** Its name in messages. */
  name: string
}

type Source = Side<Pick<Queries, 'all' | 'get'>>
type Target = Side<Database>

/** A copy that continues where the target ends. */
export interface Copy {
  /** The number of rows that remain to be copied. */
  missing: number
  /** The number of rows in the source. */
  total: number
  /**
   * Copies the missing rows, one transaction per batch, and calls `onRows` with the size of each. If `onRows` throws, the
   * copy ends there and can be continued later. Throws `SetupError` if the target rejects a row.
   */
  copyRows(onRows: (count: number) => void): Promise<void>
  /** Reads every table on both sides and returns the digests. `onRows` as above, for the rows of both. */
  compare(onRows: (count: number) => void): Promise<Record<string, { from: TableDigest; to: TableDigest }>>
}

/** Throws `SetupError` for a store whose schema is not the one of this Handset version. */
export async function requireCurrentSchema({ db, engine, name }: Source): Promise<void> {
  if (!(await tableNames(db, engine)).includes(HISTORY_NAME)) throw new SetupError(`${name} is not a Handset database`)
  const version = await appliedVersion(db)
  if (version === MIGRATIONS.length) return
  const cure = version < MIGRATIONS.length ? 'run handset migrate on it first' : 'upgrade Handset'
  throw new SetupError(`${name} is at schema ${version}, and this Handset knows ${MIGRATIONS.length}: ${cure}`)
}

/**
 * Checks both sides, and migrates an empty target to the current schema. A copy into a target with rows continues if, in
 * each table, they are the first rows of the source.
 *
 * Throws `SetupError` for a source with another schema, and for a target that holds anything else, which stays unchanged.
 * Nothing may write to either store during the copy: `compare` shows if something did.
 */
export async function prepareCopy(source: Source, target: Target): Promise<Copy> {
  await requireCurrentSchema(source)
  const tables = await currentTables()
  await prepareTarget(target, tables)
  const from = source.db
  const to = target.db
  const places = new Map<string, Row | undefined>()
  let missing = 0
  let total = 0
  for (const table of tables) {
    const last = await lastRow(to, table)
    const present = last === undefined ? 0 : await requireBeginning(source, target, table, last)
    const rows = await countRows(from, table)
    places.set(table.name, last)
    missing += rows - present
    total += rows
  }

  async function copyRows(onRows: (count: number) => void): Promise<void> {
    for (const table of tables) {
      for await (const rows of readRows(from, table, { after: places.get(table.name) })) {
        await insertRows(to, table, rows)
        onRows(rows.length)
      }
    }
  }

  async function compare(onRows: (count: number) => void) {
    const compared: Record<string, { from: TableDigest; to: TableDigest }> = {}
    for (const table of tables) {
      const [ours, theirs] = await Promise.all([from, to].map((db) => digestTable(db, table, { onRows })))
      compared[table.name] = { from: ours as TableDigest, to: theirs as TableDigest }
    }
    return compared
  }

  return { missing, total, copyRows, compare }
}

/** Migrates a target without rows to the current schema. */
async function prepareTarget({ db, engine, name }: Target, tables: readonly Table[]): Promise<void> {
  const found = await tableNames(db, engine)
  const known = new Set([HISTORY_NAME, ...tables.map((table) => table.name)])
  const foreign = found.filter((table) => !known.has(table))
  if (foreign.length > 0)
    throw new SetupError(`${name} holds tables that are not Handset's, such as ${foreign[0]}. ${EMPTY}`)
  const version = found.includes(HISTORY_NAME) ? await appliedVersion(db) : 0
  if (version === MIGRATIONS.length) return
  for (const table of found.filter((other) => other !== HISTORY_NAME)) {
    if ((await db.get(`SELECT 1 AS found FROM ${table} LIMIT 1`)) === undefined) continue
    throw new SetupError(
      `${name} holds rows of schema ${version}, and this Handset knows ${MIGRATIONS.length}. ${EMPTY}`,
    )
  }
  await migrate(db, Date.now)
}

const EMPTY = 'Nothing was written: copy into an empty database'

/** Returns how many rows of a table the target has. They must be the rows of the source up to and including `last`. */
async function requireBeginning(source: Source, target: Target, table: Table, last: Row): Promise<number> {
  const [ours, theirs] = await Promise.all([digestTable(source.db, table, { last }), digestTable(target.db, table)])
  if (ours.digest === theirs.digest) return theirs.rows
  throw new SetupError(
    `${target.name} holds ${table.name.replaceAll('_', ' ')} that are not those of ${source.name}. ${EMPTY}`,
  )
}

async function lastRow(db: Queries, { name, key }: Table): Promise<Row | undefined> {
  const order = key.map((column) => `${column} DESC`).join(', ')
  return db.get<Row>(`SELECT ${key.join(', ')} FROM ${name} ORDER BY ${order} LIMIT 1`)
}

async function countRows(db: Pick<Queries, 'get'>, { name }: Table): Promise<number> {
  return (await db.get<{ rows: number }>(`SELECT COUNT(*) AS rows FROM ${name}`))?.rows ?? 0
}

async function insertRows(db: Database, table: Table, rows: readonly Row[]): Promise<void> {
  const { name, columns } = table
  try {
    await db.insert(name, columnsNamed(columns), rows)
  } catch (error) {
    // A row that references a newer one, which was not copied: each engine rejects it with its own message.
    throw new SetupError(
      `The target rejects rows of ${name.replaceAll('_', ' ')}: ${(error as Error).message}. ` +
        'Stop whatever writes to either store, and run the same command again: it continues',
    )
  }
}
