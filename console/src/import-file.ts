import type { ImportDevice } from '@handset/sdk'
import { type CsvError, parse } from 'csv-parse/browser/esm'

/** A row of a file, as it is to be registered. */
export interface ImportRow {
  /** The line that it ends on; the header is line 1. */
  line: number
  /** Its cells as they were, for the file of rejects. */
  cells: readonly string[]
  device: ImportDevice
  /** Why it cannot be sent at all. */
  fault: string | null
  /** How much of the file has been read with it, in bytes. */
  end: number
}

export interface ImportFile {
  name: string
  /** In bytes. */
  size: number
  columns: readonly string[]
  /** Columns that mean nothing here. */
  ignored: readonly string[]
  /** Its rows from the first on, read as they are asked for. */
  rows(): AsyncGenerator<ImportRow>
  /** A CSV of rows that were not taken, each with its line and the reason: mended, it can be imported itself. */
  rejects: { header: string; toLine(row: ImportRow, reason: string): string }
}

interface Column {
  name: string
  /** What a cell says of the device; nothing where the column is passed over. */
  read: ((cell: string | null) => Partial<ImportDevice>) | null
}

/** What `csv-parse` gives with its option `info`. */
interface Read {
  record: string[]
  info: { lines: number; bytes: number }
}

/** Beyond, a quote was left open somewhere, and the rest of the file would be one cell. */
const LARGEST_ROW = 1024 * 1024

const METADATA = 'metadata.'

/** Other names that files have for the properties of a device. */
const SYNONYMS: Record<string, string> = { email: 'user', iccid: 'iccids', sims: 'iccids' }

const READERS: Record<string, Column['read']> = {
  imei: (cell) => ({ imei: cell ?? '' }),
  name: (cell) => ({ name: cell }),
  user: (cell) => ({ user: cell }),
  iccids: (cell) => ({ iccids: cell?.split(/[\s;|,]+/).filter(Boolean) ?? null }),
  metadata: (cell) => ({ metadata: cell === null ? {} : parseOrKeep(cell) }),
}

/** What an export and a file of rejects have in addition. */
const PASSED_OVER = new Set(['line', 'reason', 'id'])

/** What `handset devices export` puts an apostrophe before, so that no spreadsheet takes it for a formula. */
const GUARDED = /^'+(?:$|[=+\-@\t\r])/

/**
 * Opens CSV whose first line names its columns: `imei`, and any of `name`, `user` (e-mail or id), `iccids` and
 * `metadata.KEY`. No more of the file is held than a piece. Throws an `Error` that says what is wrong with one that is
 * not that, also while its rows are read.
 */
export async function openImport(file: File): Promise<ImportFile> {
  const delimiter = delimiterOf(await file.slice(0, 64 * 1024).text())
  const first = await readRecords(file, delimiter).next()
  const header = first.done ? [] : first.value.record
  const columns = header.map(toColumn)
  if (columns.every(({ name }) => name !== 'imei')) {
    throw new Error('The first line must name the columns, and one of them must be `imei`.')
  }
  const repeated = columns.find(({ name, read }, at) => read && columns.findIndex((other) => other.name === name) < at)
  if (repeated !== undefined) throw new Error(`Two columns are called \`${repeated.name}\`.`)
  const isKept = columns.map(({ name }) => name !== 'line' && name !== 'reason')
  const toLine = (cells: readonly string[]) => `${cells.map(quote).join(delimiter)}\r\n`
  const kept = (cells: readonly string[]) => cells.filter((_, at) => isKept[at] ?? true)
  return {
    name: file.name,
    size: file.size,
    columns: header,
    ignored: header.filter((_, at) => columns[at]?.read === null && !PASSED_OVER.has(columns[at]?.name as string)),
    async *rows() {
      const records = readRecords(file, delimiter)
      await records.next()
      for await (const read of records) yield toRow(read, columns)
    },
    rejects: {
      header: toLine(['line', 'reason', ...kept(header)]),
      toLine: ({ line, cells }, reason) => toLine([String(line), reason, ...kept(cells)]),
    },
  }
}

/** The records of a file, read a piece at a time. */
async function* readRecords(file: File, delimiter: string): AsyncGenerator<Read> {
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    max_record_size: LARGEST_ROW,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
  })
  let records: Read[] = []
  parser.on('data', (record) => records.push(record))
  const done = Promise.withResolvers<void>()
  parser.on('end', done.resolve)
  parser.on('error', (error: CsvError) => done.reject(new Error(`This is no CSV: ${error.message}.`)))
  // A failure is looked at when the next piece is written, or at the end.
  done.promise.catch(() => {})
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const reader = file.stream().getReader()
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const text = requireText(() => decoder.decode(piece.value, { stream: true }))
      const written = new Promise<void>((resolve) => parser.write(text, () => resolve()))
      await Promise.race([written, done.promise])
      const ready = records
      records = []
      yield* ready
    }
    requireText(() => decoder.decode())
    parser.end()
    await done.promise
    yield* records
  } finally {
    await reader.cancel()
  }
}

/** Other encodings would be read as other letters, and nobody would notice. */
function requireText(decode: () => string): string {
  try {
    return decode()
  } catch {
    throw new Error('This file is not in UTF-8. Save it as “CSV UTF-8”, and choose it again.')
  }
}

/** Spreadsheets write semicolons or tabs where the comma is for decimals. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/))
  const frequency = (mark: string) => header.split(mark).length
  return [',', ';', '\t'].reduce((best, mark) => (frequency(mark) > frequency(best) ? mark : best))
}

function toColumn(cell: string): Column {
  const given = cell.trim()
  if (given.startsWith(METADATA)) {
    const key = given.slice(METADATA.length)
    return { name: given, read: (cell) => (cell === null ? {} : { metadata: { [key]: cell } }) }
  }
  const lower = given.toLowerCase()
  const name = SYNONYMS[lower] ?? lower
  return { name, read: (Object.hasOwn(READERS, name) && READERS[name]) || null }
}

function toRow({ record: cells, info }: Read, columns: readonly Column[]): ImportRow {
  const row = { line: info.lines, cells, end: info.bytes }
  if (cells.length !== columns.length) {
    const fault = `It has ${cells.length} cells, and the first line ${columns.length}. Put cells that hold the separator in quotes.`
    return { ...row, device: { imei: '' }, fault }
  }
  const device: ImportDevice = { imei: '' }
  for (const [at, { read }] of columns.entries()) {
    const said = read?.(textOf(cells[at] as string)) ?? {}
    const { metadata } = said
    Object.assign(device, said, metadata instanceof Object && { metadata: { ...device.metadata, ...metadata } })
  }
  return { ...row, device, fault: null }
}

/** What a cell says; null where it is empty. */
function textOf(cell: string): string | null {
  const text = cell.trim()
  if (text === '') return null
  return GUARDED.test(text) ? text.slice(1) : text
}

/** What is no JSON is left for the API to refuse. */
function parseOrKeep(text: string): Record<string, string> {
  try {
    return JSON.parse(text)
  } catch {
    return text as unknown as Record<string, string>
  }
}

function quote(cell: string): string {
  return /[",;\r\n\t]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
