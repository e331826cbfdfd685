import { BYTE_ORDER_MARK, fromCell, quoteCell, toCell, toRow } from './cells.ts'
import { createDecoder, type Encoding } from './decode.ts'
import { CsvError } from './error.ts'
import { type Column, countKnown, REJECT_COLUMNS, readHeader, type Table } from './header.ts'
import { type CsvRecord, createRecordReader, FAULTS, type RecordReader } from './records.ts'

/** A row of a file. */
export interface TableRow {
  /** The number of its last line, counted from 1. */
  line: number
  /** Its raw cells. */
  cells: readonly string[]
  /** Its properties before validation; null if there is a fault. */
  value: Record<string, unknown> | null
  fault: RowFault | null
  /** In characters. */
  size: number
}

/** Why a row cannot be read. */
export interface RowFault {
  message: string
  hint: string
}

export interface Header {
  /** The names of the columns, as written in the file. */
  names: readonly string[]
  delimiter: string
  /** The first line of a rejects file, with a byte order mark. */
  rejects: string
  /** The line of a rejects file for a row. The file can be imported again. */
  toReject(row: Pick<TableRow, 'line' | 'cells'>, reason: string): string
}

export interface TableOptions {
  /** Used if the file has no byte order mark; UTF-8 if undefined. */
  encoding?: Encoding | undefined
  /** The option that chooses an encoding, as shown to the user: `--encoding windows-1252`. */
  optionFor: (encoding: Encoding) => string
}

/** Reads the rows of a file as its bytes arrive, in constant memory. */
export interface TableReader {
  /** The rows that are complete so far. Throws `CsvError` if the file is not a table of this kind. */
  push(bytes: Uint8Array): TableRow[]
  /** The remaining rows. Throws `CsvError`, also if there is no header. */
  end(): TableRow[]
  /** Null until the header has been read. */
  header(): Header | null
}

const DELIMITERS = [',', ';', '\t'] as const

/** The line with which a file names its delimiter, for spreadsheets. */
const SEP_LINE = /^"?sep=([^"\r\n])"?[,;\t]*(?:\r\n?|\n|$)/i

/** The maximum length of a header. */
const LONGEST_HEADER = 64 * 1024

const QUOTE_HINT = 'Put a cell that holds a quote in quotes, and double the quotes inside it.'
const LENGTH_HINT = 'Shorten its cells. If the row contains a quote, check that it is closed.'

const hintOf = (fault: string) => (fault === FAULTS.long ? LENGTH_HINT : QUOTE_HINT)

/** The pattern of an identifier in a line that is not split yet, by its column. */
const IDENTIFIERS: Readonly<Record<string, RegExp>> = {
  imei: /^[="']*[0-9]{14,16}["']*$/,
  iccid: /^[="']*[0-9]{18,20}[Ff]?["']*$/,
  email: /^[^\s@]+@[^\s@]+$/,
}

/** Reads a file whose first line names the properties that its columns set. */
export function createTableReader(table: Table, { encoding, optionFor }: TableOptions): TableReader {
  const decoder = createDecoder(encoding, optionFor)
  /** The text of the file until its header is complete. */
  let start = ''
  let reader: RecordReader | undefined
  let columns: readonly Column[] = []
  let header: Header | null = null

  function read(text: string, isLast: boolean): TableRow[] {
    if (reader !== undefined) return toRows(isLast ? [...reader.push(text), ...reader.end()] : reader.push(text))
    start += text
    const found = findHeader(start, table, isLast)
    if (found === undefined) return []
    columns = readHeader(found.cells, table)
    header = createHeader(columns, found.delimiter)
    reader = createRecordReader(found)
    if (!isWritten(columns)) reader.recogniseRows(rowRecogniser(columns, table, found.delimiter))
    const [, ...records] = [...reader.push(found.text), ...(isLast ? reader.end() : [])].filter(hasContent)
    start = ''
    return toRows(records)
  }

  function toRows(records: readonly CsvRecord[]): TableRow[] {
    const rows: TableRow[] = []
    for (const record of records) if (hasContent(record)) rows.push(toTableRow(record, columns))
    return rows
  }

  return {
    push: (bytes) => read(decoder.decode(bytes), false),
    end: () => read(decoder.end(), true),
    header: () => header,
  }
}

/**
 * The header of a text, split by the delimiter that yields the most known names. Undefined while it may be incomplete.
 */
function findHeader(start: string, table: Table, isLast: boolean) {
  const sep = SEP_LINE.exec(start)
  // The line end of `sep=`, or its second character, may be missing.
  if (!isLast && (sep === null ? start.length < 'sep=;\r\n'.length : sep[0].length === start.length)) return undefined
  const text = sep === null ? start : start.slice(sep[0].length)
  const delimiters = sep === null ? DELIMITERS : [sep[1] as string]
  const linesBefore = sep === null ? 0 : 1
  const candidates = delimiters.flatMap((delimiter) => {
    const reader = createRecordReader({ delimiter, linesBefore })
    const records = [...reader.push(text), ...(isLast || text.length > LONGEST_HEADER ? reader.end() : [])]
    const first = records.find(hasContent)
    return first === undefined ? [] : [{ ...first, delimiter, linesBefore, text }]
  })
  if (candidates.length < delimiters.length && !isLast) return undefined
  const [best] = candidates
    .map((candidate) => ({ candidate, known: countKnown(candidate.cells, table), count: candidate.cells.length }))
    .sort((one, other) => other.known - one.known || other.count - one.count)
  if (best === undefined) throw new CsvError('The file is empty', 'The first line must name the columns.')
  const { candidate } = best
  if (candidate.fault !== null)
    throw new CsvError(`The header cannot be read: ${candidate.fault}`, hintOf(candidate.fault))
  requireTable(candidate.cells)
  return candidate
}

/** Rejects HTML and JSON, which are sent by mistake. An error about their columns would be confusing. */
function requireTable([first = '']: readonly string[]): void {
  const what = first.startsWith('<') ? 'HTML or XML' : first.startsWith('[') ? 'a JSON array' : null
  if (what === null) return
  const hint = first.startsWith('[') ? 'Send one JSON object on each line.' : 'Save it as “CSV UTF-8” first.'
  throw new CsvError(`This is ${what}, not CSV`, hint)
}

function createHeader(columns: readonly Column[], delimiter: string): Header {
  const isKept = columns.map(({ name }, position) => name.trim().toLowerCase() !== REJECT_COLUMNS[position])
  const kept = (cells: readonly string[]) => cells.filter((_, position) => isKept[position] ?? true)
  const names = columns.map(({ name }) => name)
  return {
    names,
    delimiter,
    rejects: BYTE_ORDER_MARK + toRow([...REJECT_COLUMNS, ...kept(names)].map(quoteCell), delimiter),
    toReject({ line, cells }, reason) {
      // An import reads the same value, and no spreadsheet runs it as a formula.
      const written = kept(cells).map((cell) => toCell(fromCell(cell)))
      return toRow([String(line), toCell(reason), ...written], delimiter)
    },
  }
}

/** Whether a file was written by Handset, which never leaves a quote open. */
function isWritten(columns: readonly Column[]): boolean {
  return columns.some(({ name }) => name.trim().toLowerCase() === 'id')
}

/** Recognises rows by their identifier, which is the column that is required. */
function rowRecogniser(columns: readonly Column[], { required }: Table, delimiter: string) {
  const [name = ''] = required
  const pattern = IDENTIFIERS[name]
  const position = columns.findIndex(({ sets }) => sets?.property === name)
  return (line: string) => pattern?.test(line.split(delimiter, position + 1)[position]?.trim() ?? '') ?? false
}

function toTableRow({ line, cells, fault, size }: CsvRecord, columns: readonly Column[]): TableRow {
  const rowFault = fault === null ? misplaced(cells, columns) : { message: fault, hint: hintOf(fault) }
  if (rowFault !== null) return { line, cells, value: null, fault: rowFault, size }
  const value: Record<string, unknown> = {}
  let metadata: [string, unknown][] | undefined
  for (let position = 0; position < columns.length; position++) {
    const { sets } = columns[position] as Column
    if (sets === null) continue
    const said = sets.read(cells[position] ?? '')
    if (said === undefined) continue
    if (sets.key === null) value[sets.property] = said
    else {
      metadata ??= []
      metadata.push([sets.key, said])
    }
  }
  if (metadata !== undefined) value.metadata = Object.fromEntries(metadata)
  return { line, cells, value, fault: null, size }
}

/** The problem with a cell that belongs to no column, or null. */
function misplaced(cells: readonly string[], columns: readonly Column[]): RowFault | null {
  for (let position = 0; position < cells.length; position++) {
    if (cells[position] === '') continue
    const column = columns[position]
    if (column === undefined) {
      const message = `The row has ${cells.length} cells, but the first line has ${columns.length}`
      return { message, hint: 'Put a cell that holds the separator in quotes.' }
    }
    if (column.name.trim() === '') {
      const message = `Cell ${position + 1} has a value, but its column has no name`
      return { message, hint: 'Name the column in the first line, or empty the cell.' }
    }
  }
  return null
}

function hasContent({ cells, fault }: CsvRecord): boolean {
  if (fault !== null || (cells.length > 1 && cells[0] !== '')) return true
  return cells.some((cell) => cell.trim() !== '')
}
