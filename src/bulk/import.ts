import type { ApiError } from '../errors.ts'
import type { Taker } from './batch.ts'
import type { FleetBatch } from './input.ts'

/** What became of the rows; all but `rows` add up to `rows`. */
export interface FleetSummary {
  rows: number
  created: number
  updated: number
  unchanged: number
  rejected: number
}

export interface FleetImportOptions {
  /** Called with every row that is not taken, as a file of rejects writes it. */
  onReject: (row: string) => void
  /** Called after every batch. */
  onProgress: (summary: FleetSummary) => void
  /** Ends the import behind the batch in hand; run again, it finds what it has taken. */
  signal: AbortSignal
}

/** Takes all rows, batch by batch, each durable before the next. */
export async function importFleet(
  batches: AsyncIterable<FleetBatch>,
  take: Taker,
  { onReject, onProgress, signal }: FleetImportOptions,
): Promise<FleetSummary> {
  const summary: FleetSummary = { rows: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 }
  try {
    for await (const batch of batches) {
      const outcomes = await take(batch.lines)
      outcomes.forEach((outcome, position) => {
        summary.rows += 1
        summary[outcome.status] += 1
        if (outcome.status === 'rejected') onReject(batch.toReject(position, reasonOf(outcome.error)))
      })
      onProgress(summary)
      if (signal.aborted) break
    }
  } catch (error) {
    // Whoever aborts may also have ended a source that gave nothing more.
    if (!signal.aborted) throw error
  }
  return summary
}

function reasonOf({ message, hint, problems }: ApiError): string {
  const told = problems.length > 0 ? problems : [{ message, hint }]
  return told.map((problem) => (problem.hint ? `${problem.message}. ${problem.hint}` : problem.message)).join('; ')
}
