/**
 * Text that needs an apostrophe in front: empty text, or text that a spreadsheet interprets as a formula (full-width
 * characters included), even if apostrophes already precede it.
 */
const GUARDABLE = /^'*(?:$|[=+\-@\t\r\n＝＋－＠])/

/** Text that needs quotes: it has a delimiter that a reader may assume, or blanks that a reader would trim. */
const NEEDS_QUOTES = /[",;|\t\r\n]|^\s|\s$/

/** The byte order mark, so that spreadsheets read a file as UTF-8. */
export const BYTE_ORDER_MARK = '\ufeff'

/**
 * A text as a cell that no spreadsheet runs as a formula: a leading apostrophe makes it text. Empty text gets one too,
 * because an empty cell means null.
 */
export function toCell(text: string | null): string {
  if (text === null) return ''
  return quoteCell(GUARDABLE.test(text) ? `'${text}` : text)
}

/** The text of a cell that `toCell` wrote, exactly; null for an empty cell. */
export function fromCell(cell: string): string | null {
  if (cell === '') return null
  return cell.startsWith("'") && GUARDABLE.test(cell) ? cell.slice(1) : cell
}

/** A text as a cell, in quotes if it needs them (RFC 4180 §2). */
export function quoteCell(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A row of encoded cells, with its line end. */
export function toRow(cells: readonly string[], delimiter = ','): string {
  return `${cells.join(delimiter)}\r\n`
}
