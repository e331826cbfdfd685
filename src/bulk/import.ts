import type { Importer, InputLine } from './importer.ts'
import type { Input } from './input.ts'
import { addOutcome, emptySummary, reasonOf, type Summary } from './outcome.ts'

export interface ImportOptions {
  /** Called with every rejected row, in the form for the rejects file. */
  onReject: (row: string) => void
  /** Called after every batch. */
  onProgress: (summary: Summary) => void
  /** Stops the import after the current batch. A repeated import recognises the rows that were imported. */
  signal: AbortSignal
}

/**
 * Rows per transaction, during which a server's own writes wait. With fewer rows, each page of an index would be
 * written for only a row or two.
 */
const BATCH_ROWS = 20_000

/** The maximum number of characters of rows in memory. */
const BATCH_SIZE = 8 * 1024 * 1024

/** Imports all rows in batches. Each batch is durable before the next starts. */
export async function importAll(
  { rows, toReject }: Pick<Input, 'rows' | 'toReject'>,
  importBatch: Importer,
  { onReject, onProgress, signal }: ImportOptions,
): Promise<Summary> {
  const summary = emptySummary()
  try {
    for await (const batch of inBatches(rows)) {
      const outcomes = await importBatch(batch)
      outcomes.forEach((outcome, position) => {
        addOutcome(summary, outcome)
        if (outcome.status === 'rejected') onReject(toReject(batch[position] as InputLine, reasonOf(outcome.error)))
      })
      onProgress(summary)
      if (signal.aborted) break
    }
  } catch (error) {
    // An abort can also end the source, which then throws.
    if (!signal.aborted) throw error
  }
  return summary
}

async function* inBatches(rows: AsyncIterable<InputLine[]>): AsyncGenerator<InputLine[]> {
  let batch: InputLine[] = []
  let size = 0
  for await (const lines of rows) {
    for (const line of lines) {
      batch.push(line)
      size += line.size
      if (batch.length < BATCH_ROWS && size < BATCH_SIZE) continue
      yield batch
      batch = []
      size = 0
    }
  }
  if (batch.length > 0) yield batch
}
