import { type BatchLimits, inBatches } from './batches.ts'
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
 * The limits of one transaction, during which a server's own writes wait. With fewer rows, each page of an index would
 * be written for only a row or two. The size limits how much memory the rows take.
 */
const LIMITS: BatchLimits = { rows: 20_000, size: 8 * 1024 * 1024 }

/** Imports all rows in batches. Each batch is durable before the next starts. */
export async function importAll(
  { rows, toReject }: Pick<Input, 'rows' | 'toReject'>,
  importBatch: Importer,
  { onReject, onProgress, signal }: ImportOptions,
): Promise<Summary> {
  const summary = emptySummary()
  try {
    for await (const batch of inBatches(rows, LIMITS)) {
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
