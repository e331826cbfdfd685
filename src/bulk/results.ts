import { toBody } from '../contract/error-body.ts'
import type { ApiError } from '../errors.ts'
import { type BatchLimits, inBatches } from './batches.ts'
import type { Importer, InputLine } from './importer.ts'
import type { Input } from './input.ts'
import { addOutcome, emptySummary, type ImportOutcome, type Summary } from './outcome.ts'

/** Per transaction. A row of 64 KiB can have errors of more than a megabyte. */
const LIMITS: BatchLimits = { rows: 500, size: 1024 * 1024 }

/**
 * Imports rows as they arrive. Writes NDJSON: a result for each row, after the commit that makes it durable. Returns the
 * end of the response: the summary. If the import fails, the error that `fail` returns precedes the summary, whose
 * `complete` is then false.
 */
export async function importResults(
  { rows }: Pick<Input, 'rows'>,
  importBatch: Importer,
  write: (text: string) => Promise<void>,
  fail: (error: unknown) => ApiError,
): Promise<string> {
  const summary = emptySummary()
  try {
    for await (const lines of rows) {
      for await (const batch of inBatches([lines], LIMITS)) {
        const outcomes = await importBatch(batch)
        for (const outcome of outcomes) addOutcome(summary, outcome)
        await write(outcomes.map((outcome, position) => toResult(batch[position] as InputLine, outcome)).join(''))
      }
    }
  } catch (error) {
    return `${toBody(fail(error))}\n${toSummary(summary, false)}`
  }
  return toSummary(summary, true)
}

function toResult({ line }: InputLine, outcome: ImportOutcome): string {
  const start = `{"object":"importResult","line":${line},"status":"${outcome.status}"`
  if (outcome.status === 'rejected') return `${start},"error":${toBody(outcome.error)}}\n`
  return `${start},"id":"${outcome.id}"}\n`
}

function toSummary(summary: Summary, complete: boolean): string {
  return `${JSON.stringify({ object: 'importSummary', ...summary, complete })}\n`
}
