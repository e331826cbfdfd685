import type { Readable } from 'node:stream'
import { SetupError } from '../../errors.ts'
import { csv } from './csv.ts'
import type { Entry, Format, Rejection, Row } from './entry.ts'
import { gsma } from './gsma.ts'
import { type Line, type Lines, readLines } from './lines.ts'
import { readObject } from './ndjson.ts'
import { osmocom } from './osmocom.ts'
import { type Delimiter, nextRecord, splitCsv } from './records.ts'
import { samloader } from './samloader.ts'

/** The formats that have a header. */
const TABLES = { gsma, osmocom, samloader, csv } as const
type TableName = keyof typeof TABLES

export const FORMATS = [...(Object.keys(TABLES) as TableName[]), 'ndjson'] as const
export type FormatName = TableName | 'ndjson'

const DELIMITERS: readonly Delimiter[] = [',', '|', '\t']

/** How far down a header may stand, below a banner. */
const MAX_LINES_BEFORE_HEADER = 20

/** A TAC database being read. */
export interface Rows {
  format: FormatName
  rows: AsyncIterable<Row>
  /** How many lines and bytes have been read so far. */
  progress(): { lines: number; bytes: number }
}

/**
 * Reads a TAC database row by row, in memory that does not grow with it. The format is told by the file itself, its
 * header or, of NDJSON, its first line, unless `given` says which it is.
 *
 * Throws `SetupError` when there is no header that the format knows, and when reading breaks off.
 */
export async function readRows(stream: Readable, given: FormatName | undefined): Promise<Rows> {
  const lines = readLines(stream)
  if (await isNdjson(lines, given)) return { format: 'ndjson', rows: objectRows(lines), progress: lines.progress }
  const { format, delimiter, read } = await findHeader(lines, given)
  return { format, rows: tableRows(lines, delimiter, read), progress: lines.progress }
}

async function isNdjson(lines: Lines, given: FormatName | undefined): Promise<boolean> {
  if (given !== undefined) return given === 'ndjson'
  const first = await nextText(lines)
  if (first === undefined) return false
  lines.unread(first)
  return first.text.trimStart().startsWith('{')
}

async function nextText(lines: Lines): Promise<Line | undefined> {
  for (;;) {
    const line = await lines.next()
    if (line === undefined || line.text.trim() !== '') return line
  }
}

async function findHeader(lines: Lines, given: FormatName | undefined) {
  const candidates = given === undefined ? (Object.keys(TABLES) as TableName[]) : [given as TableName]
  for (let tries = 0; tries < MAX_LINES_BEFORE_HEADER; tries++) {
    const line = await nextText(lines)
    if (line === undefined) break
    if (line.text.startsWith('#')) {
      tries -= 1
      continue
    }
    for (const delimiter of DELIMITERS) {
      const cells = delimiter === ',' ? splitCsv(line.text).cells : line.text.split(delimiter)
      const header = cells.map((cell) => cell.trim().toLowerCase())
      const format = candidates.find((name) => TABLES[name].recognises(header))
      if (format !== undefined) return { format, delimiter, read: (TABLES[format] as Format).reader(header) }
    }
  }
  throw new SetupError(
    `This does not look like a TAC database (${candidates.join(', ')}): no header with a "tac" column in its first ` +
      `${MAX_LINES_BEFORE_HEADER} lines. A CSV of your own begins: tac,brand,name,type,simTypes`,
  )
}

async function* tableRows(
  lines: Lines,
  delimiter: Delimiter,
  read: (cells: readonly string[]) => Entry | Rejection,
): AsyncGenerator<Row> {
  for (;;) {
    const record = await nextRecord(lines, delimiter)
    if (record === undefined) return
    const { line, text, cells, problem } = record
    yield {
      line,
      text: text.trim(),
      result: problem === undefined ? read(cells) : { reason: problem, damage: 'quote' },
    }
  }
}

async function* objectRows(lines: Lines): AsyncGenerator<Row> {
  for (;;) {
    const line = await nextText(lines)
    if (line === undefined) return
    yield { line: line.number, text: line.text.trim(), result: readObject(line.text) }
  }
}
