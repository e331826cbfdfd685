import type { DeviceModel } from '../resources/device-models/schema.ts'

/** What one row of a TAC database says. What it does not say stays as it is in the catalogue. */
export interface Entry {
  tac: string
  brand: string
  name: string
  type?: DeviceModel['type']
  simTypes?: DeviceModel['simTypes']
}

/** A row as read: where it stood, its text, and what it says or why it cannot be used. */
export interface Row {
  /** The line it ends on, counted from 1. */
  line: number
  text: string
  result: Entry | { reason: string }
}

/** How one kind of TAC database is written. */
export interface Format {
  /** Whether a header row, in lower case, is of this format. */
  recognises(header: readonly string[]): boolean
  /** The reader of a file with this header; each row is read by column name, never by position alone. */
  reader(header: readonly string[]): (cells: readonly string[]) => Entry | { reason: string }
}

const TAC = /^[0-9]{8}$/
const MAX_NAME_LENGTH = 255

/** The parts that every format has, judged alike. Spaces around them are dropped. */
export function readIdentity(tac = '', brand = '', name = ''): Entry | { reason: string } {
  const entry = { tac: tac.trim(), brand: brand.trim(), name: name.trim() }
  if (!TAC.test(entry.tac)) return { reason: `the TAC "${entry.tac}" is not 8 digits` }
  for (const part of ['brand', 'name'] as const) {
    if (entry[part] === '') return { reason: `the ${part} is empty` }
    if (entry[part].length > MAX_NAME_LENGTH)
      return { reason: `the ${part} is longer than ${MAX_NAME_LENGTH} characters` }
    if (!entry[part].isWellFormed() || entry[part].includes('\0')) return { reason: `the ${part} is not text` }
  }
  return entry
}
