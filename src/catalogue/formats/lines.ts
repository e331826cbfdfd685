import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { createDecoder } from '../../domain/utf8.ts'
import { SetupError } from '../../errors.ts'

/** Longer than any row of a TAC database: what has such a line is no text. */
const MAX_LINE_LENGTH = 1_048_576

/** A line of text, without its end; `number` counts from 1. */
export interface Line {
  number: number
  text: string
}

/** Text being read line by line. */
export interface Lines {
  /** The next line, or undefined at the end. */
  next(): Promise<Line | undefined>
  /** Puts a line back, to be the next again. */
  unread(line: Line): void
  /** How many lines and bytes (of the compressed file, where it is) were read so far. */
  progress(): { lines: number; bytes: number }
}

/**
 * Reads a stream as lines of UTF-8, in memory that does not grow with it; a byte order mark is dropped, and gzip, told
 * by its first bytes, is unpacked on the way.
 *
 * `next` throws `SetupError` when the stream breaks off, holds a line that no text has, or is not UTF-8.
 */
export function readLines(stream: Readable): Lines {
  let bytes = 0
  let lines = 0
  const unread: Line[] = []
  const texts = splitLines(unpack(countBytes()))

  async function* countBytes(): AsyncGenerator<Buffer> {
    for await (const chunk of stream) {
      bytes += chunk.length
      yield chunk as Buffer
    }
  }

  return {
    async next() {
      const kept = unread.pop()
      if (kept !== undefined) return kept
      try {
        const { value, done } = await texts.next()
        if (done) return undefined
        lines += 1
        return { number: lines, text: value }
      } catch (error) {
        if (error instanceof SetupError) throw error
        const { message, cause } = error as Error
        throw new SetupError(`Reading broke off: ${cause instanceof Error ? cause.message : message}`, { cause: error })
      }
    },
    unread: (line) => unread.push(line),
    progress: () => ({ lines, bytes }),
  }
}

/** RFC 1952 §2.3.1: a gzip file begins with these bytes. */
const GZIP = [0x1f, 0x8b]

async function* unpack(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const { value: first, done } = await chunks.next()
  if (done) return
  async function* all() {
    yield first as Buffer
    yield* chunks
  }
  const isGzip = first[0] === GZIP[0] && first[1] === GZIP[1]
  yield* isGzip ? pipeline(Readable.from(all()), createGunzip(), () => {}) : all()
}

async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decode = createDecoder()
  let rest = ''
  let line = 1
  for await (const chunk of chunks) {
    const parts = (rest + decode(chunk, line)).split('\n')
    rest = parts.pop() as string
    line += parts.length
    for (const part of parts) yield part.endsWith('\r') ? part.slice(0, -1) : part
    if (rest.length > MAX_LINE_LENGTH) throw new SetupError('This is no text: it has a line of more than 1 MiB')
  }
  decode(Buffer.alloc(0), line)
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest
}
