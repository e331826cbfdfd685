import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
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

const CLIENTS = 8

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

/** The sends of all clients: how many got the expected response, and what happened to the others. */
interface Load {
  requests: number
  slowest: number
  failures: string[]
}

/**
 * Creates and reads devices through an address, on open connections and without repeating anything, while `work` runs.
 * Every device is read again at the end.
 */
async function loadWhile(address: string, work: () => Promise<void>): Promise<Load> {
  const load: Load = { requests: 0, slowest: 0, failures: [] }
  const created: string[] = []
  let isOver = false

  async function send(method: string, path: string, body: object | null, expected: number): Promise<{ id: string }> {
    const headers = {
      authorization: `Bearer ${key}`,
      ...(body && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
    }
    const start = performance.now()
    try {
      const response = await fetch(`${address}/projects/demo/devices${path}`, {
        method,
        headers,
        body: body && JSON.stringify(body),
      })
      const text = await response.text()
      if (response.status !== expected) throw new Error(`${method} got ${response.status}: ${text}`)
      load.requests += 1
      load.slowest = Math.max(load.slowest, performance.now() - start)
      return JSON.parse(text)
    } catch (error) {
      load.failures.push(String((error as Error).cause ?? error))
      return { id: '' }
    }
  }

  async function client(): Promise<void> {
    while (!isOver) {
      const { id } = await send('POST', '', { imei: makeImei() }, 201)
      if (id === '') continue
      created.push(id)
      await send('GET', `/${id}`, null, 200)
    }
  }

  const clients = Array.from({ length: CLIENTS }, client)
  await work().finally(() => {
    isOver = true
  })
  await Promise.all(clients)
  for (const id of created) await send('GET', `/${id}`, null, 200)
  return load
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

  it('of the workers of a node', { skip: !existsSync('/proc'), timeout: 120_000 }, async () => {
    const node = await startNode(ports[0], 'info')
    requireNoLoss(await loadWhile(node.url, () => restartWorkers(node)), 'workers')
  })
})
