import { hash } from 'node:crypto'
import type { Caller } from '../caller.ts'
import { type Context, contextWithin } from '../context.ts'
import { ApiError } from '../errors.ts'
import { type Importer, importValid } from './importer.ts'
import type { Kind } from './kind.ts'
import type { ImportOutcome, ImportRules } from './outcome.ts'

/** Thrown to roll back the transaction of a dry run. */
class RolledBack extends Error {}

/**
 * Returns the outcomes that `createImporter` would, without changing anything. It remembers the identity and a digest
 * of each row, which takes about a hundred bytes per row.
 */
export function createDryRun<Row extends object>(
  context: Context,
  caller: Caller,
  kind: Kind<Row>,
  rules: ImportRules,
): Importer {
  const earlierRows = new Map<string, string>()

  async function tryRows(rows: readonly Row[]): Promise<ImportOutcome[]> {
    let outcomes: ImportOutcome[] = []
    await context.db
      .transaction(async (tx) => {
        outcomes = await kind.importRows(contextWithin(tx, context, []), tx, caller, rows, { ...rules, events: false })
        throw new RolledBack()
      })
      .catch((error) => {
        if (!(error instanceof RolledBack)) throw error
      })
    const checked = outcomes.map((outcome, position) => afterEarlierRows(outcome, rows[position] as Row))
    for (const row of rows) earlierRows.set(kind.identity(row), digestOf(row))
    return checked
  }

  /** The outcome of a row whose object an earlier batch would have created. */
  function afterEarlierRows(outcome: ImportOutcome, row: Row): ImportOutcome {
    const earlier = earlierRows.get(kind.identity(row))
    if (outcome.status !== 'created' || earlier === undefined) return outcome
    const { id } = outcome
    if (earlier === digestOf(row)) return { status: 'unchanged', id }
    if (rules.update) return { status: 'updated', id }
    return { status: 'rejected', error: new ApiError('invalid', 'It differs from an earlier row for the same object') }
  }

  return (lines) => importValid(lines, kind, caller, tryRows)
}

function digestOf(row: object): string {
  return hash('sha1', JSON.stringify(row), 'base64')
}
