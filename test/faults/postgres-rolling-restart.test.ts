import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:net'
import { text as consumeText } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { makeImei } from '../support/factories.ts'
import { scale } from '../support/fault-scale.ts'
import { hasHaproxy, startHaproxy } from '../support/haproxy.ts'
import { hasNginx, startNginx } from '../support/nginx.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { makeStore } from '../support/store.ts'

const WORKERS = 2

const ENVIRONMENT = {
  HANDSET_WORKERS: String(WORKERS),
  HANDSET_DRAIN_TIME: '2',
  HANDSET_RATE_LIMIT: '0',
  HANDSET_TRUSTED_PROXIES: '127.0.0.1',
}

/** Where each client pauses. */
const CLIENTS = [...Array(6).fill('nowhere'), ...Array(3).fill('between requests'), ...Array(3).fill('in bodies')]

/** In milliseconds. Less than the drain time, in which each open connection is thus used. */
const LONGEST_PAUSE = 1_000

/** How often each node or worker is restarted. */
const ROUNDS = scale(1, 10)

const store = await makeStore()
const ports = [await freePort(), await freePort()] as const
const { key, stop } = await startNode(ports[0])
await stop()

function startNode(port: number, level = 'warn'): Promise<ServerProcess> {
  return startServerProcess(store, { ...ENVIRONMENT, LOG_LEVEL: level }, port)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** What the clients of a run saw. */
interface Load {
  requests: number
  slowest: number
  failures: string[]
}

/**
 * Creates and reads devices through an address while `work` runs. Each client has one connection, which it keeps open as
 * long as the server does, and repeats nothing. Every device is read again at the end.
 */
async function loadWhile(address: string, work: () => Promise<void>): Promise<Load> {
  const load: Load = { requests: 0, slowest: 0, failures: [] }
  const created: string[] = []
  let isOver = false

  async function send(agent: Agent, sent: Sent, expected: number): Promise<{ id: string }> {
    const start = performance.now()
    try {
      const { status, text } = await exchange(agent, address, sent)
      if (status !== expected) throw new Error(`${sent.method} got ${status}: ${text}`)
      load.requests += 1
      load.slowest = Math.max(load.slowest, performance.now() - start - (sent.pauseInBody ?? 0))
      return JSON.parse(text)
    } catch (error) {
      load.failures.push(String(error))
      return { id: '' }
    }
  }

  async function client(pauses: string): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!isOver) {
      const milliseconds = LONGEST_PAUSE * Math.random()
      const pauseInBody = pauses === 'in bodies' ? milliseconds : 0
      const { id } = await send(agent, { method: 'POST', path: '', body: { imei: makeImei() }, pauseInBody }, 201)
      if (pauses === 'between requests') await pause(milliseconds)
      if (id === '') continue
      created.push(id)
      await send(agent, { method: 'GET', path: `/${id}` }, 200)
    }
    agent.destroy()
  }

  const clients = CLIENTS.map(client)
  await work().finally(() => {
    isOver = true
  })
  await Promise.all(clients)
  const agent = new Agent({ keepAlive: true })
  for (const id of created) await send(agent, { method: 'GET', path: `/${id}` }, 200)
  agent.destroy()
  return load
}

/** A request for the devices of the demo project. */
interface Sent {
  method: string
  path: string
  body?: object
  /** How long the client waits in the middle of the body, in milliseconds. */
  pauseInBody?: number
}

async function exchange(agent: Agent, address: string, sent: Sent): Promise<{ status: number; text: string }> {
  const { method, path, body, pauseInBody } = sent
  const outgoing = request(`${address}/projects/demo/devices${path}`, { agent, method })
  outgoing.setHeader('authorization', `Bearer ${key}`)
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  if (body !== undefined) {
    const json = JSON.stringify(body)
    outgoing.setHeader('content-type', 'application/json')
    outgoing.setHeader('content-length', json.length)
    outgoing.setHeader('idempotency-key', randomUUID())
    if (pauseInBody) {
      outgoing.write(json.slice(0, 10))
      await Promise.race([pause(pauseInBody), answered])
      outgoing.write(json.slice(10))
    } else outgoing.write(json)
  }
  outgoing.end()
  const [response] = await answered
  return { status: response.statusCode ?? 0, text: await consumeText(response) }
}

/** Starts two nodes, which end with the test. Returns a function that restarts each in turn. */
async function startNodes(): Promise<() => Promise<void>> {
  const nodes = [await startNode(ports[0]), await startNode(ports[1])]
  return () => restart(nodes)
}

async function restart(nodes: ServerProcess[]): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    for (const [place, port] of ports.entries()) {
      assert.equal(await nodes[place]?.stop(), 0)
      nodes[place] = await startNode(port)
      // Until the proxy has seen that it is back.
      await pause(500)
    }
  }
}

/** The workers of a node: the children of its supervisor (Linux). */
function workersOf({ pid }: ServerProcess): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
}

/** Restarts each worker of a node that logs at the level info, and waits until its successor listens. */
async function restartWorkers(node: ServerProcess): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    for (const pid of workersOf(node)) {
      const others = workersOf(node)
      process.kill(pid, 'SIGTERM')
      while (existsSync(`/proc/${pid}`)) await pause(50)
      while (!workersOf(node).some((started) => !others.includes(started) && listens(node, started))) await pause(50)
    }
  }
}

function listens(node: ServerProcess, pid: number): boolean {
  return new RegExp(`"pid":${pid},.*"msg":"listening on`).test(node.errors())
}

function requireNoLoss({ requests, slowest, failures }: Load, message: string): void {
  console.log(`${message}: ${requests} requests, the slowest ${Math.round(slowest)} ms`)
  assert.ok(requests > 100)
  assert.deepEqual(failures, [])
}

describe('a rolling restart under load loses no request', () => {
  it('of two nodes behind HAProxy', { skip: !hasHaproxy }, async () => {
    const port = await freePort()
    const restartNodes = await startNodes()
    await startHaproxy(port, ...ports)
    // Until it has seen both.
    await pause(1_000)
    requireNoLoss(await loadWhile(`http://127.0.0.1:${port}`, restartNodes), 'nodes behind HAProxy')
  })

  it('of two nodes behind nginx', { skip: !hasNginx }, async () => {
    const port = await freePort()
    const restartNodes = await startNodes()
    await startNginx(
      `upstream handset {
    server 127.0.0.1:${ports[0]} max_fails=1 fail_timeout=1s;
    server 127.0.0.1:${ports[1]} max_fails=1 fail_timeout=1s;
    keepalive 32;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://handset;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_next_upstream error timeout non_idempotent;
    }
  }`,
      port,
    )
    requireNoLoss(await loadWhile(`http://127.0.0.1:${port}`, restartNodes), 'nodes behind nginx')
  })

  it('of the workers of a node', { skip: !existsSync('/proc') }, async () => {
    const node = await startNode(ports[0], 'info')
    requireNoLoss(await loadWhile(node.url, () => restartWorkers(node)), 'workers')
  })
})
