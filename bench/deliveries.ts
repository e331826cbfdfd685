import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { systemCaller } from '../src/caller.ts'
import { loadHttpSettings } from '../src/config.ts'
import type { Context } from '../src/context.ts'
import { openSqlite } from '../src/db/sqlite/open.ts'
import { createWebhooks } from '../src/events/webhooks/webhooks.ts'
import { createProject } from '../src/resources/projects/projects.ts'
import { createEndpoint } from '../src/resources/webhook-endpoints/webhook-endpoints.ts'
import { bringUpToDate } from '../src/serve/open.ts'
import { cpuOf, ownMemoryOf } from './processes.ts'
import { startServerOn } from './server-process.ts'

// node bench/deliveries.ts [--events 20000] [--response 5] [--slow] : fills a SQLite store with events that wait for one
// webhook endpoint, and measures how fast a server delivers them, and its anonymous memory after each tenth of them. The
// endpoint responds after --response milliseconds. With --slow, a second one takes 15 seconds for each of the same events.

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '20000' },
    response: { type: 'string', default: '5' },
    slow: { type: 'boolean', default: false },
  },
})

const EVENTS = Number(options.events)
const PER_TRANSACTION = 1_000
const SLOW_RESPONSE = 15_000
/** The parts of the deliveries after each of which the memory is measured. */
const PARTS = 10

/** How long the deliveries may take, in milliseconds: more than a busy machine needs. */
const TIME_LIMIT = 60_000 + EVENTS * 10

const settings = { ...loadHttpSettings({}), webhooks: { networks: [], allowsLoopback: true, secretKeys: [] } }
const directory = await mkdtemp(join(tmpdir(), 'handset-deliveries-'))
const fast = await startReceiver(Number(options.response))
const slow = options.slow ? [await startReceiver(SLOW_RESPONSE)] : []
try {
  const db = openSqlite(join(directory, 'handset.db'), { isDurable: false })
  await fill(
    await bringUpToDate(db, Date.now, settings),
    [fast, ...slow].map(({ url }) => url),
  )
  await db.close()
  console.log(JSON.stringify(await measure()))
} finally {
  for (const { server } of [fast, ...slow]) {
    server.close()
    server.closeAllConnections()
  }
  await rm(directory, { recursive: true, force: true })
}

/** Writes the events of new users, with their deliveries to each of these addresses. */
async function fill(context: Context, urls: readonly string[]): Promise<void> {
  const { db, log, newId } = context
  const project = await createProject(context, { id: 'demo', type: 'test', locales: undefined })
  const caller = systemCaller(project)
  for (const url of urls) {
    await createEndpoint(createWebhooks(settings.webhooks), context, caller, {
      url,
      eventTypes: ['com.gigs.user.created'],
    })
  }
  for (let from = 0; from < EVENTS; from += PER_TRANSACTION) {
    const changes = Array.from({ length: Math.min(PER_TRANSACTION, EVENTS - from) }, (_, place) => {
      const { id, createdAt } = newId('usr', project.tag)
      const user = {
        ...{ object: 'user', id, metadata: {}, birthday: null, createdAt, email: `person${from + place}@example.com` },
        ...{ emailVerified: false, fullName: `Person ${from + place}`, preferredLocale: 'en-US' },
      }
      return { kind: 'user', before: null, after: JSON.stringify(user), old: null, now: user } as const
    })
    await db.transaction((tx) => log.record(tx, { caller, newId, requestId: null }, changes))
  }
}

async function measure() {
  await using server = await startServerOn(directory, { HANDSET_WEBHOOK_NETWORKS: '127.0.0.0/8' })
  const { pid } = server
  while (fast.arrived() === 0) await pause(5)
  const [start, cpu, first] = [performance.now(), cpuOf(pid), fast.arrived()]
  const megabytes: number[] = []
  let peak = 0
  while (fast.arrived() < EVENTS && performance.now() - start < TIME_LIMIT) {
    await pause(100)
    const memory = Math.round(ownMemoryOf(pid))
    peak = Math.max(peak, memory)
    if (fast.arrived() >= (EVENTS / PARTS) * (megabytes.length + 1)) {
      megabytes.push(memory)
      console.error(`${fast.arrived()} events, ${memory} MB`)
    }
  }
  const seconds = (performance.now() - start) / 1000
  const arrived = fast.arrived() - first
  return {
    ...{ events: EVENTS, arrived, seconds: Number(seconds.toFixed(1)), perSecond: Math.round(arrived / seconds) },
    cpuMicroseconds: Math.round((cpuOf(pid) - cpu) / arrived),
    slowArrived: slow[0]?.arrived() ?? null,
    megabytes,
    peak,
  }
}

/** Starts a receiver that responds with 200 after this many milliseconds. */
async function startReceiver(milliseconds: number) {
  let arrived = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      arrived += 1
      setTimeout(() => response.end(), milliseconds)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { server, url, arrived: () => arrived }
}
