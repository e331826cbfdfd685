import type { Operation } from './operations.ts'

/** One time slice of a side. */
export interface Slice {
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
  /** CPU time of the server per request, in microseconds. */
  cpu: number
  /** The server's memory at the end of the slice. */
  megabytes: number
  failures: number
}

/** All slices of a side for one operation. */
export interface Series {
  operation: Operation
  side: string
  slices: Slice[]
}

/** A line of the table: medians over the slices. The ratios are to the reference side, slice by slice. */
export interface Line {
  operation: Operation
  side: string
  perSecond: number
  /** The middle half of the slices, as a percentage of the median. */
  spread: number
  p50: number
  p99: number
  cpu: number
  /** Requests per second relative to the reference. */
  ratio: number | null
  /** Requests per second of CPU relative to the reference, the steadier ratio. */
  cpuRatio: number | null
  p99Ratio: number | null
  /** The same ratio to the operation that this one is compared with, on the same side. */
  compared: number | null
  /** The maximum of all slices. */
  megabytes: number
  failures: number
}

export function toLine(
  { operation, side, slices }: Series,
  reference: Series | undefined,
  compared: Series | undefined,
): Line {
  const column = (name: keyof Slice) => slices.map((slice) => slice[name])
  const against = (ratio: (own: Slice, other: Slice) => number, other = reference) =>
    other === undefined
      ? null
      : median(slices.map((own, round) => ratio(own, other.slices[round] ?? (other.slices[0] as Slice))))
  const cpuRatio = (own: Slice, other: Slice) => other.cpu / own.cpu
  const perSecond = median(column('perSecond'))
  return {
    operation,
    side,
    perSecond,
    spread: ((quantile(column('perSecond'), 0.75) - quantile(column('perSecond'), 0.25)) / perSecond) * 100,
    p50: median(column('p50')),
    p99: median(column('p99')),
    cpu: median(column('cpu')),
    ratio: against((own, other) => own.perSecond / other.perSecond),
    cpuRatio: against(cpuRatio),
    compared: compared === undefined ? null : against(cpuRatio, compared),
    p99Ratio: against((own, other) => own.p99 / other.p99),
    megabytes: Math.max(...column('megabytes')),
    failures: column('failures').reduce((sum, one) => sum + one, 0),
  }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place % 1)
}

const COLUMNS = ['operation', 'side', 'req/s', '±%', 'ratio', 'p50 ms', 'p99 ms', '×p99', 'CPU µs', 'CPU ratio', 'MB']

/** The table: a header row, then the lines. */
export function toRows(lines: readonly Line[]): string[][] {
  const rows = lines.map((line, place) => [
    lines[place - 1]?.operation === line.operation ? '' : line.operation,
    line.failures > 0 ? `${line.side} (${line.failures} failed!)` : line.side,
    toText(line.perSecond, 0),
    toText(line.spread, 0),
    toText(line.ratio, 2),
    toText(line.p50, 2),
    toText(line.p99, 2),
    toText(line.p99Ratio, 2),
    line.cpu > 0 ? toText(line.cpu, 0) : '',
    toText(line.cpuRatio, 2),
    toText(line.megabytes, 0),
  ])
  return [COLUMNS, ...rows]
}

/** A number for people; empty if there is none. */
export function toText(value: number | null, digits: number): string {
  if (value === null || !Number.isFinite(value)) return ''
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Rows as a Markdown table that is also readable as plain text. Numeric columns are right-aligned. */
export function toMarkdown([head = [], ...rows]: readonly string[][]): string {
  const isNumeric = head.map((_, place) => rows.every((row) => /^(-?[0-9][0-9.,]*)?$/.test(row[place] ?? '')))
  const widths = head.map((name, place) => Math.max(3, name.length, ...rows.map((row) => row[place]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const pad = (row: readonly string[]) =>
    line(
      row.map((cell, place) =>
        isNumeric[place] ? cell.padStart(widths[place] ?? 0) : cell.padEnd(widths[place] ?? 0),
      ),
    )
  const rule = line(widths.map((width, place) => (isNumeric[place] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))))
  return [pad(head), rule, ...rows.map(pad)].join('\n')
}
