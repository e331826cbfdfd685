import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ApiError } from '../errors.ts'

/** Bytes as they arrive. */
export type Pieces = AsyncIterable<Uint8Array>

const GZIP = [0x1f, 0x8b] as const

/**
 * Decompresses the bytes if they are gzipped. Throws `malformed` if the gzip data is damaged or ends early, or if
 * `isGzip` says that the bytes are gzipped and they are not.
 */
export async function* gunzipped(pieces: Pieces, isGzip: boolean): AsyncGenerator<Uint8Array> {
  const { start, all } = await readStart(pieces, (bytes) => bytes.length >= GZIP.length)
  if (!GZIP.every((byte, position) => start[position] === byte)) {
    if (isGzip) throw notGzip('it does not start as gzip does')
    return yield* all
  }
  const gunzip = createGunzip()
  pipeline(Readable.from(all), gunzip, () => {})
  try {
    yield* gunzip
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (!code.startsWith('Z_')) throw error
    throw notGzip(message)
  }
}

function notGzip(reason: string): ApiError {
  return new ApiError('malformed', `The gzip data cannot be read: ${reason}`, { hint: 'Compress the file again.' })
}

/** Reads enough of the start to detect the format, however small the pieces are. */
export async function readStart(
  pieces: Pieces,
  isEnough: (start: Buffer) => boolean,
): Promise<{ start: Buffer; all: AsyncGenerator<Uint8Array> }> {
  const iterator = pieces[Symbol.asyncIterator]()
  let start = Buffer.alloc(0)
  let isEnd = false
  while (!isEnd && !isEnough(start)) {
    const { done, value } = await iterator.next()
    if (done) isEnd = true
    else start = start.length === 0 ? Buffer.from(value) : Buffer.concat([start, value])
  }

  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (start.length > 0) yield start
      if (!isEnd) yield* { [Symbol.asyncIterator]: () => iterator }
    } finally {
      await iterator.return?.()
    }
  }

  return { start, all: all() }
}
