/** The maximum size of a body of the API: no valid row is longer. */
const LONGEST_RECORD = 64 * 1024

/** A record of a file: its raw cells, and the number of its last line, counted from 1. */
export interface CsvRecord {
  line: number
  cells: string[]
  /**
   * Why the record cannot be split into cells, or null. With a fault, `cells` splits the line without regard to quotes.
   */
  fault: string | null
  /** In characters. */
  size: number
}

export interface RecordOptions {
  delimiter: string
  /** The number of lines of the file before the text. */
  linesBefore?: number
  /** Whether lines that start with `#` are comments, which are read as empty. */
  hasComments?: boolean
  /** Whether quotes enclose cells. If not, a quote is an ordinary character. */
  hasQuotes?: boolean
}

/** Splits text into records as it arrives. Holds at most one record beyond the given text. */
export interface RecordReader {
  /** The records that are complete so far. */
  push(text: string): CsvRecord[]
  /** The remaining records. */
  end(): CsvRecord[]
  /**
   * Sets how to recognise a row inside an open quoted cell. Such a row means that the quote was never closed.
   */
  recogniseRows(isRow: (line: string) => boolean): void
}

export const FAULTS = {
  unclosed: 'A quote in this row is not closed',
  stray: 'Text follows the closing quote of a cell',
  long: 'The row is longer than 64 KiB',
} as const

interface Parsed {
  end: number
  lines: number
  cells: string[]
  fault: string | null
}

interface Cell {
  text: string
  /** The place of the delimiter or line end after it. */
  end: number
  /** The number of line ends inside it. */
  lines: number
}

/** The next position of a character, valid for every position from `from` to `at`. */
interface Next {
  character: string
  from: number
  at: number
}

/**
 * Reads delimited text as spreadsheets and people write it: RFC 4180, with any line ends, with spaces around unquoted
 * cells, and with quotes as ordinary characters inside unquoted cells.
 *
 * An unclosed quote invalidates only its own line; the lines after it are read on their own. A quote counts as unclosed
 * if text follows its closing quote on a later line, if the record would be too long, or if the cell would hold a line
 * that `recogniseRows` recognises.
 */
export function createRecordReader(options: RecordOptions): RecordReader {
  const { delimiter, linesBefore = 0, hasComments = false, hasQuotes = true } = options
  const [lf, cr, quote, separator] = ['\n', '\r', '"', delimiter].map((character) => ({
    character,
    from: 0,
    at: -1,
  })) as [Next, Next, Next, Next]
  let text = ''
  let at = 0
  let line = linesBefore
  let isLast = false
  /** Whether `at` is inside a line that is too long. */
  let isSkipping = false
  let isRow: (line: string) => boolean = () => false

  /** The next position of a character, or the end of the text if there is none. */
  function find(next: Next, from: number): number {
    if (from < next.from || from > next.at) {
      const found = text.indexOf(next.character, from)
      next.from = from
      next.at = found < 0 ? text.length : found
    }
    return next.at
  }

  function lineEnd(from: number): number {
    return Math.min(find(lf, from), find(cr, from))
  }

  /** The start of the line after a line end. Undefined while the second character of the line end may be missing. */
  function behind(end: number): number | undefined {
    if (end === text.length) return isLast ? end : undefined
    if (text[end] === '\n') return end + 1
    if (end + 1 === text.length && !isLast) return undefined
    return text[end + 1] === '\n' ? end + 2 : end + 1
  }

  function skipBlanks(from: number): number {
    let place = from
    for (let character = text[place]; isBlank(character) && character !== delimiter; character = text[place]) place += 1
    return place
  }

  function parseRecord(): Parsed | undefined {
    if (hasComments && text[at] === '#') {
      const comment = parseLine(null)
      return comment && { ...comment, cells: [''] }
    }
    if (!hasQuotes || find(quote, at) >= lineEnd(at)) return parseLine(null)
    return parseQuoted()
  }

  /** The line as a record that treats quotes as ordinary characters. */
  function parseLine(fault: string | null): Parsed | undefined {
    const last = lineEnd(at)
    const end = behind(last)
    if (end === undefined) return undefined
    if (last - at > LONGEST_RECORD) return { end, lines: 1, cells: [], fault: FAULTS.long }
    const cells = text.slice(at, last).split(delimiter)
    for (let position = 0; position < cells.length; position++) {
      const cell = cells[position] as string
      if (!isTrimmed(cell)) cells[position] = cell.trim()
    }
    return { end, lines: 1, cells, fault }
  }

  function parseQuoted(): Parsed | undefined {
    const cells: string[] = []
    let lines = 1
    for (let place = at; ; ) {
      const cell = parseCell(skipBlanks(place))
      if (cell === undefined) return undefined
      if (cell === 'stray' && lines === 1) return parseLine(FAULTS.stray)
      if (typeof cell === 'string') return parseLine(cell === 'long' && lines === 1 ? FAULTS.long : FAULTS.unclosed)
      cells.push(cell.text)
      lines += cell.lines
      if (cell.end < text.length && text[cell.end] === delimiter) {
        place = cell.end + 1
        continue
      }
      const end = behind(cell.end)
      return end === undefined ? undefined : { end, lines, cells, fault: null }
    }
  }

  function parseCell(start: number): Cell | keyof typeof FAULTS | undefined {
    if (text[start] === '"') return parseQuotedCell(start)
    const end = Math.min(find(separator, start), lineEnd(start))
    if (end - at > LONGEST_RECORD) return 'long'
    if (end === text.length && !isLast) return undefined
    return { text: text.slice(start, end).trimEnd(), end, lines: 0 }
  }

  function parseQuotedCell(start: number): Cell | keyof typeof FAULTS | undefined {
    let content = ''
    let from = start + 1
    let close = text.indexOf('"', from)
    while (close >= 0 && text[close + 1] === '"') {
      content += text.slice(from, close + 1)
      from = close + 2
      close = text.indexOf('"', from)
    }
    if ((close < 0 ? text.length : close) - at > LONGEST_RECORD) return 'unclosed'
    if (close < 0) return isLast ? 'unclosed' : undefined
    const end = skipBlanks(close + 1)
    if (end === text.length && !isLast) return undefined
    const lines = linesInside(start, close)
    if (lines === undefined) return 'unclosed'
    if (end < text.length && text[end] !== delimiter && end !== lineEnd(end)) return lines > 0 ? 'unclosed' : 'stray'
    return { text: content + text.slice(from, close), end, lines }
  }

  /** The number of line ends between two positions. Undefined if one of the lines is a row of its own. */
  function linesInside(from: number, to: number): number | undefined {
    let lines = 0
    for (let end = lineEnd(from); end < to; end = lineEnd(behind(end) as number)) {
      lines += 1
      const next = behind(end) as number
      if (isRow(text.slice(next, lineEnd(next)))) return undefined
    }
    return lines
  }

  /** The rest of a line that is too long. Undefined until its end arrives. */
  function parseRest(): Parsed | undefined {
    const last = lineEnd(at)
    const end = behind(last)
    if (end !== undefined) return { end, lines: 1, cells: [], fault: FAULTS.long }
    at = last
    return undefined
  }

  function read(): CsvRecord[] {
    const records: CsvRecord[] = []
    while (at < text.length || (isSkipping && isLast)) {
      const parsed = isSkipping ? parseRest() : parseRecord()
      if (parsed === undefined) {
        if (isSkipping || text.length - at <= LONGEST_RECORD + 2) break
        isSkipping = true
        continue
      }
      isSkipping = false
      const { cells, fault, lines, end } = parsed
      line += lines
      records.push({ line, cells, fault, size: end - at })
      at = end
    }
    return records
  }

  function take(more: string): CsvRecord[] {
    text = at < text.length ? text.slice(at) + more : more
    at = 0
    for (const next of [lf, cr, quote, separator]) Object.assign(next, { from: 0, at: -1 })
    return read()
  }

  return {
    push: take,
    end() {
      isLast = true
      return take('')
    },
    recogniseRows(recognise) {
      isRow = recognise
    },
  }
}

/** Whether a cell certainly has no space at its ends. This is faster than trimming each cell. */
function isTrimmed(cell: string): boolean {
  const [first, last] = [cell.charCodeAt(0), cell.charCodeAt(cell.length - 1)]
  return first > 0x20 && first < 0xa0 && last > 0x20 && last < 0xa0
}

/** Spaces as spreadsheets and word processors write them. */
function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\u00a0'
}
