import { toBody } from '../contract/error-body.ts'
import type { Taker } from './batch.ts'
import { readNdjson } from './ndjson.ts'

/** How many lines are taken together, and answered together, at most. */
const BATCH_LINES = 500

/**
 * Takes NDJSON as it arrives; gives NDJSON with a result for each line, behind the commit that makes it durable. Nothing
 * is begun of what comes after a batch whose results nobody wants.
 */
export async function* importResults(take: Taker, pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  for await (const lines of readNdjson(pieces)) {
    for (let from = 0; from < lines.length; from += BATCH_LINES) {
      const batch = lines.slice(from, from + BATCH_LINES)
      const outcomes = await take(batch)
      const results = outcomes.map((outcome, position) => {
        const start = `{"object":"importResult","line":${batch[position]?.line},"status":"${outcome.status}"`
        if (outcome.status === 'rejected') return `${start},"error":${toBody(outcome.error)}}\n`
        return `${start},"id":"${outcome.id}"}\n`
      })
      yield results.join('')
    }
  }
}
