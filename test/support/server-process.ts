import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { after } from 'node:test'
import { MAIN } from './build.ts'
import { citusMachines, urlOf } from './citus.ts'
import { COMPILED } from './cli.ts'
import { START_DEADLINE } from './fault-scale.ts'
import { type Client, createClient } from './server.ts'
import { isCitus, openStore, type StoreSettings } from './store.ts'

/** A server in its own process. */
export interface ServerProcess {
  url: string
  /** Sends requests; paths that start with `./` are below `/projects/{project}`. */
  clientWith(token: string, project?: string): Client
  pid: number
  /** The demo project's key, printed at the first start on a data directory. */
  key: string | undefined
  /** What it has written to standard error: the last 200,000 characters. */
  errors(): string
  isRunning(): boolean
  /**
   * Sends `kill -9` after this many milliseconds, and resolves once the process is gone. A separate process sends it,
   * so that the timing does not depend on what this one is doing.
   */
  killIn(milliseconds: number): Promise<void>
  /** Asks it to stop, and returns its exit code. */
  stop(): Promise<number | null>
}

/** Runs `handset serve`, on a free loopback port unless one is given. Resolves once it has printed its address. */
export async function startServerProcess(
  store: StoreSettings,
  environment: Record<string, string> = {},
  port = 0,
): Promise<ServerProcess> {
  const { child, errors, ended } = spawnHandset(['serve', '--port', String(port), '--json'], store, environment)
  const announced = await Promise.race([readDocument(child.stdout), ended])
  assert.ok(typeof announced === 'object' && announced, `the server ended before it listened: ${errors()}`)
  const { address, key } = announced
  return {
    url: address,
    clientWith: (token, project = 'demo') =>
      createClient([address], null, { authorization: `Bearer ${token}` }, project),
    pid: child.pid as number,
    key,
    errors,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async killIn(milliseconds) {
      spawn('sh', ['-c', `sleep ${milliseconds / 1000}; kill -9 ${child.pid}`], { stdio: 'ignore' })
      await ended
    },
    async stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

/** Starts `handset serve` and kills it with SIGKILL after this many milliseconds, wherever its start has got to. */
export async function killWhileStarting(store: StoreSettings, milliseconds: number): Promise<void> {
  const { child, ended } = spawnHandset(['serve', '--port', '0', '--json'], store, {})
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds)
  await ended
  clearTimeout(timer)
}

/** Sessions of programs on a database. Citus keeps connections of its own. */
const SESSIONS = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' AND application_name NOT LIKE 'citus%'`

/**
 * Resolves once no session is open on the store's database, on any machine. PostgreSQL may still be working on the last
 * request of a killed process.
 */
export async function untilLeft(store: StoreSettings): Promise<void> {
  if (!('DATABASE_URL' in store)) return
  const name = new URL(store.DATABASE_URL).pathname.slice(1)
  const machines = isCitus ? citusMachines().map((machine) => urlOf(machine, name)) : [store.DATABASE_URL]
  for (const url of machines) {
    const db = openStore({ DATABASE_URL: url })
    while ((await db.all(SESSIONS)).length > 0);
    await db.close()
  }
}

/** Asserts that `handset doctor` finds no problem. */
export async function requireHealthyStore(store: StoreSettings): Promise<void> {
  const { child, errors, ended } = spawnHandset(['doctor', '--json'], store, {})
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  assert.equal(await ended, 0, `handset doctor: ${output}${errors()}`)
  assert.deepEqual(JSON.parse(output).findings, [])
}

/** The JSON document that a server prints when it starts to listen. */
async function readDocument(output: Readable): Promise<{ address: string; key?: string }> {
  let text = ''
  while (!text.endsWith('}\n'))
    text += String((await once(output, 'data', { signal: AbortSignal.timeout(START_DEADLINE) }))[0])
  return JSON.parse(text)
}

function spawnHandset(words: string[], store: StoreSettings, environment: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN, ...words], {
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'error',
      HANDSET_WORKERS: '1',
      NODE_COMPILE_CACHE: COMPILED,
      ...store,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A failed test must not leave a server behind, which would keep the test's process alive.
  after(() => child.kill('SIGKILL'))
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-200_000)
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, errors: () => errors, ended }
}
