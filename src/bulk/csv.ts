import type { Encoding } from '../domain/csv/decode.ts'
import { CsvError } from '../domain/csv/error.ts'
import type { Table } from '../domain/csv/header.ts'
import { createTableReader, type Header, type TableRow } from '../domain/csv/table.ts'
import { ApiError, type Problem } from '../errors.ts'
import type { InputLine } from './importer.ts'
import type { Pieces } from './pieces.ts'

export interface CsvOptions {
  encoding?: Encoding | undefined
  /** The option that chooses an encoding, as shown to the user: `--encoding windows-1252`. */
  optionFor: (encoding: Encoding) => string
}

/** CSV that is being read: its header, and its rows as they arrive. */
export interface Csv {
  header: Header
  /** Yields, for each piece, the rows that it completes. */
  rows: AsyncGenerator<CsvLine[]>
}

/** A row of CSV, and its cells for a file of rejects. */
export interface CsvLine extends InputLine {
  cells: readonly string[]
}

/** Reads CSV up to its header. Throws `ApiError` if it is not a table of this kind, and so does reading its rows. */
export async function readCsv(pieces: Pieces, table: Table, options: CsvOptions): Promise<Csv> {
  const reader = createTableReader(table, options)

  async function* read(): AsyncGenerator<CsvLine[]> {
    for await (const piece of pieces) yield asErrors(() => reader.push(piece)).map(toLine)
    yield asErrors(() => reader.end()).map(toLine)
  }

  const rows = read()
  let first = await rows.next()
  while (reader.header() === null && !first.done) first = await rows.next()
  const header = reader.header()
  if (header === null || first.done) throw new Error('CSV without a header')
  return { header, rows: followedBy(first.value, rows) }
}

async function* followedBy<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first
  yield* rest
}

function toLine({ line, cells, value, fault, size }: TableRow): CsvLine {
  return { line, cells, value, size, fault: fault && new ApiError('malformed', fault.message, { hint: fault.hint }) }
}

/** Runs a step of the reader, and converts its errors to those of the API. */
function asErrors<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { message, hint, columns } = error
    throw new ApiError(columns.length > 0 ? 'invalid' : 'malformed', message, {
      hint,
      problems: columns.map(toProblem),
    })
  }
}

function toProblem({ column, message, suggestion }: CsvError['columns'][number]): Problem {
  return { code: 'propertyUnknown', property: column, message, suggestion }
}
