import { fromCell } from './cells.ts'

/**
 * How the cells of a column are read. `digits` are identifiers, which may be protected from spreadsheets as `="123"` or
 * `'123`. `digitsList` is several of them. A list of words is a closed set, ignoring case.
 */
export type ColumnType = 'text' | 'digits' | 'digitsList' | 'boolean' | 'json' | readonly string[]

export interface ColumnRule {
  type: ColumnType
  /** Whether an empty cell means null. Otherwise it is ignored. */
  isNullable: boolean
}

/**
 * The value of a cell, or undefined if it is ignored. A cell that cannot be read as its type stays text, for the API's
 * own rules to reject.
 */
export function readerOf({ type, isNullable }: ColumnRule): (cell: string) => unknown {
  const convert = CONVERSIONS[typeof type === 'string' ? type : 'word']
  const words = typeof type === 'string' ? [] : type
  const nothing = isNullable ? null : undefined
  return (cell) => {
    const text = fromCell(cell)
    return text === null ? nothing : convert(text, words, nothing)
  }
}

type Conversion = (text: string, words: readonly string[], nothing: null | undefined) => unknown

const CONVERSIONS: Record<Exclude<ColumnType, readonly string[]> | 'word', Conversion> = {
  text: (text) => text,
  digits: (text, _words, nothing) => toDigits(text) || nothing,
  digitsList(text, _words, nothing) {
    const parts = toDigits(text).split(/[\s,;|]+/)
    const list = parts.map(toDigits).filter((part) => part !== '')
    return list.length > 0 ? list : nothing
  },
  boolean: (text) => readWord(text, ['true', 'false'], (word) => word === 'true'),
  word: (text, words) => readWord(text, words, (word) => word),
  json(text) {
    try {
      return JSON.parse(text)
    } catch {
      return text
    }
  },
}

/** Digits without the characters that protect them from spreadsheets: `="123"`, `'123`. */
function toDigits(text: string): string {
  if (/^[0-9]+$/.test(text)) return text
  const trimmed = text.trim()
  const formula = /^="([^"]*)"$/.exec(trimmed)
  return (formula?.[1] ?? trimmed).replace(/^'/, '').trim()
}

function readWord<Value>(text: string, words: readonly string[], toValue: (word: string) => Value): Value | string {
  const lower = text.trim().toLowerCase()
  const word = words.find((known) => known.toLowerCase() === lower)
  return word === undefined ? text : toValue(word)
}
