import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { openPostgres } from '../src/db/postgres.ts'
import { openSqlite } from '../src/db/sqlite.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { type Ask, chooseGenerator, TACS } from './load.ts'
import { deviceApiAsks, OPERATIONS } from './operations.ts'
import { cpuOf, end, endAll, memoryOf, pinTo } from './processes.ts'
import { httpSide, type Range, type Side, sampleOf, startBare, startDirect, startHandset } from './sides.ts'
import { type Filled, fill, INSERT_DEVICE } from './store.ts'
import { printTable, type Series, toLine } from './table.ts'

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'no-postgres': { type: 'boolean', default: false },
    scale: { type: 'string', default: '200k' },
    projects: { type: 'string', default: '1' },
    only: { type: 'string' },
    rounds: { type: 'string' },
  },
})

const SLICE = options.short ? 1_000 : 2_000
const ROUNDS = Number(options.rounds ?? (options.short ? 3 : 5))
const POSTGRES_DEVICES = 5_000
const TAGGED_DEVICES = 500
const CACHE = join(import.meta.dirname, '../node_modules/.cache/handset-bench')
const SERVER_CORE = 0
const LOAD_CORE = cpus().length > 1 ? 1 : 0

/** What a side is compared with, by operation; where nothing is named, with bare `node:http`. */
const BARE = 'bare node:http'
const SQLITE = 'Handset, SQLite'
const POSTGRES = 'Handset, PostgreSQL'
const INSERTS = 'node:sqlite, 32 inserts a commit'
const READS = 'driver of PostgreSQL alone'

/** Devices that nothing else makes: those of samples, and those of the driver. */
const SAMPLED = 90_000_000_000
const INSERTED = 80_000_000_000

/** Ends the PostgreSQL that was started, and removes its data. */
let removePostgres: (() => Promise<void>) | undefined

/** From the start of Handset on the filled embedded store to its first answer, and its memory then. */
const start = { milliseconds: 0, cpuMilliseconds: 0, megabytes: 0 }

await run()

async function run(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'handset-bench-'))
  try {
    const generator = chooseGenerator(pinTo(LOAD_CORE), CACHE)
    const range: Range = { fire: generator.fire, directory, pin: pinTo(SERVER_CORE) }
    const sides = [...(await startSqlite(range)), ...(options['no-postgres'] ? [] : await startOnPostgres(range))]
    const series = await measure(sides)
    report(generator.name, sides, series)
  } finally {
    await endAll()
    await removePostgres?.()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Handset on the embedded store, and what it is compared with. */
async function startSqlite(range: Range): Promise<Side[]> {
  const file = join(range.directory, 'handset.db')
  say(`Filling SQLite: ${options.scale} devices in ${options.projects} project(s), ${TACS} TACs.`)
  const db = openSqlite(file)
  const filled = await fill(db, { devices: readCount(options.scale), projects: Number(options.projects), tacs: TACS })
  await db.close()

  // The first start compiles modules and the next ones find them compiled, as on a machine of a user.
  await end((await startHandset(range, ['--data', range.directory], {})).child)
  const begun = performance.now()
  const { child, port } = await startHandset(range, ['--data', range.directory], {})
  await sampleOf(port, firstAsk(filled), 0)
  start.milliseconds = Math.round(performance.now() - begun)
  start.cpuMilliseconds = Math.round(cpuOf(child.pid as number) / 1000)
  start.megabytes = Math.round(memoryOf(child.pid as number))
  const asks = deviceApiAsks(filled, await readTags(port, filled))
  const handset = httpSide(range, { name: SQLITE, port, pid: child.pid as number, asks, next: filled.devices })
  let sampled = SAMPLED
  const bare = await startBare(range, BARE, asks, (operation) => {
    const [ask] = asks[operation] ?? []
    if (ask === undefined) throw new Error(`Nothing is asked in ${operation}`)
    return sampleOf(port, ask, ask.among === undefined ? sampled++ : 0)
  })
  const [tenant] = filled.tenants
  const idStart = filled.deviceIdStart(tenant as Filled['tenants'][number])
  const job = { file, statement: INSERT_DEVICE, project: tenant?.id as string, next: INSERTED, idStart }
  return [bare, handset, await startDirect(range, INSERTS, 'create', { kind: 'inserts', ...job })]
}

/** Handset on a PostgreSQL of its own, and the driver alone running the statement that Handset runs for a device. */
async function startOnPostgres(range: Range): Promise<Side[]> {
  say(`Filling PostgreSQL: ${POSTGRES_DEVICES} devices.`)
  const server = await startPostgres({ track_activity_query_size: '65536' })
  removePostgres = () => server.remove()
  const url = server.url('postgres')
  const db = openPostgres(url, { patience: Infinity })
  const filled = await fill(db, { devices: POSTGRES_DEVICES, projects: 1, tacs: POSTGRES_DEVICES })
  await db.close()

  const { child, port } = await startHandset(range, [], { DATABASE_URL: url })
  const { 'list of 10, page 10,000': _, ...asks } = deviceApiAsks(filled, [])
  const served = { name: POSTGRES, port, pid: child.pid as number, asks, next: filled.devices }
  const [tenant] = filled.tenants
  if (tenant === undefined) throw new Error('Nothing is asked')
  await sampleOf(port, firstAsk(filled), 0)
  const statement = await lastStatement(url)
  const job = { url, statement, project: tenant.id, among: filled.devices, idStart: filled.deviceIdStart(tenant) }
  const driver = await startDirect(range, READS, 'GET device, any of all', { kind: 'reads', ...job })
  return [httpSide(range, served), driver]
}

/** The statement by which Handset has just read a device, as PostgreSQL saw it. */
async function lastStatement(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, fetch_types: false })
  const [row] = await sql`SELECT query FROM pg_stat_activity
    WHERE application_name = 'handset' AND query LIKE '%FROM devices d%' ORDER BY query_start DESC LIMIT 1`
  await sql.end()
  return row?.query as string
}

/** The entity tags of some devices, as a client knows them that has read them. */
async function readTags(port: number, filled: Filled): Promise<string[]> {
  const tags: string[] = []
  for (let number = 0; number < Math.min(TAGGED_DEVICES, filled.devices); number++) {
    tags.push((await sampleOf(port, firstAsk(filled), number)).headers.etag as string)
  }
  return tags
}

/** A request for one device. */
function firstAsk(filled: Filled): Ask {
  return deviceApiAsks(filled, [])['GET device']?.[0] as Ask
}

/** Every side does every operation, in short slices in turn; the side that begins changes from round to round. */
async function measure(sides: readonly Side[]): Promise<Series[]> {
  const wanted = OPERATIONS.filter((name) => options.only === undefined || options.only.split(';').includes(name))
  const all: Series[] = []
  for (const operation of wanted) {
    say(operation)
    const series = sides
      .filter((side) => side.does(operation))
      .map((side) => ({ side, result: { operation, side: side.name, slices: [] } as Series }))
    for (const { side } of series) await side.shoot(operation, 1_000)
    for (let round = 0; round < ROUNDS; round++) {
      const order = series.map((_, place) => series[(place + round) % series.length] as (typeof series)[number])
      for (const { side, result } of order) result.slices.push(await side.shoot(operation, SLICE))
    }
    all.push(...series.map(({ result }) => result))
  }
  return all
}

/** What a side is compared with. */
function referenceOf(all: readonly Series[], { operation, side }: Series): Series | undefined {
  const find = (name: string) => all.find((one) => one.operation === operation && one.side === name)
  if (side === BARE || side === INSERTS || side === READS) return undefined
  if (side === POSTGRES) return find(READS) ?? find(BARE)
  return (side === SQLITE ? find(INSERTS) : undefined) ?? find(BARE)
}

function report(generator: string, sides: readonly Side[], all: readonly Series[]): void {
  const lines = all.map((series) => toLine(series, referenceOf(all, series)))
  const memory = Object.fromEntries(sides.map(({ name, pid }) => [name, Math.round(memoryOf(pid))]))
  const run = { node: process.version, generator, scale: options.scale, projects: options.projects, rounds: ROUNDS }
  if (options.json) {
    console.log(JSON.stringify({ ...run, start, lines, memory }, null, 2))
    return
  }
  console.log(`\nNode ${run.node}, ${generator}, ${cpus()[0]?.model}; ${ROUNDS} slices of ${SLICE / 1000} s a side.
Ratios are to bare node:http sending the same bytes; of creates on SQLite to inserts through node:sqlite; of the read
of any device on PostgreSQL to its driver alone. Above 1 is better for all but ×p99.\n`)
  console.log(printTable(lines))
  const texts = Object.entries(memory).map(([name, megabytes]) => `${name} ${megabytes} MB`)
  console.log(`\nMemory after it: ${texts.join(', ')}.
Start of Handset on SQLite to its first answer: ${start.milliseconds} ms, ${start.cpuMilliseconds} ms of CPU, ${start.megabytes} MB.`)
}

/** `10k`, `1m`: a number as people write it. */
function readCount(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([km]?)$/.exec(text) ?? []
  if (digits === undefined) throw new Error(`--scale is "${text}": write it like 10k or 1m`)
  return Number(digits) * { '': 1, k: 1_000, m: 1_000_000 }[unit as '' | 'k' | 'm']
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
