import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { createDecoder, type Encoding } from '../../domain/csv/decode.ts'
import { CsvError } from '../../domain/csv/error.ts'
import { SetupError } from '../../errors.ts'

/** A file being read as text. */
export interface Text {
  /** The next piece, which may be empty; undefined at the end. Throws `SetupError` if the file cannot be read. */
  next(): Promise<string | undefined>
  /** The bytes read so far, before decompression. */
  bytes(): number
}

/**
 * Reads a stream as text, without its byte order mark, in constant memory. Gzip is recognised by its first bytes.
 */
export function readText(stream: Readable, encoding: Encoding | undefined): Text {
  let bytes = 0
  const decoder = createDecoder(encoding, (other) => `--encoding ${other}`)
  const pieces = unpack(countBytes())
  let isEnd = false

  async function* countBytes(): AsyncGenerator<Buffer> {
    for await (const piece of stream) {
      bytes += piece.length
      yield piece as Buffer
    }
  }

  return {
    async next() {
      if (isEnd) return undefined
      try {
        const { value, done } = await pieces.next()
        isEnd = done === true
        return value === undefined ? decoder.end() : decoder.decode(value)
      } catch (error) {
        if (error instanceof CsvError) throw new SetupError(`${error.message}. ${error.hint}`)
        const { message, cause } = error as Error
        throw new SetupError(`Reading failed: ${cause instanceof Error ? cause.message : message}`, { cause: error })
      }
    },
    bytes: () => bytes,
  }
}

/** RFC 1952 §2.3.1: a gzip file starts with these bytes. */
const GZIP = [0x1f, 0x8b]

async function* unpack(pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer, undefined> {
  let start: Buffer = Buffer.alloc(0)
  while (start.length < GZIP.length) {
    const { value, done } = await pieces.next()
    if (done) break
    start = Buffer.concat([start, value])
  }
  async function* all() {
    yield start
    yield* pieces
  }
  const isGzip = GZIP.every((byte, position) => start[position] === byte)
  yield* isGzip ? pipeline(Readable.from(all()), createGunzip(), () => {}) : all()
}
