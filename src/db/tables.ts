import { createHash } from 'node:crypto'
import { MIGRATIONS } from './migrations.ts'
import type { KeyedTable, Parameter, Queries } from './port.ts'
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

export type Engine = 'sqlite' | 'postgres'

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
 * The tables of the current schema, each after those that it references. Runs the migrations on an empty SQLite database
 * and reads the tables from there; they are the same on PostgreSQL. The history table is not one of them.
 */
export async function presentTables(): Promise<Table[]> {
  const db = openScratch()
  try {
    for (const { statements } of MIGRATIONS) for (const statement of statements) await db.run(statement)
    return parentsFirst(await sqliteTables(db))
  } finally {
    db.close()
  }
}

/** The tables of a SQLite database, by name. */
export async function sqliteTables(db: Reader): Promise<Table[]> {
  const tables: Table[] = []
  for (const name of await tableNames(db, 'sqlite')) {
    const columns = await db.all<{ name: string; pk: number }>('SELECT name, pk FROM pragma_table_info($1)', [name])
    const parents = await db.all<{ name: string }>(
      'SELECT DISTINCT "table" AS name FROM pragma_foreign_key_list($1) WHERE "table" <> $1',
      [name],
    )
    tables.push({
      name,
      columns: columns.map((column) => column.name),
      key: columns
        .filter(({ pk }) => pk > 0)
        .sort((a, b) => a.pk - b.pk)
        .map((column) => column.name),
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

/** Reads the rows of a table in batches, in the order of its key: those after the row `after`, up to the row `last`. */
export function readRows(
  db: Reader,
  { name, columns, key }: KeyedTable,
  { after, last }: { after?: Row | undefined; last?: Row | undefined } = {},
): AsyncGenerator<Row[]> {
  const keyOf = (row: Row) => key.map((column) => row[column] as Parameter)
  const tuple = `(${key.join(', ')})`
  const places = (first: number) => `(${key.map((_, place) => `$${first + place}`).join(', ')})`
  const upTo = last === undefined ? '' : `${tuple} <= ${places(1)} AND `
  const parameters = last === undefined ? [] : keyOf(last)
  const sql = `SELECT ${columns.join(', ')} FROM ${name} WHERE ${upTo}${tuple} > ${places(parameters.length + 1)}
    ORDER BY ${key.join(', ')} LIMIT ${BATCH_ROWS}`
  return walkPages<Row>(db, sql, key, { parameters, after: after && keyOf(after) })
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
