import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { checkDigit } from '../src/domain/imei.ts'
import { createRandom } from '../src/domain/random.ts'
import { startFreshServer } from './server-process.ts'
import type { Target } from './steady-load.ts'

// node bench/soak.ts [--minutes 60] [--rate 50] [--devices 500] [--seed 1] : a server on SQLite, with one process and one
// webhook endpoint, gets mixed requests at a steady rate while its devices are created, changed and deleted. Prints a line
// of JSON each minute, and the growth of its memory after the first ten minutes. Exits with 1 if that is too much.

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '50' },
    devices: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
  },
})

const MINUTES = Number(options.minutes)
const RATE = Number(options.rate)
const DEVICES = Number(options.devices)

/** The first minutes, in which caches fill. They do not count. */
const WARM_UP = Math.min(10, MINUTES / 2)

/** The growth from which the soak fails, in MB a minute. */
const LIMIT = 0.2

/** Memory is sampled this often, in milliseconds. The smallest value of a minute counts: it has the least garbage. */
const SAMPLE_INTERVAL = 5_000

/** How often the requests that are due are sent, in milliseconds. */
const TICK = 20

interface Sample {
  heap: number
  external: number
  anonymous: number
  resident: number
}

interface Device {
  id: string
  imei: string
}

const random = createRandom(Number(options.seed))
const agent = new Agent({ keepAlive: true, maxSockets: 16 })
const totals = { requests: 0, failures: 0, deliveries: 0 }
let latencies: number[] = []
const devices: Device[] = []
const running = new Set<Promise<void>>()
let made = 0

const receiver = createServer((incoming, response) => {
  incoming.resume().on('end', () => {
    totals.deliveries += 1
    response.end()
  })
}).listen(0, '127.0.0.1')
await once(receiver, 'listening')
await using server = await startFreshServer({ HANDSET_RATE_LIMIT: '0', HANDSET_WEBHOOK_NETWORKS: '127.0.0.0/8' })
try {
  const growth = await soak(server)
  // The memory that the process got from the system is only reported: it rises and falls by 60 MB, which hides a small
  // slope.
  const isWithin = growth.heap < LIMIT
  console.log(JSON.stringify({ ...totals, megabytesPerMinute: growth, limit: LIMIT, isWithin }))
  process.exitCode = isWithin && totals.failures === 0 ? 0 : 1
} finally {
  agent.destroy()
  receiver.close()
}

/** Sends requests for the whole time. Returns the growth of each figure, in MB a minute. */
async function soak({ address, key, pid }: Target): Promise<Record<'heap' | 'anonymous', number>> {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  await call(address, key, 'POST', 'webhookEndpoints', { url, eventTypes: ['com.gigs.device.*'] })
  const start = performance.now()
  const minutes: Sample[] = []
  let samples: Sample[] = []
  let sampledAt = 0
  let sent = 0
  while (minutes.length < MINUTES) {
    const now = performance.now() - start
    for (; sent < (now / 1000) * RATE; sent++) {
      const request = sendOne(address, key).finally(() => running.delete(request))
      running.add(request)
    }
    if (now - sampledAt >= SAMPLE_INTERVAL) {
      sampledAt = now
      samples.push(await sampleOf(address, pid))
    }
    if (now >= (minutes.length + 1) * 60_000) {
      const least = leastOf(samples)
      minutes.push(least)
      samples = []
      report(minutes.length, least)
    }
    await pause(TICK)
  }
  await Promise.all(running)
  const settled = minutes.slice(WARM_UP)
  return {
    heap: slopeOf(settled.map(({ heap, external }) => heap + external)),
    anonymous: slopeOf(settled.map(({ anonymous }) => anonymous)),
  }
}

function report(minute: number, sample: Sample): void {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (part: number) => Number((sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1))
  latencies = []
  console.log(JSON.stringify({ minute, ...sample, p50: at(0.5), p99: at(0.99), devices: devices.length, ...totals }))
}

/** Sends one request of the mix, and counts it. */
async function sendOne(address: string, key: string): Promise<void> {
  const start = performance.now()
  totals.requests += 1
  try {
    await mixed((method, path, body) => call(address, key, method, path, body))
    latencies.push(performance.now() - start)
  } catch (error) {
    totals.failures += 1
    console.error(String(error))
  }
}

type Send = (method: string, path: string, body?: object) => Promise<string>

/** A read in two of three cases. Otherwise a device is changed, created or deleted, so that their number stays the same. */
async function mixed(send: Send): Promise<void> {
  const some = devices.length === 0 ? undefined : random.pick(devices)
  if (some === undefined || random.chance(0.34)) return change(send)
  switch (random.below(8)) {
    case 0:
      return void (await send('GET', 'devices?limit=50'))
    case 1:
      return void (await send('POST', 'devices/search', { imei: some.imei }))
    case 2:
      return void (await send('GET', 'events?limit=20'))
    case 3:
      return void (await send('GET', `users?q=soak%20${random.below(100)}`))
    default:
      return void (await send('GET', `devices/${some.id}`).catch(ignoreDeleted))
  }
}

async function change(send: Send): Promise<void> {
  if (devices.length < DEVICES || random.chance(0.3)) {
    made += 1
    const digits = `00101${String(made).padStart(9, '0')}`
    const imei = digits + checkDigit(digits)
    if (random.chance(0.1)) await send('POST', 'users', { email: `soak${made}@example.com`, fullName: `Soak ${made}` })
    const { id } = JSON.parse(
      await send('POST', 'devices', { imei, name: `Phone ${made}`, metadata: { made: String(made) } }),
    )
    devices.push({ id, imei })
  } else if (devices.length > DEVICES) {
    const [{ id }] = devices.splice(random.below(devices.length), 1) as [Device]
    await send('DELETE', `devices/${id}`)
  } else {
    await send('PATCH', `devices/${random.pick(devices).id}`, { name: `Name ${random.below(1_000)}` }).catch(
      ignoreDeleted,
    )
  }
}

/** Another request may have deleted the device. */
function ignoreDeleted(error: Error): void {
  if (!error.message.startsWith('404')) throw error
}

function call(address: string, key: string, method: string, path: string, body?: object): Promise<string> {
  const payload = body && JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${address}/projects/demo/${path}`,
      {
        ...{ method, agent },
        headers: { authorization: `Bearer ${key}`, ...(payload && { 'content-type': 'application/json' }) },
      },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        incoming.on('end', () => {
          const { statusCode = 0 } = incoming
          if (statusCode < 300) resolve(text)
          else reject(new Error(`${statusCode} ${method} ${path}: ${text}`))
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

/** The memory of the server, in MB. Pages of the store's file that are mapped count only as resident. */
async function sampleOf(address: string, pid: number): Promise<Sample> {
  const metrics = await (await fetch(`${address}/metrics`)).text()
  const metric = (name: string) =>
    toMegabytes(Number(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(metrics)?.[1]))
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string) => toMegabytes(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024)
  return {
    heap: metric('nodejs_heap_size_used_bytes'),
    external: metric('nodejs_external_memory_bytes'),
    anonymous: field('RssAnon'),
    resident: field('VmRSS'),
  }
}

function toMegabytes(bytes: number): number {
  return Number((bytes / 1024 / 1024).toFixed(2))
}

function leastOf(samples: readonly Sample[]): Sample {
  const least = (name: keyof Sample) => Math.min(...samples.map((sample) => sample[name]))
  return {
    heap: least('heap'),
    external: least('external'),
    anonymous: least('anonymous'),
    resident: least('resident'),
  }
}

/** The slope of the line through these values, one a minute (least squares). */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const up = values.reduce((sum, value, minute) => sum + (minute - middle) * (value - mean), 0)
  const across = values.reduce((sum, _, minute) => sum + (minute - middle) ** 2, 0)
  return Number((up / across).toFixed(3))
}
