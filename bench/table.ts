import type { Operation } from './operations.ts'

/** One slice of time of a side. `cpu` is the server's, in microseconds a request. */
export interface Slice {
  perSecond: number
  p50: number
  p99: number
  cpu: number
  failures: number
}

/** All slices of a side doing an operation. */
export interface Series {
  operation: Operation
  side: string
  slices: Slice[]
}

/** A line of the table: medians over the slices; the ratios are to the reference side, slice by slice. */
export interface Line {
  operation: string
  side: string
  perSecond: number
  /** The middle half of the slices, in percent of the median. */
  spread: number
  p50: number
  p99: number
  cpu: number
  /** Requests per second against the reference. */
  ratio: number | null
  /** What a second of CPU does, against the reference: the steadier ratio. */
  cpuRatio: number | null
  p99Ratio: number | null
  failures: number
}

export function toLine({ operation, side, slices }: Series, reference: Series | undefined): Line {
  const column = (name: keyof Slice) => slices.map((slice) => slice[name])
  const against = (ratio: (own: Slice, other: Slice) => number) =>
    reference === undefined
      ? null
      : median(slices.map((own, round) => ratio(own, reference.slices[round] ?? (reference.slices[0] as Slice))))
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
    cpuRatio: against((own, other) => other.cpu / own.cpu),
    p99Ratio: against((own, other) => own.p99 / other.p99),
    failures: column('failures').reduce((sum, one) => sum + one, 0),
  }
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place % 1)
}

const COLUMNS = ['operation', 'side', 'req/s', '±%', 'ratio', 'p50 ms', 'p99 ms', '×p99', 'CPU µs', 'CPU ratio']

/** The table as text, columns aligned. */
export function printTable(lines: readonly Line[]): string {
  const rows = lines.map((line, place) => [
    lines[place - 1]?.operation === line.operation ? '' : line.operation,
    line.failures > 0 ? `${line.side} (${line.failures} failed!)` : line.side,
    line.perSecond.toFixed(0),
    line.spread.toFixed(0),
    line.ratio?.toFixed(2) ?? '',
    numberOr(line.p50),
    numberOr(line.p99),
    line.p99Ratio === null || Number.isNaN(line.p99Ratio) ? '' : line.p99Ratio.toFixed(2),
    line.cpu > 0 ? line.cpu.toFixed(1) : '',
    line.cpuRatio === null || !Number.isFinite(line.cpuRatio) ? '' : line.cpuRatio.toFixed(2),
  ])
  const widths = COLUMNS.map((column, place) => Math.max(column.length, ...rows.map((row) => row[place]?.length ?? 0)))
  const toText = (row: string[]) =>
    row
      .map((cell, place) => (place < 2 ? cell.padEnd(widths[place] ?? 0) : cell.padStart(widths[place] ?? 0)))
      .join('  ')
  return [COLUMNS, ...rows].map((row) => toText(row).trimEnd()).join('\n')
}

function numberOr(value: number): string {
  return Number.isNaN(value) ? '' : value.toFixed(2)
}
