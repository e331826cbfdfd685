import type { TObject } from 'typebox'
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import type { Listing } from '../db/page.ts'
import type { Queries } from '../db/port.ts'
import type { Table } from '../domain/csv/header.ts'
import { tableOf } from './columns.ts'
import type { ImportOutcome, ImportRules } from './outcome.ts'

/** A kind of objects that can be imported and exported. */
export interface Kind<Row extends object = never> {
  /** In the plural: `devices`. */
  name: string
  /** The schema of a row of an import. */
  schema: TObject
  /** Its form in CSV. */
  table: Table
  /**
   * Imports valid rows within a transaction. Returns an outcome for each. Makes every change through the context, which
   * collects the events to record.
   */
  importRows(
    context: Context,
    tx: Queries,
    caller: Caller,
    rows: readonly Row[],
    rules: ImportRules,
  ): Promise<ImportOutcome[]>
  /** The property that identifies the object of a row. */
  identity(row: Row): string
  /** The schema of a row of an export, and which objects it lists. */
  exported: { schema: TObject; rows(caller: Caller): Listing }
}

/** `unknown` if both types have the same properties, otherwise `never`. */
type Same<One, Other> = [keyof One, keyof Other] extends [keyof Other, keyof One] ? unknown : never

/** `unknown` if the first type has every property of the second, otherwise `never`. */
type Covers<One, Other> = keyof Other extends keyof One ? unknown : never

/**
 * Defines a kind. It compiles only if imports read every property that exports write, and every property that a create
 * accepts. So a new property cannot be forgotten.
 */
export function kindOf<Row extends object, Exported, Created>(
  kind: Omit<Kind<Row>, 'table'> & Same<Row, Exported> & Covers<Row, Created>,
): Kind<Row> {
  return { ...kind, table: tableOf(kind.name, kind.schema) }
}
