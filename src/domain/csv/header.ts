import { nearest } from '../nearest.ts'
import { type ColumnRule, readerOf } from './columns.ts'
import { type ColumnFault, CsvError } from './error.ts'

/** The kind of rows in a file. */
export interface Table {
  /** In the plural: `devices`. */
  name: string
  /** The columns that set a property, by the property's name. */
  columns: Readonly<Record<string, ColumnRule>>
  required: readonly string[]
}

/** A column of a file. */
export interface Column {
  name: string
  /** The target of its cells: a property, or a key of the metadata. Null if the column is ignored. */
  sets: { property: string; key: string | null; read: (cell: string) => unknown } | null
}

/** Ignored in the positions where a rejects file has them. */
export const REJECT_COLUMNS = ['line', 'reason'] as const

/** Ignored, so that an export can be imported unchanged. */
const ID = 'id'

const METADATA = 'metadata'
const METADATA_KEY = /^metadata\./i

/** What people call the properties, in lower case and with letters and digits only. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  imei: ['imeinumber', 'imeino', 'imeinr', 'imeinummer', 'imei1', 'imeisv', 'imeicode', 'deviceimei'],
  user: ['email', 'emailaddress', 'mail', 'owner', 'username', 'useremail', 'userid', 'customer', 'assignedto'],
  iccids: ['sim', 'sims', 'iccid', 'simcard', 'simcards', 'simnumber', 'siminumber', 'iccid1', 'simiccid'],
  name: ['devicename', 'label', 'title', 'description', 'displayname'],
  email: ['mail', 'emailaddress', 'useremail', 'user', 'eaddress'],
  fullName: ['name', 'displayname', 'customer', 'customername', 'username'],
  birthday: ['dateofbirth', 'birthdate', 'dob', 'born', 'geburtsdatum'],
  preferredLocale: ['locale', 'language', 'lang', 'sprache'],
  emailVerified: ['verified', 'emailconfirmed', 'confirmed', 'isverified'],
  iccid: ['sim', 'sims', 'iccids', 'iccidnumber', 'simnumber', 'simcard', 'simcardnumber', 'simiccid'],
  type: ['simtype', 'kind', 'formfactor'],
  provider: ['operator', 'carrier', 'network'],
  status: ['state', 'simstatus'],
}

/** The columns of a file, from its first record. Throws a `CsvError` that names every column that cannot be used. */
export function readHeader(cells: readonly string[], table: Table): Column[] {
  const columns = cells.map((cell, position) => toColumn(cell, position, table))
  const faults = columns.flatMap((column, position) => faultOf(column, position, columns, table) ?? [])
  if (faults.length > 0) throw headerError(faults, table)
  const missing = table.required.find((name) => columns.every(({ sets }) => sets?.property !== name))
  if (missing !== undefined) {
    const fault = { column: missing, message: `The first line has no column "${missing}"`, suggestion: null }
    throw headerError([fault], table)
  }
  return columns
}

/** How many of these cells name a column of the table. */
export function countKnown(cells: readonly string[], table: Table): number {
  return cells.filter((cell) => propertyOf(cell, table) !== undefined || METADATA_KEY.test(cell)).length
}

function toColumn(cell: string, position: number, table: Table): Column {
  if (METADATA_KEY.test(cell.trimStart())) {
    const key = cell.trimStart().slice(METADATA.length + 1)
    const read = readerOf({ type: 'text', isNullable: false })
    return { name: cell, sets: { property: METADATA, key, read } }
  }
  const property = propertyOf(cell, table)
  if (property === undefined || isIgnored(cell, position)) return { name: cell, sets: null }
  return { name: cell, sets: { property, key: null, read: readerOf(table.columns[property] as ColumnRule) } }
}

function propertyOf(cell: string, { columns }: Table): string | undefined {
  const name = toName(cell)
  return Object.keys(columns).find((known) => known.toLowerCase() === name)
}

function isIgnored(cell: string, position: number): boolean {
  const name = toName(cell)
  return name === '' || name === ID || name === REJECT_COLUMNS[position]
}

function faultOf(column: Column, position: number, columns: readonly Column[], table: Table): ColumnFault | null {
  const { name, sets } = column
  const fault = (message: string, suggestion: string | null = null) => ({ column: name, message, suggestion })
  if (sets === null && !isIgnored(name, position)) {
    const suggestion = suggestionFor(name, table)
    return fault(
      `"${name}" is not a column of ${table.name}${suggestion === null ? '' : `; did you mean "${suggestion}"?`}`,
      suggestion,
    )
  }
  if (sets?.key === '') return fault(`"${name}" has no key after the dot`)
  const first = columns.findIndex((other) => isSame(column, other))
  if (first < position && toName(name) !== '') return fault(`The first line has the column "${name}" twice`)
  const isWhole = (other: Column) => other.sets?.property === METADATA && other.sets.key === null
  if (isWhole(column) && columns.some((other) => typeof other.sets?.key === 'string')) {
    return fault(`The column "${name}" cannot be combined with columns metadata.KEY`)
  }
  return null
}

function isSame(one: Column, other: Column): boolean {
  if (one.sets === null || other.sets === null)
    return one.sets === other.sets && toName(one.name) === toName(other.name)
  return one.sets.property === other.sets.property && one.sets.key === other.sets.key
}

function suggestionFor(name: string, { columns }: Table): string | null {
  const known = Object.keys(columns)
  const plain = toPlain(name)
  return (
    known.find((property) => property.toLowerCase() === plain) ??
    known.find((property) => SYNONYMS[property]?.includes(plain)) ??
    nearest(name, known)
  )
}

function headerError(faults: readonly ColumnFault[], { name, columns }: Table): CsvError {
  return new CsvError(
    faults.map(({ message }) => message).join('. '),
    `The columns of ${name} are ${Object.keys(columns).join(', ')} and metadata.KEY. Rename a column to metadata.KEY to ` +
      'keep what has no column of its own, or remove it.',
    faults,
  )
}

function toName(cell: string): string {
  return cell.trim().toLowerCase()
}

function toPlain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}
