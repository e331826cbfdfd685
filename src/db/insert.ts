import type { Awaitable } from '../domain/awaitable.ts'
import type { Columns, Parameter, Queries } from './port.ts'

/** A statement that writes a row, and the parameters that it takes from the row. Both come from the same columns. */
export interface Statement<Row> {
  readonly sql: string
  readonly parametersOf: (row: Row) => Parameter[]
}

/**
 * Lists the columns of a row: `columns<User>()({ id: true, email: true })`. A missing column, or one that the row lacks,
 * does not compile.
 */
export function columns<Row extends Record<keyof Row, Parameter>>() {
  return (listed: Readonly<Record<keyof Row & string, true>>): Columns<Row> => {
    const names = Object.keys(listed) as (keyof Row & string)[]
    return { names, valuesOf: (row) => names.map((name) => row[name]) }
  }
}

/** The columns of a table that is known only at run time. */
export function columnsNamed(names: readonly string[]): Columns<Readonly<Record<string, Parameter>>> {
  return { names, valuesOf: (row) => names.map((name) => row[name] as Parameter) }
}

export function joinColumns<A, B>(a: Columns<A>, b: Columns<B>): Columns<A & B> {
  return { names: [...a.names, ...b.names], valuesOf: (row) => [...a.valuesOf(row), ...b.valuesOf(row)] }
}

/** The key of every table of a project. */
export const ID = columns<{ project_id: string; id: string }>()({ project_id: true, id: true })

/** An INSERT of one row; `onConflict` is the clause for keys that exist. */
export function insertInto<Row>(table: string, columns: Columns<Row>, onConflict = ''): Statement<Row> {
  return { sql: insertSql(table, columns.names, 1, onConflict), parametersOf: columns.valuesOf }
}

/** An UPDATE that sets columns of the row with this key. `condition` narrows it further, as in `AND name IS NULL`. */
export function updateWhere<Row, Key>(
  table: string,
  columns: Columns<Row>,
  key: Columns<Key>,
  condition = '',
): Statement<Row & Key> {
  const { names, valuesOf } = joinColumns(columns, key)
  const equations = names.map((name, place) => `${name} = $${place + 1}`)
  const set = equations.slice(0, columns.names.length).join(', ')
  const where = equations.slice(columns.names.length).join(' AND ')
  return { sql: `UPDATE ${table} SET ${set} WHERE ${where} ${condition}`, parametersOf: valuesOf }
}

/** An ON CONFLICT clause that replaces an existing row with this key: all of its columns, except for the key. */
export function replaceOnConflict<Row>({ names }: Columns<Row>, key: readonly (keyof Row & string)[]): string {
  const replaced = names.filter((name) => !key.includes(name)).map((name) => `${name} = excluded.${name}`)
  return `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${replaced.join(', ')}`
}

/** Runs a statement for a row. Returns how many rows it changed. */
export function write<Row>(tx: Queries, { sql, parametersOf }: Statement<Row>, row: NoInfer<Row>): Awaitable<number> {
  return tx.run(sql, parametersOf(row))
}

/** The text of an INSERT of several rows. */
export function insertSql(table: string, names: readonly string[], rows: number, onConflict: string): string {
  const places = Array.from({ length: rows }, (_, row) => {
    const first = row * names.length + 1
    return `(${names.map((_, column) => `$${first + column}`).join(', ')})`
  })
  return `INSERT INTO ${table} (${names.join(', ')}) VALUES ${places.join(', ')} ${onConflict}`
}

/** The numbers of rows per INSERT, largest first. There are few, because each is prepared as a separate statement. */
const SIZES = [100, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]

/** Statements that insert many rows each, with their parameters. */
export function insertStatements<Row>(
  table: string,
  { names, valuesOf }: Columns<Row>,
  rows: readonly Row[],
  onConflict: string,
): { sql: string; parameters: Parameter[] }[] {
  const statements = []
  for (let done = 0; done < rows.length; ) {
    const size = SIZES.find((each) => each <= rows.length - done) as number
    const parameters = rows.slice(done, done + size).flatMap(valuesOf)
    statements.push({ sql: insertSql(table, names, size, onConflict), parameters })
    done += size
  }
  return statements
}
