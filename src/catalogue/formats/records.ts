import type { Line, Lines } from './lines.ts'

/** A record of a table: the cells of a row, with the line it ends on and its text. */
export interface TableRecord {
  line: number
  text: string
  cells: string[]
  /** Why the cells cannot be told apart. */
  problem?: string
}

/** What stands between two cells. Between others than commas, a quote is an ordinary character. */
export type Delimiter = ',' | '|' | '\t'

/** More lines than any cell of a TAC database holds: a quote that is open for so long was never meant to be one. */
const MAX_LINES = 20

/**
 * The next record, or undefined at the end; empty lines, and comments (`#`), are passed over.
 *
 * Commas follow RFC 4180, except that a quote that is never closed costs its own row and no other: the lines after it
 * are read anew. No library at hand does that; they give up or swallow the rest of the file.
 */
export async function nextRecord(lines: Lines, delimiter: Delimiter): Promise<TableRecord | undefined> {
  let first = await lines.next()
  while (first !== undefined && (first.text.trim() === '' || first.text.startsWith('#'))) first = await lines.next()
  if (first === undefined) return undefined
  if (delimiter !== ',') return { line: first.number, text: first.text, cells: first.text.split(delimiter) }
  let { cells, quote } = splitCsv(first.text)
  const more: Line[] = []
  let text = first.text
  while (quote === 'open' && more.length < MAX_LINES) {
    const line = await lines.next()
    if (line === undefined) break
    more.push(line)
    if (startsRecord(line.text)) break
    text += `\n${line.text}`
    ;({ cells, quote } = splitCsv(text))
  }
  if (quote === 'open') {
    for (const line of more.reverse()) lines.unread(line)
    return { line: first.number, text: first.text, cells, problem: 'a quote in it is not closed' }
  }
  const record = { line: more.at(-1)?.number ?? first.number, text, cells }
  return quote === 'stray' ? { ...record, problem: 'a quote in it is closed before the cell ends' } : record
}

function startsRecord(text: string): boolean {
  return /^\s*"?[0-9]{7,8}"?\s*,/.test(text)
}

/** The cells of a line of CSV (RFC 4180 §2), and whether its quotes match; a quote inside a bare cell is a character. */
export function splitCsv(text: string): { cells: string[]; quote: 'sound' | 'open' | 'stray' } {
  const cells: string[] = []
  let quote: 'sound' | 'stray' = 'sound'
  for (let place = 0; ; place += 1) {
    let cell = ''
    if (text[place] === '"') {
      for (place += 1; ; place += 2) {
        const end = text.indexOf('"', place)
        if (end < 0) return { cells: [...cells, cell + text.slice(place)], quote: 'open' }
        cell += text.slice(place, end)
        place = end
        if (text[place + 1] !== '"') break
        cell += '"'
      }
      place += 1
      if (place < text.length && text[place] !== ',') quote = 'stray'
    }
    const end = text.indexOf(',', place)
    cells.push(cell + text.slice(place, end < 0 ? undefined : end))
    if (end < 0) return { cells, quote }
    place = end
  }
}
