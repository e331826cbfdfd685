import type { Parameter } from './port.ts'

/** The values of rows in the order of columns, as an insert takes them. */
export function valuesOfRows(rows: readonly Record<string, unknown>[], columns: readonly string[]): Parameter[][] {
  return rows.map((row) => columns.map((column) => row[column] as Parameter))
}

/** An INSERT of so many rows at once. */
export function insertStatement(table: string, columns: readonly string[], rows: number, onConflict: string): string {
  const places = Array.from({ length: rows }, (_, row) => {
    const first = row * columns.length + 1
    return `(${columns.map((_, column) => `$${first + column}`).join(', ')})`
  })
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places.join(', ')} ${onConflict}`
}

/** How many rows go into one statement, greatest first: few sizes, since each is a statement of its own to prepare. */
const SIZES = [100, 10, 1]

/** Statements that insert rows many at a time, each with its parameters. */
export function insertStatements(
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Parameter[])[],
  onConflict: string,
): { sql: string; parameters: Parameter[] }[] {
  const statements = []
  for (let done = 0; done < rows.length; ) {
    const size = SIZES.find((each) => each <= rows.length - done) as number
    const parameters = rows.slice(done, done + size).flat()
    statements.push({ sql: insertStatement(table, columns, size, onConflict), parameters })
    done += size
  }
  return statements
}
