import { BYTE_ORDER_MARK, fromCell, quoteCell, toCell, toRow } from '../../domain/csv/cells.ts'
import { REJECT_COLUMNS } from '../../domain/csv/header.ts'
import { type CsvRecord, createRecordReader } from '../../domain/csv/records.ts'
import type { Entry, Rejection, Row } from './entry.ts'

/** What separates cells. */
export const DELIMITERS = [',', ';', '|', '\t'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** The header of a table, and where it was found. */
export interface TableHeader {
  /** The names of the columns as the file spells them, without those of a rejects file. */
  names: readonly string[]
  delimiter: Delimiter
  /** Whether the columns of a rejects file, the line and the reason, come first. */
  isRejects: boolean
}

/** Reads the rows of a table as its text arrives. */
export interface TableRows {
  push(text: string): Row[]
  end(): Row[]
  /** The number of the last line that was read. */
  line(): number
}

/** Whether quotes enclose cells. With the other delimiters, a quote is an ordinary character. */
export function hasQuotes(delimiter: Delimiter): boolean {
  return delimiter === ',' || delimiter === ';'
}

/** Reads a line as a header. The caller decides whether it is one. */
export function readHeaderLine(line: string, delimiter: Delimiter): TableHeader {
  const reader = createRecordReader({ delimiter, hasQuotes: hasQuotes(delimiter) })
  const [first] = [...reader.push(line), ...reader.end()]
  const cells = first?.cells ?? []
  const isRejects = REJECT_COLUMNS.every((name, position) => cells[position]?.toLowerCase() === name)
  return { names: isRejects ? cells.slice(REJECT_COLUMNS.length) : cells, delimiter, isRejects }
}

/** Reads the rows below a header. Comments start with `#`. An unclosed quote invalidates only its own row. */
export function createTableRows(
  { names, delimiter, isRejects }: TableHeader,
  linesBefore: number,
  read: (cells: readonly string[]) => Entry | Rejection,
): TableRows {
  const reader = createRecordReader({ delimiter, linesBefore, hasComments: true, hasQuotes: hasQuotes(delimiter) })
  const offset = isRejects ? REJECT_COLUMNS.length : 0
  const tac = names.findIndex((name) => name.toLowerCase() === 'tac') + offset
  reader.recogniseRows((line) => TAC_CELL.test(line.split(delimiter, tac + 1)[tac]?.trim() ?? ''))
  let last = linesBefore

  function toRows(records: readonly CsvRecord[]): Row[] {
    const rows: Row[] = []
    for (const { line, cells: written, fault } of records) {
      last = line
      const cells = offset === 0 ? written : written.slice(offset)
      if (fault !== null) rows.push({ line, cells, result: { reason: fault, damage: 'quote' } })
      else if (cells.some((cell) => cell !== '')) rows.push({ line, cells, result: read(cells.map(withoutGuard)) })
    }
    return rows
  }

  return { push: (text) => toRows(reader.push(text)), end: () => toRows(reader.end()), line: () => last }
}

const TAC_CELL = /^[="']*[0-9]{7,8}["']*$/

function withoutGuard(cell: string): string {
  return cell.startsWith("'") ? (fromCell(cell) ?? '') : cell
}

/** Writes rejected rows with the columns of their table, so that they can be corrected and imported. */
export function createTableRejects({ names, delimiter }: TableHeader) {
  if (!hasQuotes(delimiter)) {
    return {
      header: BYTE_ORDER_MARK + toRow([...REJECT_COLUMNS, ...names], delimiter),
      toReject: ({ line, cells }: Row, reason: string) => toRow([String(line), reason, ...cells], delimiter),
    }
  }
  return {
    header: BYTE_ORDER_MARK + toRow([...REJECT_COLUMNS, ...names].map(quoteCell), delimiter),
    toReject({ line, cells }: Row, reason: string) {
      const written = cells.map((cell) => toCell(fromCell(cell)))
      return toRow([String(line), toCell(reason), ...written], delimiter)
    },
  }
}
