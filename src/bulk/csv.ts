import { CsvError, type Parser, parse } from 'csv-parse'
import type { TObject } from 'typebox'
import { nearest } from '../contract/nearest.ts'
import { createDecoder } from '../domain/utf8.ts'
import { ApiError, SetupError } from '../errors.ts'
import type { Line } from './batch.ts'
import { fromCell, quoteCell } from './cells.ts'
import { BATCH_ROWS, type Fleet, type FleetBatch } from './input.ts'

/** What a file of rejects has in addition, and an import of it passes over. */
const PASSED_OVER = ['line', 'reason']

const METADATA = 'metadata.'

/** A record as the parser gives it, with the line that it ends on. */
interface Parsed {
  record: string[]
  info: { lines: number }
}

interface Column {
  /** The property that a cell says something of; null where it is passed over. */
  property: string | null
  /** The key of metadata that it is, where it is one. */
  key: string | null
  read(text: string | null): unknown
}

/** Reads CSV whose header names the properties of rows, in any order, and `metadata.KEY` for keys of metadata. */
export async function readCsv(
  pieces: AsyncIterable<Buffer>,
  start: string,
  schema: TObject,
  kind: string,
): Promise<Fleet> {
  const delimiter = delimiterOf(start)
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
  })
  const parts = readRecords(parser, pieces)
  const first = await parts.next()
  const [head, ...rest] = first.done ? [] : first.value
  const header = head?.record ?? []
  const columns = readHeader(header, schema, kind)
  const isKept = columns.map(({ property }) => property !== null)
  const toLine = (cells: readonly string[]) => `${cells.map(quoteCell).join(delimiter)}\r\n`
  const kept = (cells: readonly string[]) => cells.filter((_, position) => isKept[position] ?? true)

  function toBatch(lines: readonly Line[], records: readonly string[][]): FleetBatch {
    return {
      lines,
      toReject: (position, reason) =>
        toLine([String(lines[position]?.line), reason, ...kept(records[position] as string[])]),
    }
  }

  async function* batches(): AsyncGenerator<FleetBatch> {
    let lines: Line[] = []
    let records: string[][] = []
    let part: readonly Parsed[] = rest
    for (;;) {
      for (const { record, info } of part) {
        lines.push(readRow(record, columns, info.lines))
        records.push(record)
        if (lines.length < BATCH_ROWS) continue
        yield toBatch(lines, records)
        lines = []
        records = []
      }
      const next = await parts.next()
      if (next.done) break
      part = next.value
    }
    if (lines.length > 0) yield toBatch(lines, records)
  }
  return { format: 'csv', rejectsHeader: toLine([...PASSED_OVER, ...kept(header)]), batches: batches() }
}

/**
 * Parses piece by piece: gives the records that end in each together, since to await each alone costs more than to parse
 * it. Throws `SetupError` where it is no CSV, or not UTF-8.
 */
async function* readRecords(parser: Parser, pieces: AsyncIterable<Buffer>): AsyncGenerator<Parsed[]> {
  // Thrown below, from where it is read.
  parser.on('error', () => {})
  const decode = createDecoder()
  try {
    for await (const piece of pieces) {
      decode(piece, parser.info.lines)
      parser.write(piece)
      if (parser.errored !== null) break
      const records: Parsed[] = []
      for (let read = parser.read(); read !== null; read = parser.read()) records.push(read)
      if (records.length > 0) yield records
    }
    if (!parser.destroyed) {
      decode(Buffer.alloc(0), parser.info.lines)
      parser.end()
    }
    for await (const read of parser) yield [read]
  } catch (error) {
    if (error instanceof CsvError) throw new SetupError(`The file is not readable as CSV: ${error.message}`)
    throw error
  }
}

function readHeader(header: readonly string[], schema: TObject, kind: string): Column[] {
  const names = Object.keys(schema.properties)
  const columns = header.map((cell): Column => {
    const name = cell.trim()
    if (name.startsWith(METADATA)) {
      return { property: 'metadata', key: name.slice(METADATA.length), read: (text) => text ?? undefined }
    }
    const property = names.find((known) => known.toLowerCase() === name.toLowerCase())
    if (property !== undefined) return { property, key: null, read: readerOf(schema.properties[property] as object) }
    if (PASSED_OVER.includes(name.toLowerCase())) return { property: null, key: null, read: () => undefined }
    const suggestion = nearest(name, names)
    throw new SetupError(
      `"${name}" is not a column of ${kind}${suggestion === null ? '' : `; "${suggestion}" is`}. ` +
        `The first line names the columns: ${names.join(', ')} and metadata.KEY; name what is to be kept but has none metadata.KEY`,
    )
  })
  const missing = (schema.required ?? []).filter((name) => columns.every(({ property }) => property !== name))
  if (missing.length > 0) throw new SetupError(`The first line has no column "${missing[0]}"`)
  const repeated = header.find((name, position) => header.indexOf(name) < position)
  if (repeated !== undefined) throw new SetupError(`The first line names "${repeated}" twice`)
  return columns
}

function readRow(cells: readonly string[], columns: readonly Column[], line: number): Line {
  if (cells.length !== columns.length) {
    const message = `The row has ${cells.length} cells, and the first line ${columns.length}`
    const fault = new ApiError('malformed', message, { hint: 'Put cells that hold a comma in quotes.' })
    return { line, value: undefined, fault }
  }
  const value: Record<string, unknown> = {}
  const metadata: [string, unknown][] = []
  for (let position = 0; position < columns.length; position++) {
    const { property, key, read } = columns[position] as Column
    if (property === null) continue
    const said = read(fromCell(cells[position] as string))
    if (said === undefined) continue
    if (key === null) value[property] = said
    else metadata.push([key, said])
  }
  if (metadata.length > 0) value.metadata = Object.fromEntries(metadata)
  return { line, value, fault: null }
}

/** How a cell of a property is read: by the property's type. What does not fit stays text for the schema to refuse. */
function readerOf(schema: { type?: string | string[] }): Column['read'] {
  const types = [schema.type ?? []].flat()
  const none = types.includes('null') ? null : undefined
  if (types.includes('array'))
    return (text) => (text === null ? none : text.split(/[\s;]+/).filter((part) => part !== ''))
  if (types.includes('boolean')) {
    return (text) => (text === null ? none : text === 'true' ? true : text === 'false' ? false : text)
  }
  if (types.includes('object')) return (text) => (text === null ? none : parseOrKeep(text))
  return (text) => text ?? none
}

function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Spreadsheets of other languages write semicolons or tabs: the first line tells. */
function delimiterOf(start: string): string {
  const [header = ''] = start.split('\n', 1)
  return [',', ';', '\t'].find((delimiter) => header.includes(delimiter)) ?? ','
}
