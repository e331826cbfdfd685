import { toBody } from '../contract/error-body.ts'
import type { ApiError } from '../errors.ts'
import type { Importer, InputLine } from './importer.ts'
import type { Input } from './input.ts'
import { addOutcome, emptySummary, type ImportOutcome, type Summary } from './outcome.ts'

/** Rows per transaction. Their results are sent together. */
const BATCH_ROWS = 500

/**
 * Imports rows as they arrive. Yields NDJSON: a result for each row, after the commit that makes it durable, and a
 * summary at the end. If the import fails, the line before the summary is the error that `fail` returns, and the
 * summary is not complete. A batch starts only when the consumer has taken the results of the previous one.
 */
export async function* importResults(
  { rows }: Pick<Input, 'rows'>,
  importBatch: Importer,
  fail: (error: unknown) => ApiError,
): AsyncGenerator<string> {
  const summary = emptySummary()
  try {
    for await (const lines of rows) {
      for (let from = 0; from < lines.length; from += BATCH_ROWS) {
        const batch = lines.slice(from, from + BATCH_ROWS)
        const outcomes = await importBatch(batch)
        for (const outcome of outcomes) addOutcome(summary, outcome)
        yield outcomes.map((outcome, position) => toResult(batch[position] as InputLine, outcome)).join('')
      }
    }
  } catch (error) {
    yield `${toBody(fail(error))}\n${toSummary(summary, false)}`
    return
  }
  yield toSummary(summary, true)
}

function toResult({ line }: InputLine, outcome: ImportOutcome): string {
  const start = `{"object":"importResult","line":${line},"status":"${outcome.status}"`
  if (outcome.status === 'rejected') return `${start},"error":${toBody(outcome.error)}}\n`
  return `${start},"id":"${outcome.id}"}\n`
}

function toSummary(summary: Summary, complete: boolean): string {
  return `${JSON.stringify({ object: 'importSummary', ...summary, complete })}\n`
}
