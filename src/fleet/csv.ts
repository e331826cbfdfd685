import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import type { TObject } from 'typebox'
import { ApiError, SetupError } from '../errors.ts'
import { nearest } from '../http/nearest.ts'
import { fromCell, quoteCell } from './cells.ts'
import type { Fleet, FleetRow } from './rows.ts'

/**
 * How many rows are given together: those of a transaction, which a server's own writes wait for. In fewer, each page of
 * an index is written for the sake of a row or two.
 */
const BATCH_ROWS = 10_000

/** What a file of rejects has in addition, and an import of it passes over. */
const PASSED_OVER = ['line', 'reason']

const METADATA = 'metadata.'

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
  const source = Readable.from(pieces)
  source.on('error', (error) => parser.destroy(error))
  const records: AsyncIterator<{ record: string[]; info: { lines: number } }> = source
    .pipe(parser)
    [Symbol.asyncIterator]()

  async function next() {
    try {
      const { value, done } = await records.next()
      return done ? undefined : value
    } catch (error) {
      if (error instanceof CsvError) throw new SetupError(`The file is not readable as CSV: ${error.message}`)
      throw error
    }
  }

  const header = (await next())?.record ?? []
  const columns = readHeader(header, schema, kind)
  const isKept = columns.map(({ property }) => property !== null)
  const toLine = (cells: readonly string[]) => `${cells.map(quoteCell).join(delimiter)}\r\n`
  const kept = (cells: readonly string[]) => cells.filter((_, position) => isKept[position] ?? true)

  async function* batches(): AsyncGenerator<FleetRow[]> {
    let batch: FleetRow[] = []
    for (let read = await next(); read !== undefined; read = await next()) {
      const { record, info } = read
      const { lines: line } = info
      batch.push({
        line,
        ...readRow(record, columns),
        toReject: (reason) => toLine([String(line), reason, ...kept(record)]),
      })
      if (batch.length < BATCH_ROWS) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  }
  return { format: 'csv', rejectsHeader: toLine([...PASSED_OVER, ...kept(header)]), batches: batches() }
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

function readRow(cells: readonly string[], columns: readonly Column[]): Pick<FleetRow, 'value' | 'fault'> {
  if (cells.length !== columns.length) {
    const message = `The row has ${cells.length} cells, and the first line ${columns.length}`
    return {
      value: undefined,
      fault: new ApiError('malformed', message, { hint: 'Put cells that hold a comma in quotes.' }),
    }
  }
  const value: Record<string, unknown> = {}
  const metadata: [string, unknown][] = []
  columns.forEach(({ property, key, read }, position) => {
    if (property === null) return
    const said = read(fromCell(cells[position] as string))
    if (said === undefined) return
    if (key === null) value[property] = said
    else metadata.push([key, said])
  })
  if (metadata.length > 0) value.metadata = Object.fromEntries(metadata)
  return { value, fault: null }
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
