import type { Readable } from 'node:stream'
import type { Encoding } from '../../domain/csv/decode.ts'
import { SetupError } from '../../errors.ts'
import { csv } from './csv.ts'
import type { Format, Row } from './entry.ts'
import { gsma } from './gsma.ts'
import { ndjsonReject, readNdjsonRows } from './ndjson.ts'
import { osmocom } from './osmocom.ts'
import { samloader } from './samloader.ts'
import { createTableRejects, createTableRows, DELIMITERS, readHeaderLine, type TableHeader } from './table.ts'
import { readText, type Text } from './text.ts'

/** The formats that have a header. */
const TABLES = { gsma, osmocom, samloader, csv } as const
type TableName = keyof typeof TABLES

export const FORMATS = [...(Object.keys(TABLES) as TableName[]), 'ndjson'] as const
export type FormatName = TableName | 'ndjson'

/** How many lines, for example of a banner, are tried before the header. */
const MAX_LINES_BEFORE_HEADER = 20

/** How many characters are searched for the header. */
const LONGEST_START = 1_048_576

/** How rejected rows are written, so that they can be imported again. */
interface RejectsFormat {
  extension: 'csv' | 'ndjson'
  /** The first line of the file, with its line end. */
  header: string
  toReject(row: Row, reason: string): string
}

/** A TAC database that is being read. */
export interface Rows {
  format: FormatName
  rows: AsyncIterable<Row>
  rejects: RejectsFormat
  /** The lines and bytes read so far. */
  progress(): { lines: number; bytes: number }
}

export interface ReadOptions {
  /** If undefined, it is detected from the first lines of the file. */
  format?: FormatName | undefined
  encoding?: Encoding | undefined
}

/**
 * Reads a TAC database row by row, in constant memory. If `format` is undefined, it is detected from the
 * header or the first line of NDJSON.
 *
 * Throws `SetupError` if no header of the format is found, or if reading fails.
 */
export async function readRows(stream: Readable, { format: given, encoding }: ReadOptions = {}): Promise<Rows> {
  const text = readText(stream, encoding)
  const start = await readStart(text)
  if (given === 'ndjson' || (given === undefined && start.trimStart().startsWith('{'))) {
    const { rows, line } = readNdjsonRows(start, text)
    const rejects = { extension: 'ndjson', header: '', toReject: ndjsonReject } as const
    return { format: 'ndjson', rows, rejects, progress: () => ({ lines: line(), bytes: text.bytes() }) }
  }
  const { format, header, line, rest } = await findHeader(start, text, given)
  const lowerCase = header.names.map((name) => name.toLowerCase())
  const table = createTableRows(header, line, (TABLES[format] as Format).reader(lowerCase))

  async function* rows(): AsyncGenerator<Row> {
    yield* table.push(rest)
    for (let piece = await text.next(); piece !== undefined; piece = await text.next()) yield* table.push(piece)
    yield* table.end()
  }

  const rejects = { extension: 'csv', ...createTableRejects(header) } as const
  return { format, rows: rows(), rejects, progress: () => ({ lines: table.line(), bytes: text.bytes() }) }
}

/** The text up to the first piece that is not blank. */
async function readStart(text: Text): Promise<string> {
  let start = ''
  while (start.trim() === '' && start.length < LONGEST_START) {
    const piece = await text.next()
    if (piece === undefined) break
    start += piece
  }
  return start
}

interface FoundHeader {
  format: TableName
  header: TableHeader
  /** The number of its line. */
  line: number
  /** The text after the header that has already been read. */
  rest: string
}

async function findHeader(start: string, text: Text, given: TableName | undefined): Promise<FoundHeader> {
  const candidates = given === undefined ? (Object.keys(TABLES) as TableName[]) : [given]
  const lineEnd = /\r\n?|\n/g
  let read = start
  let from = 0
  let isEnd = false
  for (let line = 1, tries = 0; tries < MAX_LINES_BEFORE_HEADER; ) {
    lineEnd.lastIndex = from
    const found = lineEnd.exec(read)
    // A CR may be the first half of a line end.
    if (!isEnd && (found === null || lineEnd.lastIndex === read.length) && read.length < LONGEST_START) {
      const piece = await text.next()
      if (piece === undefined) isEnd = true
      else read += piece
      continue
    }
    const end = found === null ? read.length : found.index
    const next = found === null ? read.length : lineEnd.lastIndex
    const content = read.slice(from, end)
    if (content.trim() !== '' && !content.startsWith('#')) {
      tries += 1
      const header = recognise(content, candidates)
      if (header !== undefined) return { ...header, line, rest: read.slice(next) }
    }
    if (found === null) break
    line += 1
    from = next
  }
  throw new SetupError(
    `This does not look like a TAC database (${candidates.join(', ')}): no header with a "tac" column in its first ` +
      `${MAX_LINES_BEFORE_HEADER} lines. A CSV of your own starts with: tac,brand,name,type,simTypes`,
  )
}

function recognise(line: string, candidates: readonly TableName[]) {
  for (const delimiter of DELIMITERS) {
    const header = readHeaderLine(line, delimiter)
    const lowerCase = header.names.map((name) => name.toLowerCase())
    const format = candidates.find((name) => TABLES[name].recognises(lowerCase))
    if (format !== undefined) return { format, header }
  }
  return undefined
}
