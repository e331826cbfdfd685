import { ApiError } from '../errors.ts'
import type { Line } from './batch.ts'

/** As large as a body of the API. */
const LINE_LIMIT = 64 * 1024

const NEWLINE = 0x0a

/** A line of NDJSON, and its text for a file of rejects. */
export interface NdjsonLine extends Line {
  text: string
}

/**
 * Splits NDJSON into lines as its pieces arrive: gives those of each piece together, without the empty ones. No more
 * than one line is held beyond a piece, and no more of one than it may be long.
 */
export async function* readNdjson(pieces: AsyncIterable<Buffer>): AsyncGenerator<NdjsonLine[]> {
  let line = 0
  let rest: Buffer[] = []
  let restLength = 0

  function end(piece: Buffer): NdjsonLine | null {
    line += 1
    const length = restLength + piece.length
    const read =
      length > LINE_LIMIT ? tooLong(line) : parse(line, rest.length > 0 ? Buffer.concat([...rest, piece]) : piece)
    rest = []
    restLength = 0
    return read
  }

  for await (const piece of pieces) {
    const lines: NdjsonLine[] = []
    let from = 0
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, from)) {
      const read = end(piece.subarray(from, at))
      if (read !== null) lines.push(read)
      from = at + 1
    }
    if (from < piece.length) {
      restLength += piece.length - from
      if (restLength <= LINE_LIMIT) rest.push(piece.subarray(from))
      else rest = []
    }
    if (lines.length > 0) yield lines
  }
  const last = restLength > 0 ? end(Buffer.alloc(0)) : null
  if (last !== null) yield [last]
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function parse(line: number, bytes: Buffer): NdjsonLine | null {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return { line, text: '', value: undefined, fault: malformed('The line is not UTF-8') }
  }
  if (text.trim() === '') return null
  try {
    return { line, text, value: JSON.parse(text), fault: null }
  } catch {
    return { line, text, value: undefined, fault: malformed('The line is not valid JSON') }
  }
}

function malformed(message: string): ApiError {
  return new ApiError('malformed', message, { hint: 'Send one JSON object a line, in UTF-8.' })
}

function tooLong(line: number): NdjsonLine {
  return { line, text: '', value: undefined, fault: new ApiError('payloadTooLarge', 'The line is larger than 64 KiB') }
}
