import { hash } from 'node:crypto'
import type { Caller } from '../caller.ts'
import type { Registry } from '../context.ts'
import { judgeBody } from '../contract/validation.ts'
import { ApiError, invalid } from '../errors.ts'
import type { ImportOutcome, ImportRules } from '../resources/import-outcome.ts'
import type { Kind } from './kinds.ts'

/** A row as it was read: its value, not yet judged, or why there is none. */
export interface Line {
  /** The line that it ends on, counted from 1. */
  line: number
  value: unknown
  fault: ApiError | null
}

/** Takes the rows of a batch; gives an outcome for each. */
export type Taker = (lines: readonly Line[]) => Promise<ImportOutcome[]>

/** Takes batches for good: those rows that the API's own rules find good in one transaction, durable when it resolves. */
export function createTaker<Row extends object>(
  registry: Registry,
  caller: Caller,
  kind: Kind<Row>,
  rules: ImportRules,
): Taker {
  return (lines) =>
    takeGood(lines, kind, caller, (rows) =>
      registry.db.transaction((tx) => kind.take(registry, tx, caller, rows, rules)),
    )
}

/**
 * Judges batches as `createTaker` would take them, and changes nothing. For that it remembers of each row before what
 * names it and a digest: some hundred bytes a row.
 */
export function createRehearsal<Row extends object>(
  registry: Registry,
  caller: Caller,
  kind: Kind<Row>,
  rules: ImportRules,
): Taker {
  const before = new Map<string, string>()

  async function rehearse(rows: readonly Row[]): Promise<ImportOutcome[]> {
    let outcomes: ImportOutcome[] = []
    await registry.db
      .transaction(async (tx) => {
        outcomes = await kind.take(registry, tx, caller, rows, rules)
        throw new Rehearsed()
      })
      .catch((error) => {
        if (!(error instanceof Rehearsed)) throw error
      })
    const judged = outcomes.map((outcome, position) => judge(outcome, rows[position] as Row))
    for (const row of rows) before.set(kind.identity(row), digestOf(row))
    return judged
  }

  /** What becomes of a row that an earlier batch would have made. */
  function judge(outcome: ImportOutcome, row: Row): ImportOutcome {
    const earlier = before.get(kind.identity(row))
    if (outcome.status !== 'created' || earlier === undefined) return outcome
    const { id } = outcome
    if (earlier === digestOf(row)) return { status: 'unchanged', id }
    if (rules.update) return { status: 'updated', id }
    return { status: 'rejected', error: new ApiError('invalid', 'An earlier row says otherwise of the same one') }
  }

  return (lines) => takeGood(lines, kind, caller, rehearse)
}

/** Ends the transaction of a rehearsal. */
class Rehearsed extends Error {}

function digestOf(row: object): string {
  return hash('sha1', JSON.stringify(row), 'base64')
}

async function takeGood<Row extends object>(
  lines: readonly Line[],
  { schema }: Kind<Row>,
  { project }: Caller,
  take: (rows: readonly Row[]) => Promise<ImportOutcome[]>,
): Promise<ImportOutcome[]> {
  const faults = lines.map(({ fault, value }) => {
    if (fault !== null) return fault
    const problems = judgeBody(value, schema, project.type)
    return problems.length > 0 ? invalid(problems) : null
  })
  const good = lines.filter((_, position) => faults[position] === null)
  const outcomes = good.length > 0 ? await take(good.map(({ value }) => value as Row)) : []
  let taken = 0
  return faults.map((error) =>
    error === null ? (outcomes[taken++] as ImportOutcome) : { status: 'rejected' as const, error },
  )
}
