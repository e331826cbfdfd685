import type postgres from 'postgres'
import { columnsNamed, insertStatements } from '../insert.ts'
import type { Parameter, Publication, Queries } from '../port.ts'
import { type Spelling, spellCalls } from '../spelling.ts'
import { readRows } from '../tables.ts'
import type { Connection } from './connection.ts'

export const NO_PARAMETERS: readonly Parameter[] = []

/** Runs one statement. */
export type RunStatement = (sql: string, parameters: readonly Parameter[]) => Promise<postgres.RowList<postgres.Row[]>>

/** Creates the query methods over a function that runs a statement. */
export function createQueries(runStatement: RunStatement): Queries {
  return {
    async all<Row>(sql: string, parameters = NO_PARAMETERS) {
      return (await runStatement(sql, parameters)) as unknown as Row[]
    },
    async get<Row>(sql: string, parameters = NO_PARAMETERS) {
      return (await runStatement(sql, parameters))[0] as Row | undefined
    },
    async run(sql, parameters = NO_PARAMETERS) {
      return (await runStatement(sql, parameters)).count
    },
    // The statements are pipelined: each is sent before the result of the one before it arrives.
    async insert(table, columns, rows, onConflict = '') {
      const statements = insertStatements(table, columns, [...rows], onConflict)
      const results = await Promise.all(statements.map(({ sql, parameters }) => runStatement(sql, parameters)))
      return results.reduce((sum, { count }) => sum + count, 0)
    },
  }
}

/** Extends a transaction with inserts from a scratch database, which it reads batch by batch. */
export function createPublication(tx: Queries, scratch: Queries): Publication {
  return {
    ...tx,
    async insertFrom(from, table, onConflict) {
      for await (const rows of readRows(scratch, from)) {
        await tx.insert(table, columnsNamed(from.columns), rows, onConflict)
      }
    },
  }
}

const spelled = new Map<string, string>()

/** Sends a statement. Each is spelled once, and prepared once on each connection. */
export function sendStatement({ sql: client }: Connection, sql: string, parameters: readonly Parameter[]) {
  let text = spelled.get(sql)
  if (text === undefined) {
    text = spell(sql)
    spelled.set(sql, text)
  }
  return client.unsafe(text, parameters as Parameter[], { prepare: true })
}

/** `row_to_json` and `array_to_json` write JSON without blanks, byte for byte as SQLite does. */
const SPELLING: Spelling = {
  JSON_OBJECT(...pairs) {
    const columns: string[] = []
    for (let place = 0; place < pairs.length; place += 2) {
      columns.push(`${pairs[place + 1]} AS "${(pairs[place] as string).slice(1, -1)}"`)
    }
    return `(SELECT row_to_json(o) FROM (SELECT ${columns.join(', ')}) o)`
  },
  JSON_LIST: (item) => `array_to_json(array_agg(${item}))`,
  JSON_OBJECTS: (object, source, order) =>
    `COALESCE((SELECT array_to_json(array_agg(${object} ORDER BY ${order})) ${source}), '[]')`,
  JSON_VALUE: (text) => `(${text})::json`,
  JSON_EACH: (text) => `LATERAL (SELECT value COLLATE "C" AS value FROM json_array_elements_text((${text})::json))`,
  JSON_ITEMS: (parameter) => `SELECT json_array_elements_text((${parameter})::json)`,
  // The age in transactions: a transaction that conflicts with another gets its number after the other has committed.
  COMMIT_ORDER: (alias) => `-age(${alias}.xmin)`,
}

/** Translates portable SQL (see `Queries`) into PostgreSQL's. */
export function spell(sql: string): string {
  const text = spellCalls(sql, SPELLING)
  return /^\s*(CREATE|ALTER) TABLE/.test(text) ? text.replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"') : text
}
