import { Agent, request } from 'node:http'
import { parseArgs } from 'node:util'
import { startPostgres } from '../test/support/postgres.ts'
import { imeiOf } from './load.ts'
import { cpuOf } from './processes.ts'
import { startFreshServer } from './server-process.ts'
import type { Target } from './steady-load.ts'

// node bench/event-cost.ts [--seconds 4] [--rounds 4] [--no-postgres] : what events cost. Creates devices over HTTP, on a
// server that writes events and on one that writes none, in turn, on SQLite and on PostgreSQL. Every create is durable, and
// writes the index of words. Prints the rates and the processor time of the server for each create.

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '4' },
    'no-postgres': { type: 'boolean', default: false },
  },
})

const SECONDS = Number(options.seconds)
const ROUNDS = Number(options.rounds)
const CLIENTS = 32

/** How many days events are kept, on the servers that are compared; 0 writes none. */
const SIDES = { with: '30', without: '0' } as const
type Side = keyof typeof SIDES

const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
let made = 0

interface Slice {
  perSecond: number
  cpuMicroseconds: number
}

const engines = ['sqlite', ...(options['no-postgres'] ? [] : ['postgres'])] as const
for (const engine of engines) console.log(JSON.stringify({ engine, ...(await compare(engine)) }))
agent.destroy()

/** Measures both sides in turn, each on a store of its own. */
async function compare(engine: string) {
  await using servers = new AsyncDisposableStack()
  const start = async (side: Side) => {
    const settings = { HANDSET_RATE_LIMIT: '0', HANDSET_EVENT_DAYS: SIDES[side] }
    if (engine === 'sqlite') return servers.use(await startFreshServer(settings))
    const postgres = await startPostgres()
    servers.defer(postgres.remove)
    return servers.use(await startFreshServer({ ...settings, DATABASE_URL: postgres.url('postgres') }))
  }
  const targets = { with: await start('with'), without: await start('without') }
  const slices: Record<Side, Slice[]> = { with: [], without: [] }
  for (const side of ['with', 'without'] as const) await createFor(targets[side], 1)
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of ['with', 'without'] as const) slices[side].push(await createFor(targets[side], SECONDS))
  }
  const [events, none] = [meanOf(slices.with), meanOf(slices.without)]
  return { with: events, without: none, rate: Number((events.perSecond / none.perSecond).toFixed(2)) }
}

/** Creates devices for a time, as fast as the clients get their responses. */
async function createFor({ address, key, pid }: Target, seconds: number): Promise<Slice> {
  const devices = `${address}/projects/demo/devices`
  const [start, cpu] = [performance.now(), cpuOf(pid)]
  const first = made
  const elapsed = () => (performance.now() - start) / 1000
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (elapsed() < seconds) await create(devices, key)
    }),
  )
  const creates = made - first
  return { perSecond: creates / elapsed(), cpuMicroseconds: (cpuOf(pid) - cpu) / creates }
}

function create(devices: string, key: string): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const number = made++
  return new Promise((resolve, reject) => {
    const outgoing = request(devices, { agent, method: 'POST', headers }, (incoming) => {
      incoming.resume().on('end', resolve)
      if (incoming.statusCode !== 201) reject(new Error(`status ${incoming.statusCode}`))
    })
    outgoing.on('error', reject)
    outgoing.end(JSON.stringify({ imei: imeiOf(number), name: `Phone ${number}` }))
  })
}

function meanOf(slices: readonly Slice[]): Slice {
  const mean = (column: keyof Slice) =>
    Math.round(slices.reduce((sum, slice) => sum + slice[column], 0) / slices.length)
  return { perSecond: mean('perSecond'), cpuMicroseconds: mean('cpuMicroseconds') }
}
