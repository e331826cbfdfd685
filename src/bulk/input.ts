import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { SetupError } from '../errors.ts'
import type { Line } from './batch.ts'
import { readCsv } from './csv.ts'
import type { Kind } from './kinds.ts'
import { type NdjsonLine, readNdjson } from './ndjson.ts'

/** Rows of a file that are taken together. */
export interface FleetBatch {
  lines: readonly Line[]
  /** How a file of rejects writes one of them, with its line and the reason. */
  toReject(position: number, reason: string): string
}

/** A fleet being read, in memory that does not grow with it. */
export interface Fleet {
  format: 'csv' | 'ndjson'
  /** What a file of rejects begins with. */
  rejectsHeader: string
  batches: AsyncIterable<FleetBatch>
}

/**
 * How many rows are given together: those of a transaction, which a server's own writes wait for. In fewer, each page of
 * an index is written for the sake of a row or two.
 */
export const BATCH_ROWS = 20_000

/** Of lines, which may be long, no more characters than this. */
const BATCH_TEXT = 8 * 1024 * 1024

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

async function* readRows(pieces: AsyncIterable<Buffer>): AsyncGenerator<FleetBatch> {
  let batch: NdjsonLine[] = []
  let length = 0
  for await (const lines of readNdjson(pieces)) {
    batch = batch.length === 0 ? lines : [...batch, ...lines]
    length = lines.reduce((sum, { text }) => sum + text.length, length)
    if (batch.length < BATCH_ROWS && length < BATCH_TEXT) continue
    yield toBatch(batch)
    batch = []
    length = 0
  }
  if (batch.length > 0) yield toBatch(batch)
}

function toBatch(lines: readonly NdjsonLine[]): FleetBatch {
  return {
    lines: lines.map((line) => ({ ...line, value: withoutTold(line.value) })),
    toReject(position, reason) {
      const { line, text, value } = lines[position] as NdjsonLine
      const row = withoutTold(value)
      return `${JSON.stringify({ line, reason, ...(isObject(row) ? row : { text }) })}\n`
    },
  }
}

/** A row without what a file of rejects has told of it. */
function withoutTold(value: unknown): unknown {
  if (!isObject(value)) return value
  const { line: _line, reason: _reason, ...row } = value
  return row
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
