import type { Caller } from '../caller.ts'
import { announceCommit, type Context, contextWithin, type ObjectChange, recordChanges } from '../context.ts'
import { validateBody } from '../contract/validation.ts'
import type { Queries } from '../db/port.ts'
import { type ApiError, invalid } from '../errors.ts'
import type { Kind } from './kind.ts'
import type { ImportOutcome, ImportRules } from './outcome.ts'

/** A row as read: its value before validation, or why it has none. */
export interface Line {
  /** The number of its last line, counted from 1. */
  line: number
  value: unknown
  fault: ApiError | null
}

/** A row of an import, with its size in characters. */
export interface InputLine extends Line {
  size: number
}

/** Imports a batch of rows. Returns an outcome for each. */
export type Importer = (lines: readonly Line[]) => Promise<ImportOutcome[]>

/**
 * Imports the valid rows of each batch in one transaction, with their events. The batch is durable when the importer
 * resolves.
 */
export function createImporter<Row extends object>(
  context: Context,
  caller: Caller,
  kind: Kind<Row>,
  rules: ImportRules,
): Importer {
  return (lines) =>
    importValid(lines, kind, caller, async (rows) => {
      const store = async (tx: Queries) => {
        const changes: ObjectChange[] = []
        const outcomes = await kind.importRows(contextWithin(tx, context, changes), tx, caller, rows, rules)
        await recordChanges(
          tx,
          context,
          { ...context, caller },
          changes,
          ({ before }) => rules.events || before !== null,
        )
        return { outcomes, changes }
      }
      await context.continueIds(context.db, caller.project.id)
      const { outcomes, changes } = await context.db.transaction(store, { project: caller.project.id })
      announceCommit(context, caller.project.id, changes)
      return outcomes
    })
}

/** Validates rows, and imports the valid ones. Returns an outcome for each. */
export async function importValid<Row extends object>(
  lines: readonly Line[],
  { schema }: Kind<Row>,
  { project }: Caller,
  importRows: (rows: readonly Row[]) => Promise<ImportOutcome[]>,
): Promise<ImportOutcome[]> {
  const faults = lines.map(({ fault, value }) => {
    if (fault !== null) return fault
    const problems = validateBody(value, schema, project.type)
    return problems.length > 0 ? invalid(problems) : null
  })
  const valid = lines.filter((_, position) => faults[position] === null)
  const outcomes = valid.length > 0 ? await importRows(valid.map(({ value }) => value as Row)) : []
  let used = 0
  return faults.map((error) =>
    error === null ? (outcomes[used++] as ImportOutcome) : { status: 'rejected' as const, error },
  )
}
