/** What a spreadsheet takes for a formula, behind any apostrophes; and a text without any character of its own. */
const FORMULA = /^'*(?:$|[=+\-@\t\r])/
const GUARDED = /^'+(?:$|[=+\-@\t\r])/

/**
 * A text as a CSV cell (RFC 4180 §2) that no spreadsheet reads as a formula: an apostrophe before it makes it text there.
 * The empty text too gets one, to be told from no text, which is an empty cell; null gives that.
 */
export function toCell(text: string | null): string {
  if (text === null) return ''
  return quoteCell(FORMULA.test(text) ? `'${text}` : text)
}

/** The text of a cell that `toCell` made, exactly; null for an empty cell. */
export function fromCell(cell: string): string | null {
  if (cell === '') return null
  return cell.startsWith("'") && GUARDED.test(cell) ? cell.slice(1) : cell
}

/** A CSV cell as it is, in quotes where it needs them. */
export function quoteCell(text: string): string {
  return /[",\r\n;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
