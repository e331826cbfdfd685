import type { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { SetupError } from '../errors.ts'
import { csv } from './csv.ts'
import type { Format, Row } from './entry.ts'
import { osmocom } from './osmocom.ts'

export const FORMATS = { osmocom, csv } as const
export type FormatName = keyof typeof FORMATS

/** How far down a header may stand, below a banner. */
const MAX_LINES_BEFORE_HEADER = 20

interface ParsedRecord {
  record: string[]
  raw: string
  info: { lines: number }
}

/** A TAC database being read. */
export interface Rows {
  format: FormatName
  rows: AsyncIterable<Row>
  /** How many lines have been read so far. */
  lines(): number
}

/**
 * Reads a TAC database row by row, in memory that does not grow with it. The format is told by the header, unless
 * `given` says which it is.
 *
 * Throws `SetupError` when there is no header that the format knows, and for quotes that no rule of CSV can match.
 */
export async function readRows(stream: Readable, given: FormatName | undefined): Promise<Rows> {
  const parser = parse({
    bom: true,
    comment: '#',
    comment_no_infix: true,
    info: true,
    raw: true,
    // A file may mix them: a banner put before a header by hand.
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
  })
  stream.on('error', (error) => parser.destroy(error))
  const records: AsyncIterator<ParsedRecord> = stream.pipe(parser)[Symbol.asyncIterator]()
  const { format, read } = await findHeader(records, given)
  return { format, rows: remainingRows(records, read), lines: () => parser.info.lines - 1 }
}

async function findHeader(records: AsyncIterator<ParsedRecord>, given: FormatName | undefined) {
  const candidates = given === undefined ? (Object.keys(FORMATS) as FormatName[]) : [given]
  for (let tries = 0; tries < MAX_LINES_BEFORE_HEADER; tries++) {
    const next = await nextRecord(records)
    if (next === undefined) break
    const header = next.record.map((cell) => cell.trim().toLowerCase())
    const format = candidates.find((name) => FORMATS[name].recognises(header))
    if (format !== undefined) return { format, read: (FORMATS[format] as Format).reader(header) }
  }
  throw new SetupError(
    `This does not look like a TAC database (${candidates.join(', ')}): no header with a "tac" column in its first ` +
      `${MAX_LINES_BEFORE_HEADER} lines. A CSV of your own begins: tac,brand,name,type,simTypes`,
  )
}

async function* remainingRows(
  records: AsyncIterator<ParsedRecord>,
  read: ReturnType<Format['reader']>,
): AsyncGenerator<Row> {
  for (let next = await nextRecord(records); next !== undefined; next = await nextRecord(records)) {
    yield { line: next.info.lines, text: rowText(next.raw), result: read(next.record) }
  }
}

/** A record as it was written, without the comments and empty lines before it. */
function rowText(raw: string): string {
  return raw.replace(/^(?:(?:#.*)?[\r\n]+)+/, '').trimEnd()
}

async function nextRecord(records: AsyncIterator<ParsedRecord>): Promise<ParsedRecord | undefined> {
  try {
    const { value, done } = await records.next()
    return done ? undefined : value
  } catch (error) {
    if (error instanceof CsvError) throw new SetupError(`The file is not readable as CSV: ${error.message}`)
    const { message, cause } = error as Error
    throw new SetupError(`Reading broke off: ${cause instanceof Error ? cause.message : message}`, { cause: error })
  }
}
