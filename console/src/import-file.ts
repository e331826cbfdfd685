import type { ImportDevice, ImportSim, ImportUser } from '@handset/sdk'
import type { ColumnRule } from '../../src/domain/csv/columns.ts'
import type { Encoding } from '../../src/domain/csv/decode.ts'
import { CsvError } from '../../src/domain/csv/error.ts'
import type { Table } from '../../src/domain/csv/header.ts'
import { createTableReader, type Header, type TableRow } from '../../src/domain/csv/table.ts'
import { SIM_STATUSES } from './sim/status-names.ts'

/** A row of a file, to be imported. */
export interface ImportRow {
  /** The line that it ends on. The header is line 1. */
  line: number
  /** Its raw cells, for the rejects file. */
  cells: readonly string[]
  /** Its properties, for the API to validate. */
  value: Readonly<Record<string, unknown>>
  /** Why it cannot be sent. */
  fault: string | null
  /** The position in the file after this row, in bytes. */
  end: number
}

export interface ImportFile {
  name: string
  /** In bytes. */
  size: number
  columns: readonly string[]
  /** All its rows, read on demand. */
  rows(): AsyncGenerator<ImportRow>
  /** A CSV of rejected rows, each with its line and the reason. Once corrected, it can be imported. */
  rejects: { header: string; toLine(row: ImportRow, reason: string): string }
}

/** What a file contains. */
export type ImportKind = 'devices' | 'users' | 'sims'

type Columns<Row> = Record<Exclude<keyof Row, 'id'>, ColumnRule>

/** A new property of the API does not compile until it has a column here. */
const DEVICE_COLUMNS: Columns<ImportDevice> = {
  imei: { type: 'digits', isNullable: false },
  user: { type: 'text', isNullable: true },
  iccids: { type: 'digitsList', isNullable: true },
  name: { type: 'text', isNullable: true },
  metadata: { type: 'json', isNullable: false },
}

const USER_COLUMNS: Columns<ImportUser> = {
  email: { type: 'text', isNullable: false },
  fullName: { type: 'text', isNullable: true },
  birthday: { type: 'text', isNullable: true },
  preferredLocale: { type: 'text', isNullable: false },
  emailVerified: { type: 'boolean', isNullable: false },
  metadata: { type: 'json', isNullable: false },
}

const SIM_COLUMNS: Columns<ImportSim> = {
  iccid: { type: 'digits', isNullable: false },
  type: { type: ['eSIM', 'pSIM'], isNullable: false },
  provider: { type: 'text', isNullable: false },
  status: { type: SIM_STATUSES, isNullable: false },
  metadata: { type: 'json', isNullable: false },
}

const TABLES: Record<ImportKind, Table> = {
  devices: { name: 'devices', columns: DEVICE_COLUMNS, required: ['imei'] },
  users: { name: 'users', columns: USER_COLUMNS, required: ['email'] },
  sims: { name: 'SIMs', columns: SIM_COLUMNS, required: ['iccid'] },
}

/** How much of a file is read at a time: little enough for a progress bar that moves. */
const PIECE = 16 * 1024

const CHOICES: Record<Encoding, string> = { 'utf-8': 'UTF-8', 'utf-16': 'UTF-16', 'windows-1252': 'Windows-1252' }

/**
 * Opens CSV whose first line names its columns, such as `imei`, `name`, `user` (e-mail or id), `iccids` and
 * `metadata.KEY`. Holds only one piece of the file in memory. Throws an `Error` that says what is wrong with the file,
 * also while reading its rows. The command line and the API read the same files in the same way.
 */
export async function openImport(kind: ImportKind, file: File, encoding?: Encoding): Promise<ImportFile> {
  const header = await readHeader(kind, file, encoding)
  return {
    name: file.name,
    size: file.size,
    columns: header.names,
    async *rows() {
      for await (const { row, end } of readRows(kind, file, encoding)) yield toImportRow(row, end)
    },
    rejects: { header: header.rejects, toLine: (row, reason) => header.toReject(row, reason) },
  }
}

async function readHeader(kind: ImportKind, file: File, encoding: Encoding | undefined): Promise<Header> {
  const reader = createReader(kind, encoding)
  for await (const { bytes } of readPieces(file)) {
    asErrors(() => reader.push(bytes))
    const header = reader.header()
    if (header !== null) return header
  }
  asErrors(() => reader.end())
  return reader.header() as Header
}

async function* readRows(
  kind: ImportKind,
  file: File,
  encoding: Encoding | undefined,
): AsyncGenerator<{ row: TableRow; end: number }> {
  const reader = createReader(kind, encoding)
  for await (const { bytes, end } of readPieces(file)) {
    for (const row of asErrors(() => reader.push(bytes))) yield { row, end }
  }
  for (const row of asErrors(() => reader.end())) yield { row, end: file.size }
}

async function* readPieces(file: File): AsyncGenerator<{ bytes: Uint8Array; end: number }> {
  for (let start = 0; start < file.size; start += PIECE) {
    const piece = file.slice(start, start + PIECE)
    yield { bytes: new Uint8Array(await piece.arrayBuffer()), end: start + piece.size }
  }
}

function createReader(kind: ImportKind, encoding: Encoding | undefined) {
  return createTableReader(TABLES[kind], { encoding, optionFor: (encoding) => `the encoding ${CHOICES[encoding]}` })
}

/** Runs a step of the reader. Adds the hint of an error to its message. */
function asErrors<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw error instanceof CsvError ? new Error(`${error.message}. ${error.hint}`) : error
  }
}

function toImportRow({ line, cells, value, fault }: TableRow, end: number): ImportRow {
  return { line, cells, value: value ?? {}, fault: fault && `${fault.message}. ${fault.hint}`, end }
}
