/** What a spreadsheet takes for a formula, full-width forms included, behind any apostrophes; or nothing but them. */
const GUARDABLE = /^'*(?:$|[=+\-@\t\r\n＝＋－＠])/

/** What makes quotes necessary: any delimiter that a reader may assume, and blanks that it would take off. */
const NEEDS_QUOTES = /[",;|\t\r\n]|^\s|\s$/

/** What a file starts with, so that spreadsheets read it as UTF-8. */
export const BYTE_ORDER_MARK = '\ufeff'

/**
 * A text as a cell that no spreadsheet runs as a formula: an apostrophe in front of it makes it text. The empty text gets
 * one too, because an empty cell is null.
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

/** A row of cells that are written already, with its line end. */
export function toRow(cells: readonly string[], delimiter = ','): string {
  return `${cells.join(delimiter)}\r\n`
}
