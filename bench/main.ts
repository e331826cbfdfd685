import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openPostgres } from '../src/db/postgres/open.ts'
import { spell as spellPostgres } from '../src/db/postgres/queries.ts'
import { copySqlite } from '../src/db/sqlite/file.ts'
import { openSqlite } from '../src/db/sqlite/open.ts'
import { spell as spellSqlite } from '../src/db/sqlite/queries.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { bulkOfPostgres } from './bulk.ts'
import { asksToRecord, recordPlans } from './floor/record.ts'
import { BARE, FLOORS, goalRows, POSTGRES, POSTGRES_FLOOR, SQLITE, SQLITE_FLOOR, TWO_NODES } from './goals.ts'
import { chooseGenerator, TACS } from './load.ts'
import { type Asks, COMPARED, deviceApiAsks, OPERATIONS, type Operation } from './operations.ts'
import { layOutPackage } from './package.ts'
import { startPeers } from './peers.ts'
import { endAll, pinTo } from './processes.ts'
import { type Footprint, footprintRows, getAsk, openStore, readSize, type Size, startOnStore } from './scale.ts'
import { httpSide, pairSide, type Range, type Side, sampleOf, startBare, startFloor, startHandset } from './sides.ts'
import { type Filled, fill } from './store.ts'
import { type Line, type Series, toLine, toMarkdown, toRows } from './table.ts'

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'no-postgres': { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    scale: { type: 'string', default: '200k' },
    keep: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string' },
  },
})

const SLICE = options.short ? 1_000 : 2_000
/** How long each operation runs before it is measured, in milliseconds: until V8 has compiled what it runs. */
const WARM_UP = 3_000
const ROUNDS = Number(options.rounds ?? (options.short ? 3 : 5))
const CONNECTIONS = 32
const POSTGRES_DEVICES = 200_000
const TAGGED_DEVICES = 2_000
const SERVER_CORE = 0
const LOAD_CORE = cpus().length > 1 ? 1 : 0

/** The number of the first device of samples. Nothing else creates these devices. */
const SAMPLED = 90_000_000_000

/** The gap between the devices that the performance floor creates and those of Handset, on one PostgreSQL. */
const FLOOR_ROOM = 40_000_000_000

/** Stops the PostgreSQL that was started, and removes its data. */
let removePostgres: (() => Promise<void>) | undefined

await run()

async function run(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'handset-bench-'))
  try {
    const generator = chooseGenerator(pinTo(LOAD_CORE))
    const command = layOutPackage(directory)
    const range: Range = { fire: generator.fire, directory, command, pin: pinTo(SERVER_CORE), connections: CONNECTIONS }
    const [first, ...others] = options.scale.split(',').map(readSize) as [Size, ...Size[]]
    const footprints = new Map<string, Footprint>()
    const sides: Side[] = []
    if (others.length > 0) {
      for (const size of [first, ...others]) sides.push(await startSize(range, size, footprints))
    } else {
      sides.push(...(await startOnSqlite(range, first, footprints)))
      if (!options['no-postgres']) sides.push(...(await startOnPostgres(range)))
    }
    const all = await measure(sides)
    const lines = all.map((series) => {
      const reference = referenceOf(all, series, others.length > 0 ? first.name : BARE)
      return toLine(series, reference, comparedWith(all, series))
    })
    report(generator.name, lines, footprints)
  } finally {
    await endAll()
    await removePostgres?.()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Handset on one of several store sizes that are compared with each other. */
async function startSize(range: Range, size: Size, footprints: Map<string, Footprint>): Promise<Side> {
  const { port, pid, store } = await startOnSize(range, size, size.name, footprints)
  return httpSide(range, { name: size.name, port, pid, asks: deviceApiAsks(store.filled, new Map()), next: store.next })
}

async function startOnSize(range: Range, size: Size, name: string, footprints: Map<string, Footprint>) {
  say(`SQLite: ${size.devices} devices in ${size.projects} project(s), ${TACS} TACs.`)
  const directory = join(options.keep ?? range.directory, `${size.devices}-in-${size.projects}`)
  const store = await openStore(directory, size)
  const { port, pid, footprint } = await startOnStore(range, store)
  footprints.set(name, footprint)
  return { port, pid, store }
}

/** Handset on the embedded store, and the sides that it is compared with. */
async function startOnSqlite(range: Range, size: Size, footprints: Map<string, Footprint>): Promise<Side[]> {
  const { port, pid, store } = await startOnSize(range, size, SQLITE, footprints)
  const { filled, file, next } = store
  const asks = deviceApiAsks(filled, await readTags(port, filled))
  const handset = httpSide(range, { name: SQLITE, port, pid, asks, next })
  const bare = await startBareSide(range, port, asks, SAMPLED + next)
  const copy = join(range.directory, 'floor.db')
  const db = openSqlite(file)
  const plans = await recordPlans(db, spellSqlite, asksToRecord(asks, SAMPLED + next + 1_000))
  await db.close()
  await copySqlite(file, copy)
  const floor = await startFloor(range, SQLITE_FLOOR, { engine: 'sqlite', store: copy, plans }, { asks, next })
  const peers = options['no-peers'] ? [] : await startPeers(range, { filled, file, port })
  return [bare, floor, handset, ...peers]
}

/** Bare `node:http` with samples of the responses of a server. `fresh` is the number of a device that does not exist. */
function startBareSide(range: Range, port: number, asks: Asks, fresh: number): Promise<Side> {
  let next = fresh
  return startBare(range, BARE, asks, (operation) => {
    const [ask] = asks[operation] ?? []
    if (ask === undefined) throw new Error(`No request is defined for ${operation}`)
    return sampleOf(port, ask, ask.among === undefined ? next++ : (ask.from ?? 0))
  })
}

/** Handset on its own PostgreSQL, with one node and with two, and its performance floor. */
async function startOnPostgres(range: Range): Promise<Side[]> {
  say(`PostgreSQL: ${POSTGRES_DEVICES} devices, ${TACS} TACs.`)
  const server = await startPostgres()
  removePostgres = () => server.remove()
  const url = server.url('postgres')
  const open = () => openPostgres(url, { patience: Infinity })
  const filled = await fill(open, () => bulkOfPostgres(url), { devices: POSTGRES_DEVICES, projects: 1 })

  const { port, pid } = await startNode(range, url)
  const asks = deviceApiAsks(filled, await readTags(port, filled))
  const db = open()
  const plans = await recordPlans(db, spellPostgres, asksToRecord(asks, SAMPLED))
  await db.close()
  const next = filled.devices
  const floorServed = { asks, next: next + FLOOR_ROOM }
  const floor = await startFloor(range, POSTGRES_FLOOR, { engine: 'postgres', store: url, plans }, floorServed)
  const node = { port, pid, asks, next }
  const second = { ...(await startNode({ ...range, pin: [] }, url)), asks, next }
  return [floor, httpSide(range, { name: POSTGRES, ...node }), pairSide(range, TWO_NODES, [node, second])]
}

async function startNode(range: Range, url: string): Promise<{ port: number; pid: number }> {
  const { child, port } = await startHandset(range, [], { DATABASE_URL: url })
  return { port, pid: child.pid as number }
}

/** The entity tags of devices from all over a project, by their numbers: known to a client that has read them. */
async function readTags(port: number, filled: Filled): Promise<Map<number, string>> {
  const tags = new Map<number, string>()
  const step = Math.max(1, Math.floor(filled.devices / TAGGED_DEVICES))
  for (let number = 0; number < filled.devices; number += step) {
    tags.set(number, (await sampleOf(port, getAsk(filled), number)).headers.etag as string)
  }
  return tags
}

/**
 * Runs every operation on every side, in short slices that take turns, next to the operation that it is compared with,
 * if any. The order changes from round to round.
 */
async function measure(sides: readonly Side[]): Promise<Series[]> {
  const wanted = OPERATIONS.filter((name) => options.only === undefined || options.only.split(';').includes(name))
  const all: Series[] = []
  while (wanted.length > 0) {
    const [operation] = wanted.splice(0, 1) as [Operation]
    const compared = wanted.filter((other) => COMPARED[other] === operation)
    for (const other of compared) wanted.splice(wanted.indexOf(other), 1)
    const series = [operation, ...compared].flatMap((name) =>
      sides
        .filter((side) => side.does(name))
        .map((side) => ({ side, result: { operation: name, side: side.name, slices: [] } as Series })),
    )
    say([operation, ...compared].join(' and '))
    for (const { side, result } of series) await side.shoot(result.operation, WARM_UP)
    for (let round = 0; round < ROUNDS; round++) {
      const order = series.map((_, place) => series[(place + round) % series.length] as (typeof series)[number])
      for (const { side, result } of order) result.slices.push(await side.shoot(result.operation, SLICE))
    }
    all.push(...series.map(({ result }) => result))
  }
  return all
}

/** What a side is compared with: its performance floor, or else the common reference. */
function referenceOf(all: readonly Series[], { operation, side }: Series, common: string): Series | undefined {
  const find = (name: string) => all.find((one) => one.operation === operation && one.side === name)
  if (common === side || side === POSTGRES_FLOOR) return undefined
  return find(FLOORS[side] ?? '') ?? find(common)
}

/** The same side in the operation that this one is compared with. */
function comparedWith(all: readonly Series[], { operation, side }: Series): Series | undefined {
  return all.find((one) => one.operation === COMPARED[operation] && one.side === side)
}

function report(generator: string, lines: readonly Line[], footprints: ReadonlyMap<string, Footprint>): void {
  const run = { node: process.version, generator, scale: options.scale, rounds: ROUNDS, seconds: SLICE / 1000 }
  if (options.json) {
    console.log(JSON.stringify({ ...run, lines, footprints: Object.fromEntries(footprints) }, null, 2))
    return
  }
  const words = process.argv.slice(2).map((word) => (/[ ;]/.test(word) ? `'${word}'` : word))
  console.log(
    [
      `\`npm run bench -- ${words.join(' ')}\`: Node ${run.node}, ${generator}, ${cpus().length} cores of ${cpus()[0]?.model.trim()}; ${ROUNDS} slices of ${run.seconds} s per side.`,
      toMarkdown(toRows(lines)),
      toMarkdown(footprintRows(footprints)),
      toMarkdown(goalRows(lines, footprints)),
    ].join('\n\n'),
  )
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
