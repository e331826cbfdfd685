import { createHash } from 'node:crypto'
import { MIGRATIONS, type Migration } from './migrations.ts'
import { where } from './page.ts'
import type { Engine, KeyedTable, Parameter, Queries } from './port.ts'
import { openScratch } from './sqlite/scratch.ts'
import { walkPages } from './walk.ts'

/** A table, as the database describes it. */
export interface Table extends KeyedTable {
  /** The other tables that its foreign keys reference. */
  parents: readonly string[]
}

/** The number of rows in a table, and a digest of them all in the order of their keys. */
export interface TableDigest {
  rows: number
  digest: string
}

export type Row = Readonly<Record<string, Parameter>>

type Reader = Pick<Queries, 'all'>

/** How many rows a query reads: a few megabytes at most, in any table. */
export const BATCH_ROWS = 1_000

const TABLE_NAMES: Record<Engine, string> = {
  sqlite: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  postgres: 'SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY tablename',
}

/** The names of all tables in the schema of a store, in order. */
export async function tableNames(db: Reader, engine: Engine): Promise<string[]> {
  return (await db.all<{ name: string }>(TABLE_NAMES[engine])).map(({ name }) => name)
}

/**
 * The tables that these migrations make, by default those of the current schema, each after those that it references.
 * Runs the migrations on an empty SQLite database and reads the tables from there; they are the same on PostgreSQL. The
 * history table is not one of them.
 */
export async function currentTables(migrations: readonly Migration[] = MIGRATIONS): Promise<Table[]> {
  const db = openScratch()
  try {
    for (const { statements } of migrations) for (const statement of statements) await db.run(statement)
    return parentsFirst(await sqliteTables(db))
  } finally {
    db.close()
  }
}

/** The tables of a SQLite database, by name. */
export async function sqliteTables(db: Reader): Promise<Table[]> {
  const tables: Table[] = []
  for (const name of await tableNames(db, 'sqlite')) {
    const columns = await db.all<{ name: string; pk: number; type: string }>(
      'SELECT name, pk, type FROM pragma_table_info($1)',
      [name],
    )
    const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
    const parents = await db.all<{ name: string }>(
      'SELECT DISTINCT "table" AS name FROM pragma_foreign_key_list($1) WHERE "table" <> $1',
      [name],
    )
    tables.push({
      name,
      columns: columns.map((column) => column.name),
      key: key.map((column) => column.name),
      numbers: key.filter(({ type }) => type !== 'TEXT').map((column) => column.name),
      parents: parents.map((parent) => parent.name),
    })
  }
  return tables
}

function parentsFirst(tables: readonly Table[]): Table[] {
  const ordered: Table[] = []
  while (ordered.length < tables.length) {
    const placed = new Set(ordered.map(({ name }) => name))
    const next = tables.filter(
      ({ name, parents }) => !placed.has(name) && parents.every((parent) => placed.has(parent)),
    )
    if (next.length === 0) throw new Error('The foreign keys of the schema form a cycle')
    ordered.push(...next)
  }
  return ordered
}

/** The column that leads the key of every table with the data of a project. */
export const TENANT_COLUMN = 'project_id'

/** Whether every row of a table belongs to a project. */
export function isTenants({ columns }: Pick<Table, 'columns'>): boolean {
  return columns.includes(TENANT_COLUMN)
}

interface Range {
  after?: Row | undefined
  last?: Row | undefined
}

const PROJECTS = 'SELECT id FROM projects ORDER BY id'

/**
 * Reads the rows of a table in batches, in the order of its key: those after the row `after`, up to the row `last`.
 * Reads one project at a time: where each project is on a machine of its own, every statement asks one machine.
 */
export async function* readRows(db: Reader, table: KeyedTable, { after, last }: Range = {}): AsyncGenerator<Row[]> {
  if (!isTenants(table)) {
    yield* readRange(db, table, { after, last })
    return
  }
  let batch: Row[] = []
  for (const { id } of await db.all<{ id: string }>(PROJECTS)) {
    if (after !== undefined && id < String(after[TENANT_COLUMN])) continue
    if (last !== undefined && id > String(last[TENANT_COLUMN])) break
    const [from, to] = [after, last].map((row) => (row?.[TENANT_COLUMN] === id ? row : undefined))
    for await (const rows of readRange(db, table, { project: id, after: from, last: to })) {
      // Small projects share a batch.
      batch = batch.length === 0 ? rows : [...batch, ...rows]
      if (batch.length < BATCH_ROWS) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

/** Reads a range of the rows of a table, or of a project's rows in it. */
async function* readRange(
  db: Reader,
  { name, columns, key: wholeKey, numbers = [] }: KeyedTable,
  { project, after, last }: Range & { project?: string },
): AsyncGenerator<Row[]> {
  const key = wholeKey.filter((column) => project === undefined || column !== TENANT_COLUMN)
  // The only row of this project.
  if (key.length === 0 && after !== undefined) return
  const keyOf = (row: Row) => key.map((column) => row[column] as Parameter)
  // Every text of a key sorts after the empty one.
  const lowest = (column: string) => (numbers.includes(column) ? Number.MIN_SAFE_INTEGER : '')
  const parameters: Parameter[] = project === undefined ? [] : [project]
  const conditions = project === undefined ? [] : [`${TENANT_COLUMN} = $1`]
  function compare(comparison: string): void {
    if (key.length === 0) return
    const places = key.map((_, place) => `$${parameters.length + place + 1}`)
    conditions.push(`(${key.join(', ')}) ${comparison} (${places.join(', ')})`)
  }
  if (last !== undefined) {
    compare('<=')
    parameters.push(...keyOf(last))
  }
  compare('>')
  const order = key.length === 0 ? '' : `ORDER BY ${key.join(', ')}`
  const sql = `SELECT ${columns.join(', ')} FROM ${name} ${where(conditions)} ${order} LIMIT ${BATCH_ROWS}`
  yield* walkPages<Row>(db, sql, key, { parameters, after: after === undefined ? key.map(lowest) : keyOf(after) })
}

/**
 * Computes the digest of a table, or of its rows up to `last`. Two tables have the same digest only if all their rows are
 * equal, on either engine. `onRows` is called with the number of rows in each batch.
 */
export async function digestTable(
  db: Reader,
  table: Table,
  { last, onRows = () => {} }: { last?: Row; onRows?: (count: number) => void } = {},
): Promise<TableDigest> {
  const digest = createHash('sha256')
  let count = 0
  for await (const rows of readRows(db, table, { last })) {
    for (const row of rows) digest.update(JSON.stringify(table.columns.map((column) => row[column])))
    count += rows.length
    onRows(rows.length)
  }
  return { rows: count, digest: digest.digest('hex') }
}

/** The digest of each of these tables, by name. */
export async function digestTables(db: Reader, tables: readonly Table[]): Promise<Record<string, TableDigest>> {
  const digests: Record<string, TableDigest> = {}
  for (const table of tables) digests[table.name] = await digestTable(db, table)
  return digests
}
