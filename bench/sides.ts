import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sample } from './bare-server.ts'
import type { Plans } from './floor/plan.ts'
import { type Ask, fillIn, type Generator } from './load.ts'
import type { Asks, Operation } from './operations.ts'
import { cpuOf, memoryOf, nextMessage, start, startModule } from './processes.ts'
import type { Slice } from './table.ts'

/** A measured program with its own processes. */
export interface Side {
  name: string
  does(operation: Operation): boolean
  shoot(operation: Operation, milliseconds: number): Promise<Slice>
}

/** How this run sends requests. */
export interface Range {
  fire: Generator
  directory: string
  /** The command that starts Handset. */
  command: string
  pin: readonly string[]
  /** The number of connections. */
  connections: number
}

export interface Served {
  name: string
  port: number
  pid: number
  asks: Asks
  /** The number of the first device that does not exist. */
  next: number
}

/** The gap between the new devices of one slice and the next. */
const SLICE_ROOM = 1_000_000

/** The gap between the new devices of several servers on one store. */
const SERVER_ROOM = 1_000_000_000

/** A server that is measured over HTTP. */
export function httpSide({ fire, directory, connections }: Range, { name, port, pid, asks, next }: Served): Side {
  let fresh = next
  return {
    name,
    does: (operation) => asks[operation] !== undefined,
    async shoot(operation, milliseconds) {
      const before = cpuOf(pid)
      const shot = await fire({
        port,
        asks: asks[operation] as Ask[],
        next: fresh,
        connections,
        milliseconds,
        directory,
      })
      fresh += SLICE_ROOM
      const { requests, seconds, p50, p99, failures } = shot
      const cpu = (cpuOf(pid) - before) / requests
      return { perSecond: requests / seconds, p50, p99, failures, cpu, megabytes: memoryOf(pid) }
    },
  }
}

/** Two servers that are measured together, each with half of the connections. */
export function pairSide(range: Range, name: string, pair: readonly Omit<Served, 'name'>[]): Side {
  const sides = pair.map((served, place) =>
    httpSide(
      { ...range, connections: range.connections / 2 },
      { ...served, name, next: served.next + (place + 1) * SERVER_ROOM },
    ),
  )
  return {
    name,
    does: (operation) => sides.every((side) => side.does(operation)),
    async shoot(operation, milliseconds) {
      const slices = await Promise.all(sides.map((side) => side.shoot(operation, milliseconds)))
      const sum = (column: keyof Slice) => slices.reduce((total, slice) => total + slice[column], 0)
      const perSecond = sum('perSecond')
      const cpu = slices.reduce((total, slice) => total + slice.cpu * slice.perSecond, 0) / perSecond
      const p99 = Math.max(...slices.map((slice) => slice.p99))
      return {
        perSecond,
        p50: sum('p50') / slices.length,
        p99,
        failures: sum('failures'),
        cpu,
        megabytes: sum('megabytes'),
      }
    },
  }
}

/** Starts Handset as operators run it, from the package, in one process. Its log goes to a file. */
export async function startHandset(
  { pin, directory, command: main }: Range,
  words: readonly string[],
  environment: Record<string, string>,
): Promise<{ child: ChildProcess; port: number }> {
  const log = openSync(join(directory, 'handset.log'), 'a')
  const command = [process.execPath, main, 'serve', '--port', '0', '--json', ...words]
  const settings = { HANDSET_RATE_LIMIT: '1000000000', HANDSET_DEMO: '0', HANDSET_WORKERS: '1', ...environment }
  const child = start(pin, command, settings, ['ignore', 'pipe', log])
  let text = ''
  while (!text.endsWith('}\n')) text += String((await once(child.stdout as NodeJS.ReadableStream, 'data'))[0])
  return { child, port: Number(new URL((JSON.parse(text) as { address: string }).address).port) }
}

/** Headers that Node adds itself, or that belong to a single response. */
const NOT_REPEATED = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding'])

/** A server's response to one request for the device with this number, for the bare server to repeat. */
export async function sampleOf(port: number, ask: Ask, number: number): Promise<Sample> {
  const { method, headers = {} } = ask
  const path = fillIn(ask.path, number)
  const body = ask.body && fillIn(ask.body, number)
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
  })
  const kept = [...answer.headers].filter(([name]) => !NOT_REPEATED.has(name))
  return { status: answer.status, headers: Object.fromEntries(kept), body: await answer.text() }
}

/** Bare `node:http`, responding to each operation with the bytes of a sample. */
export async function startBare(
  range: Range,
  name: string,
  asks: Asks,
  sample: (operation: Operation) => Promise<Sample>,
): Promise<Side> {
  const { child, first } = await startModule(range.pin, join(import.meta.dirname, 'bare-server.ts'), [])
  const { port } = first as { port: number }
  const side = httpSide(range, { name, port, pid: child.pid as number, asks, next: 0 })
  const samples = new Map<Operation, Sample>()
  return {
    ...side,
    async shoot(operation, milliseconds) {
      const known = samples.get(operation) ?? (await sample(operation))
      samples.set(operation, known)
      child.send(known)
      await nextMessage(child)
      return side.shoot(operation, milliseconds)
    },
  }
}

/**
 * The performance floor: see `floor/server.ts`. `store` is the path of a SQLite file or the URL of a PostgreSQL database.
 */
export async function startFloor(
  range: Range,
  name: string,
  { engine, store, plans }: { engine: 'sqlite' | 'postgres'; store: string; plans: Plans },
  served: Pick<Served, 'asks' | 'next'>,
): Promise<Side> {
  const file = join(range.directory, `plans-${engine}.json`)
  writeFileSync(file, JSON.stringify(plans))
  const module = join(import.meta.dirname, 'floor/server.ts')
  const { child, first } = await startModule(range.pin, module, [engine, store, file])
  const { port } = first as { port: number }
  return httpSide(range, { name, port, pid: child.pid as number, ...served })
}
