import { parse } from 'csv-parse/browser/esm/sync'
import { readIdentifier } from './identifier.ts'

/** A row of a file, as it is to be registered. */
export interface ImportRow {
  /** Where it stands in the file; the header is line 1. */
  line: number
  /** Its fields as they were, for the file of rejects. */
  fields: Readonly<Record<string, string>>
  imei: string
  name: string | null
  /** An e-mail address or an id. */
  user: string | null
  iccids: readonly string[]
  metadata: Readonly<Record<string, string>>
  /** Why it cannot be right, as far as the page can tell. */
  problem: string | null
}

export interface ImportFile {
  columns: readonly string[]
  rows: readonly ImportRow[]
  /** Columns that mean nothing here. */
  ignored: readonly string[]
}

const METADATA = 'metadata.'
const KNOWN = new Set(['imei', 'name', 'user', 'email', 'iccid', 'iccids', 'sims', 'reject'])

/**
 * Reads CSV whose first line names its columns: `imei`, and any of `name`, `user` (e-mail or id), `iccids` and
 * `metadata.KEY`. Throws an `Error` that says what is wrong with a file that is not that.
 */
export function readImport(text: string): ImportFile {
  const records = readRecords(text)
  const [header, ...rest] = records
  const columns = (header?.fields ?? []).map((name) => name.trim())
  const names = columns.map((name) => (name.startsWith(METADATA) ? name : name.toLowerCase()))
  if (!names.includes('imei')) {
    throw new Error('The first line must name the columns, and one of them must be `imei`.')
  }
  const seen = new Map<string, number>()
  const rows = rest.map(({ line, fields }) => toRow(line, columns, names, fields, seen))
  return { columns, rows, ignored: columns.filter((_, at) => !isKnown(names[at] as string)) }
}

/** What `csv-parse` gives with its option `info`. */
interface InfoRecord {
  record: string[]
  info: { lines: number }
}

function readRecords(text: string): { line: number; fields: string[] }[] {
  const options = { bom: true, relax_column_count: true, skip_empty_lines: true, info: true }
  try {
    const records = parse(text, { ...options, delimiter: delimiterOf(text) }) as unknown as InfoRecord[]
    return records.map(({ record, info }) => ({ line: info.lines, fields: record }))
  } catch (error) {
    throw new Error(`This is no CSV: ${(error as Error).message}.`)
  }
}

/** Spreadsheets write semicolons or tabs where the comma is for decimals. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/))
  const frequency = (mark: string) => header.split(mark).length
  return [',', ';', '\t'].reduce((best, mark) => (frequency(mark) > frequency(best) ? mark : best))
}

function isKnown(name: string): boolean {
  return KNOWN.has(name) || name.startsWith(METADATA)
}

function toRow(
  line: number,
  columns: readonly string[],
  names: readonly string[],
  given: readonly string[],
  seen: Map<string, number>,
): ImportRow {
  const values = new Map(names.map((name, at) => [name, (given[at] ?? '').trim()]))
  const value = (...among: string[]) => among.map((name) => values.get(name)).find(Boolean) ?? ''
  const reading = readIdentifier(value('imei'))
  const imei = reading.kind === 'imei' || reading.kind === 'imeisv' ? reading.imei : value('imei')
  const before = seen.get(imei)
  if (before === undefined) seen.set(imei, line)
  return {
    line,
    fields: Object.fromEntries(columns.map((name, at) => [name, given[at] ?? ''])),
    imei,
    name: value('name') || null,
    user: value('user', 'email') || null,
    iccids: value('iccids', 'iccid', 'sims')
      .split(/[\s;|,]+/)
      .filter(Boolean),
    metadata: Object.fromEntries(
      [...values]
        .filter(([name, text]) => name.startsWith(METADATA) && text !== '')
        .map(([name, text]) => [name.slice(METADATA.length), text]),
    ),
    problem: problemOf(reading.kind, imei, before, given.length, columns.length),
  }
}

function problemOf(
  kind: string,
  imei: string,
  before: number | undefined,
  given: number,
  wanted: number,
): string | null {
  if (imei === '') return 'There is no IMEI in it.'
  if (kind !== 'imei' && kind !== 'imeisv') return 'The IMEI is not 15 or 16 digits.'
  if (before !== undefined) return `The same IMEI is in line ${before}.`
  return given > wanted ? `It has ${given} fields, the first line ${wanted}.` : null
}

/** A CSV of rows that were not taken, with the reason in a column of its own: mended, it can be imported itself. */
export function writeRejects(
  columns: readonly string[],
  rejects: readonly { row: ImportRow; reason: string }[],
): string {
  const kept = columns.filter((name) => name.toLowerCase() !== 'reject')
  const lines = rejects.map(({ row, reason }) => [...kept.map((name) => row.fields[name] ?? ''), reason])
  return [[...kept, 'reject'], ...lines].map((fields) => `${fields.map(quote).join(',')}\r\n`).join('')
}

function quote(field: string): string {
  return /[",;\r\n\t]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}
