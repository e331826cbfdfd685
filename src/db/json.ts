import { type Awaitable, andThen } from '../domain/awaitable.ts'
import type { Parameter, Queries } from './port.ts'

/**
 * A portable SQL expression that renders a row as the JSON of a resource, with its properties in the given order.
 *
 * Takes the SQL of the value of every property of `Resource`. A missing property and an undeclared one are compile
 * errors, so a response can neither lack nor leak a column.
 */
export function jsonObject<Resource>(properties: Readonly<Record<keyof Resource & string, string>>): string {
  const pairs = Object.entries<string>(properties).map(([name, sql]) => `'${name}', ${sql}`)
  return `JSON_OBJECT(${pairs.join(', ')})`
}

/** Runs a statement that selects one `json`. Returns the JSON of the row, or undefined without a row. */
export function getJson(db: Queries, sql: string, parameters: readonly Parameter[]): Awaitable<string | undefined> {
  return andThen(db.get<{ json: string }>(sql, parameters), (row) => row?.json)
}
