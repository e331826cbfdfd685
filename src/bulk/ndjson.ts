import { ApiError } from '../errors.ts'
import type { InputLine } from './importer.ts'
import type { Pieces } from './pieces.ts'

/** The limit that the API sets for a body (docs/contract.md §1). */
const LINE_LIMIT = 64 * 1024

const NEWLINE = 0x0a

/** A line of NDJSON. */
export interface NdjsonLine extends InputLine {
  text: string
}

/**
 * Splits NDJSON into lines. Yields, for each piece, the lines that it completes, except empty ones. Holds at most one
 * incomplete line, and no more of it than the maximum length.
 */
export async function* readNdjson(pieces: Pieces): AsyncGenerator<NdjsonLine[]> {
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

  for await (const bytes of pieces) {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
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

/** A line of a rejects file: the row, preceded by its line number and the reason, which imports ignore. */
export function toNdjsonReject({ line, text, value }: NdjsonLine, reason: string): string {
  return `${JSON.stringify({ line, reason, ...(isObject(value) ? value : { text }) })}\n`
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function parse(line: number, bytes: Buffer): NdjsonLine | null {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return faulty(line, '', malformed('The line is not UTF-8'))
  }
  if (text.trim() === '') return null
  try {
    return { line, text, value: withoutReason(JSON.parse(text)), fault: null, size: text.length }
  } catch {
    return faulty(line, text, malformed('The line is not valid JSON'))
  }
}

function faulty(line: number, text: string, fault: ApiError): NdjsonLine {
  return { line, text, value: undefined, fault, size: text.length }
}

/** A row without the first two properties of a rejects file. */
function withoutReason(value: unknown): unknown {
  if (!isObject(value) || !('reason' in value)) return value
  const [first, second] = Object.keys(value)
  if (first !== 'line' || second !== 'reason') return value
  const { line: _line, reason: _reason, ...row } = value
  return row
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(message: string): ApiError {
  return new ApiError('malformed', message, { hint: 'Send one JSON object on each line, in UTF-8.' })
}

function tooLong(line: number): NdjsonLine {
  return faulty(line, '', new ApiError('payloadTooLarge', 'The line is larger than 64 KiB'))
}
