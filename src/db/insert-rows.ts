import type { Parameter, Queries } from './port.ts'

/** How many rows go into one statement, greatest first: few sizes, since each is a statement of its own to prepare. */
const SIZES = [100, 10, 1]

/** Inserts rows many at a time; `onConflict` is the clause for a key that exists. */
export async function insertRows(
  tx: Queries,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Parameter[])[],
  onConflict = '',
): Promise<void> {
  for (let done = 0; done < rows.length; ) {
    const size = SIZES.find((each) => each <= rows.length - done) as number
    await tx.run(statementFor(table, columns, size, onConflict), rows.slice(done, done + size).flat())
    done += size
  }
}

function statementFor(table: string, columns: readonly string[], size: number, onConflict: string): string {
  const places = Array.from({ length: size }, (_, row) => {
    const first = row * columns.length + 1
    return `(${columns.map((_, column) => `$${first + column}`).join(', ')})`
  })
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places.join(', ')} ${onConflict}`
}
