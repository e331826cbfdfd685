import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { after, describe, it } from 'node:test'
import { assertOneLine, type Running, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { makeEmail, makeImei } from '../support/factories.ts'
import { refusesConnections, requestInFlight } from '../support/stopping.ts'
import { engine, makeStore } from '../support/store.ts'

interface ApiResponse {
  status: number
  headers: Record<string, string | undefined>
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts the parts of a body that it is about
  body: any
}

interface Asked {
  body?: object
  headers?: Record<string, string>
}

/** A connection to a server, and therefore to one of its workers. */
interface Connection {
  agent: Agent
  call(method: string, path: string, asked?: Asked): Promise<ApiResponse>
}

interface Workers {
  running: Running
  url: string
  key: string
}

const cwd = await makeDirectory()
const store = await makeStore()

/** Starts a server and resolves once all its workers listen. */
async function startWorkers(words: string[], env: Record<string, string>): Promise<Workers> {
  const running = startHandset(['serve', '--port', '0', '--json', ...words], {
    cwd,
    env: { ...store, LOG_LEVEL: 'info', ...env },
  })
  const [text] = await running.printed(/\{[^}]+\}/)
  const { address, key } = JSON.parse(text)
  return { running, url: address, key }
}

function openConnection({ url, key }: Workers): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  after(() => agent.destroy())
  return {
    agent,
    async call(method, path, { body, headers = {} } = {}) {
      const outgoing = request(`${url}${path}`, {
        method,
        agent,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      })
      outgoing.end(body && JSON.stringify(body))
      const [incoming] = await once(outgoing, 'response')
      let text = ''
      for await (const chunk of incoming.setEncoding('utf8')) text += chunk
      return { status: incoming.statusCode, headers: incoming.headers, body: text && JSON.parse(text) }
    },
  }
}

/** Opens a connection to each of the two workers. The log says by process id which worker responded. */
async function openBoth(server: Workers): Promise<[Connection, Connection]> {
  const first = openConnection(server)
  const pid = await workerOf(server, first)
  for (;;) {
    const second = openConnection(server)
    if ((await workerOf(server, second)) !== pid) return [first, second]
  }
}

let asked = 0

async function workerOf({ running }: Workers, { call }: Connection): Promise<number> {
  const id = `asked-${asked++}`
  await call('GET', '/projects', { headers: { 'x-request-id': id } })
  return Number((await running.logged(new RegExp(`"pid":(\\d+)[^\\n]*"reqId":"${id}"`)))[1])
}

async function metricsOf({ url }: Workers): Promise<string> {
  return (await fetch(`${url}/metrics`, { headers: { connection: 'close' } })).text()
}

const server = await startWorkers(['--workers', '2'], {})
const [one, other] = await openBoth(server)

describe('handset serve --workers 2', () => {
  it('shows a change acknowledged by one worker at the other immediately', async () => {
    const { body: user } = await one.call('POST', '/projects/demo/users', { body: { email: makeEmail() } })
    const path = `/projects/demo/users/${user.id}`
    for (let turn = 0; turn < 40; turn++) {
      const [writer, reader] = turn % 2 === 0 ? [one, other] : [other, one]
      const fullName = `Turn ${turn}`
      assert.equal((await writer.call('PATCH', path, { body: { fullName } })).status, 200)
      assert.equal((await reader.call('GET', path)).body.fullName, fullName)
    }
  })

  it('rejects a revoked key at both from the next request on, or on PostgreSQL within a second', async () => {
    const [first, second] = await openBoth(server)
    const { body: key } = await first.call('POST', '/projects/demo/apiKeys', { body: { name: 'short-lived' } })
    const headers = { authorization: `Bearer ${key.token}` }
    const statusOf = async ({ call }: Connection) => (await call('GET', '/projects/demo/devices', { headers })).status
    assert.deepEqual([await statusOf(first), await statusOf(second)], [200, 200])
    await first.call('DELETE', `/projects/demo/apiKeys/${key.id}`)
    const acceptedUntil = performance.now() + (engine === 'sqlite' ? 0 : 1_000)
    assert.equal(await statusOf(first), 401)
    let sentAt = performance.now()
    for (let status = await statusOf(second); status !== 401; status = await statusOf(second)) {
      assert.ok(sentAt < acceptedUntil, 'a revoked key is still accepted')
      sentAt = performance.now()
    }
  })

  it('makes a change once when both get the same idempotency key at the same time', async () => {
    for (let round = 0; round < 10; round++) {
      const change = { body: { imei: makeImei() }, headers: { 'idempotency-key': `both-${round}` } }
      const answers = await Promise.all([one, other].map(({ call }) => call('POST', '/projects/demo/devices', change)))
      const replays = answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length
      const statuses = answers.map(({ status }) => status).sort()
      assert.deepEqual(statuses, replays === 1 ? [201, 201] : [201, 409])
      const replayed = await other.call('POST', '/projects/demo/devices', change)
      assert.deepEqual([replayed.status, replayed.headers['idempotent-replayed']], [201, 'true'])
    }
  })

  it('accepts many concurrent writes at both', async () => {
    const writes = Array.from({ length: 100 }, () => openConnection(server)).map(({ call }) =>
      call('POST', '/projects/demo/users', { body: { email: makeEmail() } }),
    )
    for (const { status } of await Promise.all(writes)) assert.equal(status, 201)
  })

  it('adds up the metrics of both, whichever responds', async () => {
    for (const { call } of [one, one, other]) assert.equal((await call('GET', '/deviceModelBrands')).status, 200)
    for (let time = 0; time < 4; time++) {
      const text = await metricsOf(server)
      assert.match(text, /^handset_workers 2$/m)
      assert.match(text, /^handset_http_request_duration_seconds_count\{.*"DeviceModelBrandsList".*\} 3$/m)
    }
  })

  it('restarts a worker that is killed, and loses no acknowledged change', async () => {
    const pid = await workerOf(server, one)
    const acknowledged: string[] = []
    let isReplaced = false
    /** Writes until the worker is back, over a new connection each time, ignoring connections that are cut. */
    async function write(): Promise<void> {
      while (!isReplaced) {
        const change = { body: { email: makeEmail() }, headers: { connection: 'close' } }
        const answer = await openConnection(server)
          .call('POST', '/projects/demo/users', change)
          .catch(() => null)
        if (answer === null) continue
        assert.equal(answer.status, 201)
        acknowledged.push(answer.body.id)
      }
    }
    const writing = Promise.all(Array.from({ length: 6 }, write))
    process.kill(pid, 'SIGKILL')
    await server.running.logged(new RegExp(`"worker":${pid},[^\\n]*"SIGKILL"[^\\n]*restarting it[\\s\\S]*listening on`))
    isReplaced = true
    await writing
    for (const id of acknowledged) assert.equal((await other.call('GET', `/projects/demo/users/${id}`)).status, 200)
    while (!/^handset_workers 2$/m.test(await metricsOf(server)));
    for (const connection of await openBoth(server)) assert.notEqual(await workerOf(server, connection), pid)
  })

  it('ends without a trace when the supervisor is killed amid changes', async () => {
    const killed = await startWorkers(['--workers', '2'], { LOG_LEVEL: 'error' })
    const { promise: isBusy, resolve } = Promise.withResolvers<void>()
    let created = 0
    async function create(): Promise<void> {
      const { call } = openConnection(killed)
      for (;;) {
        const answer = await call('POST', '/projects/demo/users', { body: { email: makeEmail() } }).catch(() => null)
        if (answer === null) return
        created += 1
        if (created === 100) resolve()
      }
    }
    const creating = Promise.all(Array.from({ length: 16 }, create))
    await isBusy
    killed.running.signal('SIGKILL')
    assert.equal((await killed.running.ended).stderr, '')
    await creating
  })

  it('reports a port in use in one line', async () => {
    const { port } = new URL(server.url)
    const ended = await runHandset(['serve', '--workers', '2', '--port', port], { cwd, env: store })
    assert.deepEqual([ended.code, ended.stdout], [1, ''])
    assertOneLine(ended, new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is in use`))
  })

  it('finishes the requests in progress at both when asked to stop, and exits with 0', async () => {
    const both = await openBoth(server)
    const pids = [await workerOf(server, both[0]), await workerOf(server, both[1])]
    const inHand = await Promise.all(
      both.map(({ agent }) => requestInFlight(`${server.url}/projects/demo/users`, server.key, agent)),
    )
    server.running.signal('SIGTERM')
    await refusesConnections(server.url)
    for (const outgoing of inHand) {
      outgoing.end(JSON.stringify({ email: makeEmail() }))
      const [answer] = await once(outgoing, 'response')
      assert.equal(answer.statusCode, 201)
      answer.resume()
    }
    const { code, stdout } = await server.running.ended
    assert.deepEqual([code, stdout.match(/address/g)?.length], [0, 1])
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), /ESRCH/)
  })
})

describe('the rate limit of a token', () => {
  const RATE_LIMIT = 20

  it('is the same for two workers as for one', async () => {
    const limited = await startWorkers([], {
      HANDSET_WORKERS: '2',
      HANDSET_RATE_LIMIT: String(RATE_LIMIT),
    })
    const created = await runHandset(['keys', 'create', '--project', 'demo', '--name', 'limited', '--json'], {
      cwd,
      env: store,
    })
    const { token } = JSON.parse(created.stdout)
    const both = await openBoth({ ...limited, key: server.key })
    assert.equal(await countUntilLimited(both, { authorization: `Bearer ${token}` }), RATE_LIMIT)
    limited.running.signal('SIGTERM')
    await limited.running.ended
  })

  /** Sends requests to both in turn until one gets 429. Returns how many succeeded in that window. */
  async function countUntilLimited(both: Connection[], headers: Record<string, string>): Promise<number> {
    let answered = 0
    for (let turn = 0, reset = 0; ; turn++) {
      const answer = await (both[turn % 2] as Connection).call('GET', '/projects', { headers })
      if (answer.status === 429) return answered
      assert.equal(answer.status, 200)
      const left = Number(/t=(\d+)/.exec(answer.headers.ratelimit ?? '')?.[1] ?? 0)
      answered = left > reset ? 1 : answered + 1
      reset = left
    }
  }
})
