import type { DeviceType, SimTypes } from '../../contract/device-kinds.ts'
import { isUnknown } from '../facts/brands.ts'
import { simTypesOfCode } from '../facts/model-codes.ts'
import { type Identity, identify } from '../facts/names.ts'

/** What one row of a TAC database states, with brand and name normalised. Properties that it does not state are absent. */
export interface Entry extends Identity {
  tac: string
  /** The brand as the row writes it. */
  brandText: string
  type?: DeviceType
  simTypes?: SimTypes
  /** Whether the SIM types follow from the maker's code of the variant, rather than being stated by the row. */
  isByCode?: boolean
}

/** Why a row is rejected. `damage` distinguishes rows that look broken from rows whose content is invalid. */
export interface Rejection {
  reason: string
  damage?: 'cut' | 'quote'
}

/** A row as read: its place, its cells, and what it states or why it cannot be used. */
export interface Row {
  /** The number of its last line, counted from 1. */
  line: number
  /** As they are written; the whole line for NDJSON. */
  cells: readonly string[]
  result: Entry | Rejection
}

/** A format of TAC databases with a header and columns. */
export interface Format {
  /** Whether a header row, in lower case, is of this format. */
  recognises(header: readonly string[]): boolean
  /** Creates the reader of a file with this header. It finds cells by column name, never by position alone. */
  reader(header: readonly string[]): (cells: readonly string[]) => Entry | Rejection
}

const TAC = /^[0-9]{8}$/
const MAX_NAME_LENGTH = 255

/** Reads the parts that every format has. Spaces around them are ignored. */
export function readIdentity(tac = '', brand = '', name = ''): Entry | Rejection {
  const said = { tac: toDigits(tac.trim()), brand: brand.trim(), name: name.trim() }
  if (!TAC.test(said.tac)) return { reason: tacProblem(said.tac) }
  for (const part of ['brand', 'name'] as const) {
    if (said[part] === '') return { reason: `the ${part} is empty` }
    if (said[part].length > MAX_NAME_LENGTH)
      return { reason: `the ${part} is longer than ${MAX_NAME_LENGTH} characters` }
    if (!said[part].isWellFormed() || said[part].includes('\0')) return { reason: `the ${part} is not text` }
  }
  const identity = identify(said.brand, said.name)
  if (isUnknown(identity.brand)) return { reason: 'the brand is unknown' }
  const simTypes = identity.code === undefined ? undefined : simTypesOfCode(identity.brand, identity.code)
  return { tac: said.tac, brandText: said.brand, ...identity, ...(simTypes ? { simTypes, isByCode: true } : {}) }
}

/** An entry with the type and SIM types that its row states. Stated SIM types replace those of the maker's code. */
export function withKinds(entry: Entry, kinds: Pick<Entry, 'type' | 'simTypes'>): Entry {
  return { ...entry, ...kinds, ...(kinds.simTypes === undefined ? {} : { isByCode: false }) }
}

/** Digits without the characters that protect them from spreadsheets: `="123"`, `'123`. */
function toDigits(text: string): string {
  return TAC.test(text) ? text : text.replace(/^(?:="([0-9]*)"|'([0-9]*))$/, '$1$2')
}

function tacProblem(tac: string): string {
  if (/^[0-9]{7}$/.test(tac)) {
    return `the TAC "${tac}" has 7 digits, not 8: a spreadsheet may have removed a leading zero. Format the column as text`
  }
  if (/^[0-9]+[.,][0-9]+E\+?[0-9]+$/i.test(tac)) {
    return `the TAC "${tac}" was turned into a number by a spreadsheet. Format the column as text`
  }
  return `the TAC "${tac}" is not 8 digits`
}
