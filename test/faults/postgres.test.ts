import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openPostgres } from '../../src/db/postgres/open.ts'
import { createRandom } from '../../src/domain/random.ts'
import { makeImei } from '../support/factories.ts'
import { scale, seed } from '../support/fault-scale.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import type { ApiResponse, Client } from '../support/server.ts'
import { requireHealthyStore, type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

const WRITERS = 8
const ROUNDS = scale(1, 10)
/** How many requests must meet a fault, and how many must be acknowledged between two faults. */
const MEETINGS = 20
/** How long a client waits before it repeats a request that returned 503. */
const CLIENT_PAUSE = 20
/** The longest that any request may wait: the timeout of a store call, plus allowance for a busy machine. */
const LONGEST_WAIT = 30_000
const LONG = { timeout: 3_600_000 }

const random = createRandom(seed)

/** A fault of the database, and how it ends. */
interface Fault {
  name: string
  begin(): unknown
  end(): unknown
  /** Whether every request fails while it lasts. Otherwise, only some may. */
  isTotal: boolean
}

describe('PostgreSQL with faults under load', () => {
  it('loses no acknowledged change, leaves no request unanswered and crashes no server', LONG, async (t) => {
    const database = await startPostgres()
    after(() => database.remove())
    const proxy = await startTcpProxy(database.port)
    const store = { DATABASE_URL: database.url('postgres', proxy.port) }
    const server = await startServerProcess(store, { HANDSET_RATE_LIMIT: '0', LOG_LEVEL: 'silent' })
    const load = startLoad(server)
    for (let round = 0; round < ROUNDS; round++) {
      for (const fault of faultsOf(database, proxy, round)) {
        await load.progress()
        const begun = load.now()
        await fault.begin()
        await load.meet(fault.isTotal)
        const ended = load.now()
        await fault.end()
        await load.progress()
        t.diagnostic(`${fault.name}: ${load.summarise(begun, ended)}`)
      }
    }
    await load.finish(t)
    await requireHealthyStore(store)
    assert.equal(await server.stop(), 0)
  })

  it('fails over to a promoted standby with every acknowledged change', LONG, async (t) => {
    const primary = await startPostgres()
    after(() => primary.remove())
    const standby = await primary.addStandby()
    after(() => standby.remove())
    const urlOf = ({ port }: PostgresServer) => `127.0.0.1:${port}`
    // The standby is listed first, so that the client has to skip it.
    const store = { DATABASE_URL: `postgres://handset@${urlOf(standby)},${urlOf(primary)}/postgres` }
    const server = await startServerProcess(store, { HANDSET_RATE_LIMIT: '0', LOG_LEVEL: 'silent' })
    const load = startLoad(server)
    await load.progress()
    await requireStandbyForCommit(primary, standby)
    await load.progress()
    const begun = load.now()
    await primary.stop('immediate')
    await load.meet(true)
    const ended = load.now()
    const db = openPostgres(standby.url('postgres'), { patience: Infinity })
    await db.get('SELECT pg_promote()')
    await db.close()
    await load.progress()
    t.diagnostic(`failover: ${load.summarise(begun, ended)}`)
    await load.finish(t)
    await requireHealthyStore({ DATABASE_URL: standby.url('postgres') })
    assert.equal(await server.stop(), 0)
  })
})

/** Asserts that nothing is acknowledged while a standby hangs, even if the statement itself is quick. */
async function requireStandbyForCommit(primary: PostgresServer, standby: PostgresServer): Promise<void> {
  const db = openPostgres(primary.url('postgres'), { patience: 200 })
  await standby.freeze()
  await assert.rejects(async () => db.run('CREATE TABLE unacknowledged (id TEXT PRIMARY KEY)'), /in time/)
  await standby.thaw()
  await db.close()
}

/** The faults of one round. Those that need time to pass occur only in the first. */
function faultsOf(database: PostgresServer, proxy: TcpProxy, round: number): Fault[] {
  const faults: Fault[] = [
    {
      name: 'crashed and restarted',
      begin: () => database.stop('immediate'),
      end: () => database.start(),
      isTotal: true,
    },
    {
      name: 'stopped and restarted',
      begin: () => database.stop('fast'),
      end: () => database.start(),
      isTotal: true,
    },
    {
      name: 'sessions terminated by an administrator',
      async begin() {
        const db = openPostgres(database.url('postgres'), { patience: Infinity })
        await db.all(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = $1',
          ['client backend'],
        )
        await db.close()
      },
      end() {},
      isTotal: false,
    },
    { name: 'network cut', begin: () => proxy.cut(), end: () => proxy.restore(), isTotal: true },
  ]
  if (round > 0) return faults
  return [
    ...faults,
    { name: 'network silent', begin: () => proxy.silence(), end: () => proxy.restore(), isTotal: true },
    { name: 'frozen', begin: () => database.freeze(), end: () => database.thaw(), isTotal: true },
  ]
}

/** A request that received a response. Times are from `performance.now`. */
interface TimedResponse {
  path: 'ready' | 'device'
  sentAt: number
  at: number
  status: number
}

/** Clients that write, and one that polls readiness. */
interface Load {
  now(): number
  /**
   * Resolves once every writer has had a change acknowledged that it sent after this call, and readiness returned 200.
   */
  progress(): Promise<void>
  /**
   * Resolves once requests have met the fault. A total fault fails every request sent after this call, and readiness.
   */
  meet(isTotal: boolean): Promise<void>
  /** Summarises the requests sent since, and how long after the end of the fault the first was acknowledged. */
  summarise(begun: number, ended: number): string
  /** Ends the load, and asserts that everything acknowledged is stored exactly once. */
  finish(t: TestContext): Promise<void>
}

function startLoad({ url, clientWith, key }: ServerProcess): Load {
  const call = clientWith(key as string)
  const heard: TimedResponse[] = []
  const stored = new Map<string, ApiResponse['body']>()
  const figures = { replayed: 0, deleted: 0 }
  let isOver = false
  let wake = () => {}

  async function send<T extends { status: number }>(
    path: TimedResponse['path'],
    request: () => Promise<T>,
  ): Promise<T> {
    const sentAt = performance.now()
    const answer = await request()
    heard.push({ path, sentAt, at: performance.now(), status: answer.status })
    wake()
    return answer
  }

  /** Sends a change, and repeats it with its key for as long as it returns 503. */
  async function sendUntilDone(method: string, path: string, body?: object): Promise<ApiResponse['body']> {
    const headers = { 'idempotency-key': randomUUID() }
    for (;;) {
      const answer = await send('device', () => call(method, path, { ...(body ? { body } : {}), headers }))
      if (answer.status === 503) {
        assert.equal(answer.headers['retry-after'], '1')
        await pause(CLIENT_PAUSE)
        continue
      }
      assert.equal(answer.status, method === 'POST' ? 201 : 200, JSON.stringify(answer.body))
      if (answer.headers['idempotent-replayed']) figures.replayed += 1
      return answer.body
    }
  }

  async function write(): Promise<void> {
    const own: string[] = []
    while (!isOver) {
      if (own.length > 5 && random.chance(0.4)) {
        const id = own.shift() as string
        assert.deepEqual(await sendUntilDone('DELETE', `./devices/${id}`), stored.get(id))
        stored.delete(id)
        figures.deleted += 1
      } else {
        const device = await sendUntilDone('POST', './devices', { imei: makeImei() })
        own.push(device.id)
        stored.set(device.id, device)
      }
    }
  }

  async function probe(): Promise<void> {
    while (!isOver) {
      const { status } = await send('ready', () => fetch(`${url}/health/ready`))
      assert.ok(status === 200 || status === 503)
      await pause(CLIENT_PAUSE)
    }
  }

  const running = Promise.all([probe(), ...Array.from({ length: WRITERS }, write)])
  running.catch(() => wake())

  /** Resolves once the responses so far satisfy the condition. Fails when a client fails. */
  async function until(shows: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = () => {
      if (shows()) resolve()
    }
    wake()
    await Promise.race([promise, running])
    wake = () => {}
  }

  const since = (path: TimedResponse['path'], from: number) =>
    heard.filter((request) => request.path === path && request.sentAt >= from)
  const isDone = ({ status }: TimedResponse) => status < 300

  return {
    now: () => performance.now(),
    async progress() {
      const from = performance.now()
      await until(() => since('device', from).filter(isDone).length >= MEETINGS && since('ready', from).some(isDone))
    },
    async meet(isTotal) {
      const from = performance.now()
      await until(() => since('device', from).length >= MEETINGS && since('ready', from).length > 0)
      if (!isTotal) return
      assert.deepEqual([...since('device', from), ...since('ready', from)].filter(isDone), [])
    },
    summarise(begun, ended) {
      const requests = since('device', begun)
      const rejected = requests.filter(({ status }) => status === 503).length
      const longest = Math.max(...requests.map(({ sentAt, at }) => at - sentAt))
      const first = Math.min(
        ...requests.filter((request) => isDone(request) && request.at >= ended).map(({ at }) => at),
      )
      return [
        `${requests.length} requests, ${rejected} returned 503`,
        `longest wait ${Math.round(longest)} ms`,
        `first acknowledged ${Math.round(first - ended)} ms after its end began`,
      ].join('; ')
    },
    async finish(t) {
      isOver = true
      await running
      const found = await listDevices(call)
      const newestFirst = [...stored.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
      assert.deepEqual(found, newestFirst)
      const requests = since('device', 0)
      const longest = Math.max(...heard.map(({ sentAt, at }) => at - sentAt))
      assert.ok(longest < LONGEST_WAIT, `a request waited ${longest} ms`)
      const done = requests.filter(isDone).length
      t.diagnostic(
        `seed ${seed}; ${requests.length} changes sent by ${WRITERS} writers: ${done} acknowledged, ${requests.length - done} returned 503, 0 unanswered`,
      )
      t.diagnostic(
        `${figures.replayed} already applied when repeated; ${stored.size} devices found, ${figures.deleted} deleted: 0 lost, 0 duplicated; longest wait ${Math.round(longest)} ms`,
      )
    },
  }
}

async function listDevices(call: Client): Promise<ApiResponse['body'][]> {
  const items: ApiResponse['body'][] = []
  let next = ''
  do {
    const { status, body } = await call('GET', `./devices?limit=200${next && `&after=${next}`}`)
    assert.equal(status, 200)
    items.push(...body.items)
    next = body.moreItemsAfter
  } while (next !== null)
  return items
}
