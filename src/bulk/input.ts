import type { Table } from '../domain/csv/header.ts'
import { type CsvLine, type CsvOptions, readCsv } from './csv.ts'
import type { InputLine } from './importer.ts'
import { type NdjsonLine, readNdjson, toNdjsonReject } from './ndjson.ts'
import { gunzipped, type Pieces, readStart } from './pieces.ts'

/** The rows of an import, read in constant memory. */
export interface Input<Row extends InputLine = InputLine> {
  format: 'csv' | 'ndjson'
  /** The start of a rejects file. */
  rejectsHeader: string
  /** A line of such a file, with its line end. */
  toReject(row: Row, reason: string): string
  /** Yields, for each piece of the input, the rows that it completes. */
  rows: AsyncGenerator<Row[]>
}

/** The maximum number of leading blanks that are skipped. */
const MAX_BLANKS = 64 * 1024

/** Reads CSV or NDJSON, gzipped or not, detected from the bytes. Throws `ApiError` if they are neither. */
export async function readInput(pieces: Pieces, table: Table, options: CsvOptions): Promise<Input> {
  const { start, all } = await readStart(gunzipped(pieces, false), (bytes) => firstCharacter(bytes) !== undefined)
  return firstCharacter(start) === '{' ? ndjsonInput(all, false) : csvInput(all, table, options, false)
}

/** Reads NDJSON, gzipped or not. If `isGzip` is true, it must be gzipped. */
export function ndjsonInput(pieces: Pieces, isGzip: boolean): Input {
  const input: Input<NdjsonLine> = {
    format: 'ndjson',
    rejectsHeader: '',
    toReject: toNdjsonReject,
    rows: readNdjson(gunzipped(pieces, isGzip)),
  }
  return input as Input
}

/** Reads CSV, gzipped or not. If `isGzip` is true, it must be gzipped. */
export async function csvInput(pieces: Pieces, table: Table, options: CsvOptions, isGzip: boolean): Promise<Input> {
  const { header, rows } = await readCsv(gunzipped(pieces, isGzip), table, options)
  const input: Input<CsvLine> = { format: 'csv', rejectsHeader: header.rejects, toReject: header.toReject, rows }
  return input as Input
}

/** The first character that is not blank, after a byte order mark. Undefined while only blanks have arrived. */
function firstCharacter(bytes: Buffer): string | undefined {
  const text = bytes
    .toString('latin1')
    .replace(/^\xef(?:\xbb\xbf?)?/, '')
    .trimStart()
  return text[0] ?? (bytes.length > MAX_BLANKS ? '' : undefined)
}
