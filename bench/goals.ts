import { COMPARED, type Operation } from './operations.ts'
import type { Footprint } from './scale.ts'
import { type Line, toText } from './table.ts'

/** The names of the sides that have goals. */
export const BARE = 'bare node:http'
export const SQLITE = 'Handset, SQLite'
export const POSTGRES = 'Handset, PostgreSQL'
export const TWO_NODES = 'Handset, PostgreSQL, two nodes'
export const INSERTS = 'node:sqlite, 32 inserts a commit'
export const DRIVER = 'driver of PostgreSQL alone'

/** The goals of Handset: the minimum ratio to the reference (see `referenceOf`) of a side in an operation. */
const GOALS: readonly (readonly [operation: Operation, side: string, least: number])[] = [
  ['GET device', SQLITE, 0.8],
  ['GET device, 304', SQLITE, 0.9],
  ['list of 10', SQLITE, 0.5],
  ['model search', SQLITE, 0.7],
  ['create', SQLITE, 0.7],
  ['GET device, any of all', POSTGRES, 0.8],
]
const MOST_P99 = 1.5

/** The minimum ratio of an operation to the one that it is compared with. */
const LEAST_OF_COMPARED = 0.9
/** The minimum ratio of any store to the smallest store, in these operations. */
const LEAST_OF_SMALLEST = 0.8
const FLAT: readonly Operation[] = ['GET device', 'list of 10', 'create']
const MOST_START = 400
const MOST_MEMORY = 120

/** The table of goals, and whether this run meets them. */
export function goalRows(lines: readonly Line[], footprints: ReadonlyMap<string, Footprint>): string[][] {
  const find = (operation: string, side: string) =>
    lines.find((line) => line.operation === operation && line.side === side)
  const rows: string[][] = []
  for (const [operation, side, least] of GOALS) {
    const line = find(operation, side)
    if (line === undefined || line.ratio === null) continue
    rows.push([`${operation}: ${side}`, `≥ ${least.toFixed(2)}`, toText(line.ratio, 2), toText(line.cpuRatio, 2)])
  }
  const get = find('GET device', SQLITE)
  if (get?.p99Ratio) rows.push(['GET device: p99', `≤ ${MOST_P99.toFixed(2)} ×`, toText(get.p99Ratio, 2), ''])
  rows.push(...peerRows(lines, find))
  for (const { operation, side, ratio, cpuRatio } of lines) {
    const isCompared = COMPARED[operation] !== undefined
    const isGoal = isCompared || (side !== SQLITE && FLAT.includes(operation))
    if (!footprints.has(side) || ratio === null || !isGoal) continue
    const least = isCompared ? LEAST_OF_COMPARED : LEAST_OF_SMALLEST
    rows.push([`${operation}: ${side}`, `≥ ${least.toFixed(2)}`, toText(ratio, 2), toText(cpuRatio, 2)])
  }
  for (const [name, { start, startCpu, memory }] of footprints) {
    rows.push([`start to first answer, ms: ${name}`, `≤ ${MOST_START}`, toText(start, 0), toText(startCpu, 0)])
    rows.push([`memory at rest, MB: ${name}`, `≤ ${MOST_MEMORY}`, toText(memory, 0), ''])
  }
  return [['what', 'goal', 'reached', 'in CPU'], ...rows]
}

/** How far Handset is ahead of the closest peer in each operation. */
function peerRows(lines: readonly Line[], find: (operation: string, side: string) => Line | undefined): string[][] {
  const known = [BARE, SQLITE, POSTGRES, TWO_NODES, INSERTS, DRIVER]
  const operations = [...new Set(lines.map(({ operation }) => operation))]
  return operations.flatMap((operation) => {
    const own = find(operation, SQLITE)
    const peers = lines.filter((line) => line.operation === operation && !known.includes(line.side))
    if (own === undefined || peers.length === 0) return []
    const nearest = peers.reduce((best, peer) => (peer.perSecond > best.perSecond ? peer : best))
    const cpu = peers.reduce((best, peer) => (peer.cpu < best.cpu ? peer : best)).cpu / own.cpu
    const what = `${operation}: ahead of ${nearest.side}`
    return [[what, '> 1.00', toText(own.perSecond / nearest.perSecond, 2), toText(cpu, 2)]]
  })
}
