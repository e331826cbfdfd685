import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startPostgres } from '../test/support/postgres.ts'
import { imeiOf } from './load.ts'
import { cpuOf } from './processes.ts'

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

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const SECONDS = Number(options.seconds)
const ROUNDS = Number(options.rounds)
const CLIENTS = 32

/** How many days events are kept, on the servers that are compared; 0 writes none. */
const SIDES = { with: '30', without: '0' } as const
type Side = keyof typeof SIDES

const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
let made = 0

interface Server {
  devices: string
  key: string
  pid: number
  stop(): Promise<void>
}

interface Slice {
  perSecond: number
  cpuMicroseconds: number
}

/** Where the stores of one engine are. */
interface Place {
  environment: Record<string, string>
  remove(): Promise<unknown>
}

const onSqlite = async (): Promise<Place> => {
  const directory = await mkdtemp(join(tmpdir(), 'handset-event-cost-'))
  return {
    environment: { HANDSET_DATA: directory },
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

const onPostgres = async (): Promise<Place> => {
  const postgres = await startPostgres()
  return { environment: { DATABASE_URL: postgres.url('postgres') }, remove: postgres.remove }
}

const engines = { sqlite: onSqlite, ...(options['no-postgres'] ? {} : { postgres: onPostgres }) }
for (const [engine, make] of Object.entries(engines)) console.log(JSON.stringify({ engine, ...(await compare(make)) }))
agent.destroy()

/** Measures both sides in turn, each on a store of its own. */
async function compare(make: () => Promise<Place>) {
  const places = { with: await make(), without: await make() }
  const servers = { with: await startServer(places, 'with'), without: await startServer(places, 'without') }
  const slices: Record<Side, Slice[]> = { with: [], without: [] }
  try {
    for (const side of ['with', 'without'] as const) await createFor(servers[side], 1)
    for (let round = 0; round < ROUNDS; round++) {
      for (const side of ['with', 'without'] as const) slices[side].push(await createFor(servers[side], SECONDS))
    }
  } finally {
    for (const { stop } of Object.values(servers)) await stop()
    for (const { remove } of Object.values(places)) await remove()
  }
  const [events, none] = [meanOf(slices.with), meanOf(slices.without)]
  const rate = Number((events.perSecond / none.perSecond).toFixed(2))
  return { with: events, without: none, rate }
}

async function startServer(places: Record<Side, Place>, side: Side): Promise<Server> {
  const server = spawn(process.execPath, [MAIN, 'serve', '--port', '0', '--json'], {
    env: {
      ...{ ...process.env, ...places[side].environment, HANDSET_EVENT_DAYS: SIDES[side] },
      ...{ HANDSET_WORKERS: '1', HANDSET_RATE_LIMIT: '0', LOG_LEVEL: 'error' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  while (!text.endsWith('}\n')) text += String((await once(server.stdout, 'data'))[0])
  const { address, key } = JSON.parse(text) as { address: string; key: string }
  return {
    ...{ devices: `${address}/projects/demo/devices`, key, pid: server.pid as number },
    async stop() {
      server.kill('SIGTERM')
      await once(server, 'exit')
    },
  }
}

/** Creates devices for a time, as fast as the clients get their responses. */
async function createFor({ devices, key, pid }: Server, seconds: number): Promise<Slice> {
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
