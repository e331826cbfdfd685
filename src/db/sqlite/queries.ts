import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { insertSql } from '../insert.ts'
import { type Columns, LONG_ROWS, type Parameter, type Queries } from '../port.ts'
import { type Spelling, spellCalls } from '../spelling.ts'
import { translateError } from './errors.ts'

/** The queries of one connection. */
export interface ConnectionQueries {
  queries: Queries
  /** Whether a statement has changed the schema since the last call. */
  hasChangedSchema(): boolean
  /** The number of statements so far that may have changed the store. */
  changes(): number
  close(): void
}

interface Prepared {
  statement: StatementSync
  columns: readonly string[]
  /** Whether it changes rows, and nothing else. */
  changesRows: boolean
}

const CHANGES_ROWS = /^\s*(INSERT|UPDATE|DELETE)\b/
const DDL = /^\s*(CREATE|ALTER|DROP)\b/

/** The last INSERT into some columns. Writing its text anew for each row would take as long as inserting the row. */
interface Insert {
  table: string
  onConflict: string
  statement: StatementSync
}

/** Creates the queries of a connection. Each statement is prepared once. */
export function createQueries(connection: DatabaseSync): ConnectionQueries {
  const statements = new Map<string, Prepared>()
  const inserts = new WeakMap<Columns<never>, Insert>()
  let hasChangedSchema = false
  let changes = 0

  function prepare(sql: string): Prepared {
    let prepared = statements.get(sql)
    if (prepared === undefined) {
      prepared = prepareOn(connection, sql)
      if (DDL.test(sql)) hasChangedSchema = true
      statements.set(sql, prepared)
    }
    return prepared
  }

  function prepareInsert(table: string, columns: Columns<never>, onConflict: string): StatementSync {
    const last = inserts.get(columns)
    if (last?.table === table && last.onConflict === onConflict) return last.statement
    const { statement } = prepare(insertSql(table, columns.names, 1, onConflict))
    inserts.set(columns, { table, onConflict, statement })
    return statement
  }

  return {
    queries: {
      all<Row>(sql: string, parameters: readonly Parameter[] = []) {
        try {
          const { statement, columns } = prepare(sql)
          const rows = statement.all(...parameters) as unknown as unknown[][]
          return rows.map((values) => toRow(columns, values) as Row)
        } catch (error) {
          throw translateError(error)
        }
      },
      get<Row>(sql: string, parameters: readonly Parameter[] = []) {
        try {
          const { statement, columns } = prepare(sql)
          const values = statement.get(...parameters) as unknown[] | undefined
          return values && (toRow(columns, values) as Row)
        } catch (error) {
          throw translateError(error)
        }
      },
      run(sql, parameters = []) {
        try {
          const { statement, changesRows } = prepare(sql)
          const count = Number(statement.run(...parameters).changes)
          if (count > 0 || !changesRows) changes += 1
          return count
        } catch (error) {
          throw translateError(error)
        }
      },
      // One statement per row: to be able to undo a statement, SQLite copies every page that it changes, and a
      // statement of many rows changes many.
      insert(table, columns, rows, onConflict = '') {
        try {
          const statement = prepareInsert(table, columns, onConflict)
          let inserted = 0
          changes += 1
          for (const row of rows) inserted += Number(statement.run(...columns.valuesOf(row)).changes)
          return inserted
        } catch (error) {
          throw translateError(error)
        }
      },
    },
    hasChangedSchema() {
      const has = hasChangedSchema
      hasChangedSchema = false
      return has
    },
    changes: () => changes,
    close() {
      statements.clear()
      connection.close()
    },
  }
}

function prepareOn(connection: DatabaseSync, sql: string): Prepared {
  const statement = connection.prepare(spell(sql))
  statement.setReturnArrays(true)
  return { statement, columns: statement.columns().map(({ name }) => name), changesRows: CHANGES_ROWS.test(sql) }
}

/**
 * Builds a row from its values. The objects that `node:sqlite` builds take longer, and only a full garbage collection
 * frees them.
 */
function toRow(columns: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (let place = 0; place < columns.length; place++) row[columns[place] as string] = values[place]
  return row
}

const SPELLING: Spelling = {
  JSON_OBJECT: (...pairs) => `json_object(${pairs.join(', ')})`,
  JSON_LIST: (item) => `json_group_array(${item})`,
  // The subquery sorts, by following an index if it can. An aggregate that sorts makes a temporary table each time.
  JSON_OBJECTS: (object, source, order) =>
    `(SELECT json_group_array(json(o.object)) FROM (SELECT ${object} AS object ${source} ORDER BY ${order}) o)`,
  JSON_VALUE: (text) => `json(${text})`,
  JSON_EACH: (text) => `json_each(${text})`,
  JSON_ITEMS: (parameter) => `SELECT value FROM json_each(${parameter})`,
  // No two transactions of this engine run at the same time.
  COMMIT_ORDER: () => '0',
}

/** Translates portable SQL (see `Queries`) into SQLite's. */
export function spell(sql: string): string {
  const spelled = spellCalls(sql, SPELLING).replaceAll(/\$(\d+)/g, '?$1')
  if (!/^\s*CREATE TABLE/.test(spelled)) return spelled
  const table = `${spelled.replaceAll(/\bBIGINT\b/g, 'INTEGER')} STRICT`
  // A table without row ids is one tree in the order of its primary key, so a page of a list is one run of rows. Such a
  // tree moves rows above a quarter of a page to pages of their own (https://www.sqlite.org/withoutrowid.html).
  return table.includes(LONG_ROWS) ? table : `${table}, WITHOUT ROWID`
}
