import { COMPARED, type Operation } from './operations.ts'
import type { Footprint } from './scale.ts'
import { type Line, toText } from './table.ts'

/** The names of the sides that have goals. */
export const BARE = 'bare node:http'
export const SQLITE = 'Handset, SQLite'
export const SQLITE_FLOOR = 'floor: node:http + node:sqlite'
export const POSTGRES = 'Handset, PostgreSQL'
export const POSTGRES_FLOOR = 'floor: node:http + postgres'
export const TWO_NODES = 'Handset, PostgreSQL, two nodes'

/** The performance floor of each side of Handset. */
export const FLOORS: Readonly<Record<string, string>> = {
  [SQLITE]: SQLITE_FLOOR,
  [POSTGRES]: POSTGRES_FLOOR,
  [TWO_NODES]: POSTGRES_FLOOR,
}

/** The goals of Handset: the minimum throughput per second of CPU, relative to the performance floor. */
const GOALS: readonly (readonly [operation: Operation, side: string, least: number])[] = [
  ['GET, any device', SQLITE, 0.8],
  ['GET, 304', SQLITE, 0.85],
  ['list of 10, any page', SQLITE, 0.85],
  ['list of 10, 10,000 pages deep', SQLITE, 0.85],
  ['device search', SQLITE, 0.75],
  ['model search', SQLITE, 0.75],
  ['create', SQLITE, 0.6],
  ['PATCH', SQLITE, 0.6],
  ['GET, any device', POSTGRES, 0.75],
  ['list of 10, any page', POSTGRES, 0.75],
  ['create', POSTGRES, 0.75],
]

/** The goals of the mix of reads and changes: requests per second, and p99. */
const MIX: Operation = 'mixed, 90 % reads'
const LEAST_OF_MIX = 0.65
const MOST_P99_OF_MIX = 2

/** The minimum ratio of an operation to the one that it is compared with. */
const LEAST_OF_COMPARED = 0.9
/** The minimum ratio of any store to the smallest store, in these operations. */
const LEAST_OF_SMALLEST = 0.8
const FLAT: readonly Operation[] = ['GET, any device', 'device search', 'create']
const MOST_START = 250
const MOST_MEMORY = 120

/** The table of goals, and whether this run meets them. */
export function goalRows(lines: readonly Line[], footprints: ReadonlyMap<string, Footprint>): string[][] {
  const find = (operation: string, side: string) =>
    lines.find((line) => line.operation === operation && line.side === side)
  const rows: string[][] = []
  for (const [operation, side, least] of GOALS) {
    const line = find(operation, side)
    if (line === undefined || line.cpuRatio === null) continue
    rows.push([`${operation}: ${side}`, `≥ ${least.toFixed(2)} in CPU`, toText(line.cpuRatio, 2)])
  }
  const mix = find(MIX, SQLITE)
  if (mix?.ratio) rows.push([`${MIX}: requests`, `≥ ${LEAST_OF_MIX.toFixed(2)}`, toText(mix.ratio, 2)])
  if (mix?.p99Ratio) rows.push([`${MIX}: p99`, `≤ ${MOST_P99_OF_MIX.toFixed(2)} ×`, toText(mix.p99Ratio, 2)])
  rows.push(...peerRows(lines, find))
  for (const { operation, side, cpuRatio, compared } of lines) {
    const isCompared = COMPARED[operation] !== undefined
    if (isCompared && compared !== null) {
      rows.push([
        `${operation}: ${side}, compared with ${COMPARED[operation]}`,
        `≥ ${LEAST_OF_COMPARED.toFixed(2)} in CPU`,
        toText(compared, 2),
      ])
    } else if (footprints.has(side) && side !== SQLITE && cpuRatio !== null && FLAT.includes(operation)) {
      rows.push([`${operation}: ${side}`, `≥ ${LEAST_OF_SMALLEST.toFixed(2)} in CPU`, toText(cpuRatio, 2)])
    }
  }
  for (const [name, { start, memory }] of footprints) {
    rows.push([`start to first answer, ms: ${name}`, `≤ ${MOST_START}`, toText(start, 0)])
    rows.push([`memory at rest, MB: ${name}`, `≤ ${MOST_MEMORY}`, toText(memory, 0)])
  }
  return [['what', 'goal', 'reached'], ...rows]
}

/** How far Handset is ahead of the closest peer in each operation. */
function peerRows(lines: readonly Line[], find: (operation: string, side: string) => Line | undefined): string[][] {
  const known = [BARE, SQLITE, POSTGRES, TWO_NODES, ...Object.values(FLOORS)]
  const operations = [...new Set(lines.map(({ operation }) => operation))]
  return operations.flatMap((operation) => {
    const own = find(operation, SQLITE)
    const peers = lines.filter((line) => line.operation === operation && !known.includes(line.side))
    if (own === undefined || peers.length === 0) return []
    const nearest = peers.reduce((best, peer) => (peer.perSecond > best.perSecond ? peer : best))
    return [[`${operation}: ahead of ${nearest.side}`, '> 1.00', toText(own.perSecond / nearest.perSecond, 2)]]
  })
}
