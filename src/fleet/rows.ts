import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { SetupError } from '../errors.ts'
import { readCsv } from './csv.ts'
import type { Kind } from './kinds.ts'
import { readNdjson } from './ndjson.ts'
import type { Line } from './take.ts'

/** A row of a file, and how a file of rejects writes it with the line and the reason. */
export interface FleetRow extends Line {
  toReject(reason: string): string
}

/** A fleet being read, in memory that does not grow with it. */
export interface Fleet {
  format: 'csv' | 'ndjson'
  /** What a file of rejects begins with. */
  rejectsHeader: string
  batches: AsyncIterable<FleetRow[]>
}

type Pieces = AsyncIterator<Buffer>

/**
 * Reads CSV or NDJSON, gzipped or not, as the file itself tells.
 *
 * Throws `SetupError` for a header with a column that rows of this kind do not have, and where reading breaks off.
 */
export async function readFleet(
  bytes: AsyncIterable<Buffer>,
  { schema, name }: Pick<Kind, 'schema' | 'name'>,
): Promise<Fleet> {
  let pieces: Pieces = bytes[Symbol.asyncIterator]()
  let first = await firstOf(pieces)
  if (first[0] === 0x1f && first[1] === 0x8b) {
    const gunzip = createGunzip()
    pipeline(joined(first, pieces), gunzip, () => {})
    pieces = gunzip[Symbol.asyncIterator]()
    first = await firstOf(pieces)
  }
  const start = first.toString('utf8').trimStart()
  if (start === '') throw new SetupError('There is nothing in it')
  if (!start.startsWith('{')) return readCsv(joined(first, pieces), start, schema, name)
  return { format: 'ndjson', rejectsHeader: '', batches: readRows(joined(first, pieces)) }
}

async function* readRows(pieces: AsyncIterable<Buffer>): AsyncGenerator<FleetRow[]> {
  for await (const lines of readNdjson(pieces)) {
    yield lines.map(({ line, text, value, fault }) => {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
      const { line: _line, reason: _reason, ...row } = (isObject ? value : {}) as Record<string, unknown>
      return {
        line,
        fault,
        value: isObject ? row : value,
        toReject: (reason) => `${JSON.stringify({ line, reason, ...(isObject ? row : { text }) })}\n`,
      }
    })
  }
}

async function firstOf(pieces: Pieces): Promise<Buffer> {
  const { value, done } = await nextOf(pieces)
  return done ? Buffer.alloc(0) : value
}

async function* joined(first: Buffer, pieces: Pieces): AsyncGenerator<Buffer> {
  yield first
  for (let next = await nextOf(pieces); !next.done; next = await nextOf(pieces)) yield next.value
}

async function nextOf(pieces: Pieces): Promise<IteratorResult<Buffer>> {
  try {
    return await pieces.next()
  } catch (error) {
    const { message, cause } = error as Error
    throw new SetupError(`Reading broke off: ${cause instanceof Error ? cause.message : message}`, { cause: error })
  }
}
