import { SetupError } from '../errors.ts'
import { columnsNamed } from './insert.ts'
import { appliedVersion, HISTORY_NAME, migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import type { Database, Queries } from './port.ts'
import {
  digestTable,
  type Engine,
  presentTables,
  type Row,
  readRows,
  type Table,
  type TableDigest,
  tableNames,
} from './tables.ts'

/** A store to copy from or to. */
export interface Side<Store> {
  db: Store
  engine: Engine
  /** What a person calls it. */
  name: string
}

type Source = Side<Pick<Queries, 'all' | 'get'>>
type Target = Side<Database>

/** A copy that goes on from where the target is. */
export interface Copy {
  /** Rows that are still to be copied. */
  missing: number
  /** Rows of the source. */
  total: number
  /**
   * Copies the missing rows, a transaction a batch. `onRows` hears how many each batch had; when it throws, the copy
   * ends there and may be gone on with. Throws `SetupError` where the target does not take a row.
   */
  copyRows(onRows: (count: number) => void): Promise<void>
  /** What every table holds on both sides, read anew. `onRows` as above, for the rows of both. */
  compare(onRows: (count: number) => void): Promise<Record<string, { from: TableDigest; to: TableDigest }>>
}

/** Refuses, with `SetupError`, a store that is not at this Handset's schema. */
export async function requirePresentSchema({ db, engine, name }: Source): Promise<void> {
  if (!(await tableNames(db, engine)).includes(HISTORY_NAME)) throw new SetupError(`${name} is not a Handset database`)
  const version = await appliedVersion(db)
  if (version === MIGRATIONS.length) return
  const cure = version < MIGRATIONS.length ? 'run handset migrate on it first' : 'upgrade Handset'
  throw new SetupError(`${name} is at schema ${version}, and this Handset knows ${MIGRATIONS.length}: ${cure}`)
}

/**
 * Looks at both sides and brings an empty target up to the present schema. A target that holds rows is gone on with
 * when, table by table, they are the first ones of the source.
 *
 * Throws `SetupError` for a source of another schema and for a target that holds anything else; it is left as it was.
 * Nothing may write to either store meanwhile: `compare` tells when something did.
 */
export async function prepareCopy(source: Source, target: Target): Promise<Copy> {
  await requirePresentSchema(source)
  const tables = await presentTables()
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

/** Brings a target without rows up to the present schema. */
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

/** Gives how many rows of a table the target has, which must be the source's up to and with `last`. */
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
    // A row that points at one made since: either engine refuses it, each in its own words.
    throw new SetupError(
      `The target does not take rows of ${name.replaceAll('_', ' ')}: ${(error as Error).message}. ` +
        'Stop what writes to either store, and run the same command again: it goes on',
    )
  }
}
