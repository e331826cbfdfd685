import assert from 'node:assert/strict'
import { Agent, get } from 'node:http'
import { after, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createKey } from '../../src/resources/api-keys/api-keys.ts'
import { createProject } from '../../src/resources/projects/projects.ts'
import { fillDevices, makeImei } from '../support/factories.ts'
import { scale } from '../support/fault-scale.ts'
import { connectRaw, type RawConnection } from '../support/raw-connection.ts'
import type { Client } from '../support/server.ts'
import { startServerProcess } from '../support/server-process.ts'
import { contextOf, makeStore, openStore } from '../support/store.ts'

const SLOW_POSTS = 1_000
/** Enough that no socket buffer takes a whole export. */
const DEVICES = 30_000
const SECONDS = scale(2, 20)
const CLIENTS = 16
/** The share of the capacity that the other tenant requests, and the share of those requests that must succeed. */
const ASKED = 1 / 5
const MUST_GET = 0.8

const store = await makeStore()
const server = await startServerProcess(store, { LOG_LEVEL: 'info' })
const db = openStore(store)
const context = contextOf(db)
const agent = new Agent({ keepAlive: true })
const opened: RawConnection[] = []
after(async () => {
  agent.destroy()
  for (const connection of opened) connection.close()
  await db.close()
  await server.stop()
})

async function addTenant(id: string): Promise<{ token: string; call: Client }> {
  const project = await createProject(context, { id, type: 'test' })
  const { token } = await createKey(context, project, { name: 'test', role: 'admin' })
  const tenant = { project, token, call: server.clientWith(token, id) }
  await fillDevices(
    context,
    tenant,
    Array.from({ length: DEVICES }, () => ({ imei: makeImei(), name: 'x'.repeat(255) })),
  )
  return tenant
}

describe('a tenant at its worst', () => {
  it('serves at least 80 % of the requests of another tenant, which uses a fifth of the capacity, and its exports', {
    timeout: 600_000,
  }, async (t) => {
    const hostile = await addTenant('hostile')
    const other = await addTenant('other')
    const capacity = await measureCapacity(other.token)

    const head = `Host: handset\r\nAuthorization: Bearer ${hostile.token}\r\n`
    const read = `GET /projects/hostile/devices/export HTTP/1.1\r\n${head}\r\n`
    for (let number = 0; number < 6; number++) await send(read, { pause: true })
    await untilMetric('handset_exports_held', 2)
    await until(() => /"exports":2,"projects":{"hostile":2},.*its project has too many/.test(server.errors()))
    const post = `POST /projects/hostile/users HTTP/1.1\r\n${head}Content-Type: application/json\r\n`
    await Promise.all(Array.from({ length: SLOW_POSTS }, () => send(`${post}Content-Length: 1000\r\n\r\n{"email":"`)))
    await untilMetric('handset_requests_arriving', SLOW_POSTS / 2 - 2)

    const asked = Math.floor(capacity * ASKED * SECONDS)
    const got = await askAtRate(other.token, asked)
    t.diagnostic(
      `capacity ${Math.round(capacity)} reads a second; asked for ${asked} in ${SECONDS} s, got ${got} ` +
        `(${Math.round((100 * got) / asked)} %)`,
    )
    assert.ok(got >= MUST_GET * asked, `got ${got} of ${asked}`)
    assert.equal((await other.call('GET', './devices/export')).status, 200)
    assert.equal((await hostile.call('GET', './devices/export')).status, 429)
  })
})

async function send(bytes: string, { pause = false } = {}): Promise<RawConnection> {
  const connection = await connectRaw(server.url)
  opened.push(connection)
  if (pause) connection.pause()
  connection.write(bytes)
  return connection
}

/** Reads as cheaply as possible, so that the server is what limits the rate. Returns the status. */
function read(token: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const headers = { authorization: `Bearer ${token}` }
  get(`${server.url}/projects/other/devices`, { agent, headers }, (response) => {
    response.on('end', () => resolve(response.statusCode ?? 0)).resume()
  }).on('error', reject)
  return promise
}

/** The reads a second that one tenant gets alone. */
async function measureCapacity(token: string): Promise<number> {
  const start = performance.now()
  let count = 0
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() - start < 1_000) {
        assert.equal(await read(token), 200)
        count += 1
      }
    }),
  )
  return (count * 1_000) / (performance.now() - start)
}

/** Sends requests at an even rate, whether or not they succeed. Returns the number that succeeded in time. */
async function askAtRate(token: string, number: number): Promise<number> {
  const start = performance.now()
  const end = start + SECONDS * 1_000
  let sent = 0
  let got = 0
  const { promise: isOver, resolve } = Promise.withResolvers<void>()
  const timer = setInterval(() => {
    const due = Math.min(number, ((performance.now() - start) / (SECONDS * 1_000)) * number)
    for (; sent < due; sent++) {
      read(token).then(
        (status) => {
          if (status === 200 && performance.now() <= end) got += 1
        },
        () => {},
      )
    }
    if (performance.now() >= end) resolve()
  }, 10)
  await isOver
  clearInterval(timer)
  return got
}

function untilMetric(name: string, value: number): Promise<void> {
  return until(async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    return text.includes(`\n${name} ${value}\n`)
  })
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, String(isSo))
    await setImmediate()
  }
}
