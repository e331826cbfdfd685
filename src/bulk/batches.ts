import type { InputLine } from './importer.ts'

/** The maximum number of rows and characters in a batch. */
export interface BatchLimits {
  rows: number
  size: number
}

/** Cuts rows into batches as they arrive, whatever pieces they arrive in. */
export async function* inBatches(
  pieces: Iterable<readonly InputLine[]> | AsyncIterable<readonly InputLine[]>,
  limits: BatchLimits,
): AsyncGenerator<InputLine[]> {
  let batch: InputLine[] = []
  let size = 0
  for await (const lines of pieces) {
    for (const line of lines) {
      batch.push(line)
      size += line.size
      if (batch.length < limits.rows && size < limits.size) continue
      yield batch
      batch = []
      size = 0
    }
  }
  if (batch.length > 0) yield batch
}
