import { type ChildProcess, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqlite } from '../src/db/sqlite/open.ts'
import { bulkOfSqlite } from './bulk.ts'
import { deviceApiAsks } from './operations.ts'
import { cpuOf, end, memoryOf } from './processes.ts'
import { type Range, sampleOf, startHandset } from './sides.ts'
import { type Filled, fill, idOf, TABLES, type Tenant } from './store.ts'
import { median, toText } from './table.ts'

/** The size of a store: a number of devices in a number of projects. */
export interface Size {
  name: string
  devices: number
  projects: number
}

/** A store in its own directory. */
export interface Store {
  directory: string
  file: string
  filled: Filled
  /** The number of the first device that no run has created. */
  next: number
}

/** The cost of a server on a store, not counting requests. */
export interface Footprint {
  /** Of the file, in MB. */
  size: number
  /** From the start to the first response, in milliseconds, and its CPU time. */
  start: number
  startCpu: number
  /** In MB, some seconds after the start. */
  memory: number
  /** CPU time of the server for a GET, in microseconds: of devices not yet read, and of the same devices again. */
  cold: number
  warm: number
  /** Milliseconds until each response. */
  coldWait: number
  warmWait: number
}

const STARTS = 3
const COLD_DEVICES = 2_000
const IDLE = 3_000

/** The device numbers that one run reserves in a store that is reused. */
const RUN_ROOM = 1_000_000_000

/** Parses `10k`, `1m` or `1m/10000`: a number of devices, and the number of projects that they are in. */
export function readSize(text: string): Size {
  const [, digits, unit = '', projects = '1'] = /^(\d+)([km]?)(?:\/(\d+))?$/.exec(text) ?? []
  if (digits === undefined) throw new Error(`Invalid size "${text}" in --scale: write it like 10k, 1m or 1m/10000`)
  return {
    name: projects === '1' ? text : `${text.split('/')[0]} in ${toText(Number(projects), 0)} projects`,
    devices: Number(digits) * { '': 1, k: 1_000, m: 1_000_000 }[unit as '' | 'k' | 'm'],
    projects: Number(projects),
  }
}

/** Opens a filled store in a directory. An existing one is reused. */
export async function openStore(directory: string, size: Size): Promise<Store> {
  const file = join(directory, 'handset.db')
  const note = join(directory, 'filled.json')
  if (!existsSync(note)) {
    rmSync(directory, { recursive: true, force: true })
    mkdirSync(directory, { recursive: true })
    const filled = await fill(
      () => openSqlite(file),
      () => bulkOfSqlite(file, TABLES),
      size,
    )
    writeFileSync(note, JSON.stringify({ filled, next: filled.devices }))
  }
  const { filled, next } = JSON.parse(readFileSync(note, 'utf8')) as Pick<Store, 'filled' | 'next'>
  writeFileSync(note, JSON.stringify({ filled, next: next + RUN_ROOM }))
  return { directory, file, filled, next }
}

/** Starts Handset on a store and measures the start. The server keeps running for the benchmark. */
export async function startOnStore(
  range: Range,
  { filled, directory, file }: Store,
): Promise<{ port: number; pid: number; footprint: Footprint }> {
  // The first start compiles the modules. Later starts find them compiled, as on a user's machine.
  await end((await startTimed(range, directory, filled)).child)
  const starts = [await startTimed(range, directory, filled)]
  while (starts.length < STARTS) {
    await end((starts.at(-1) as Start).child)
    starts.push(await startTimed(range, directory, filled))
  }
  const { child, port } = starts.at(-1) as Start
  const pid = child.pid as number
  await new Promise((resolve) => setTimeout(resolve, IDLE))
  const memory = memoryOf(pid)
  dropPages(file)
  const cold = await askOnce(port, pid, filled)
  const warm = await askOnce(port, pid, filled)
  readPages(file)
  const footprint: Footprint = {
    size: statSync(file).size / 1e6,
    start: median(starts.map(({ milliseconds }) => milliseconds)),
    startCpu: median(starts.map(({ cpu }) => cpu)),
    memory,
    ...{ cold: cold.cpu, coldWait: cold.wait, warm: warm.cpu, warmWait: warm.wait },
  }
  return { port, pid, footprint }
}

interface Start {
  child: ChildProcess
  port: number
  milliseconds: number
  /** Also in milliseconds. */
  cpu: number
}

/** Starts Handset and requests a device. */
async function startTimed(range: Range, directory: string, filled: Filled): Promise<Start> {
  const begun = performance.now()
  const { child, port } = await startHandset(range, ['--data', directory], {})
  await sampleOf(port, getAsk(filled), 0)
  return { child, port, milliseconds: performance.now() - begun, cpu: cpuOf(child.pid as number) / 1000 }
}

/** The table of the costs of servers apart from requests. */
export function footprintRows(all: ReadonlyMap<string, Footprint>): string[][] {
  const columns = [
    'store',
    'file MB',
    'start ms',
    'of it CPU',
    'MB at rest',
    'cold GET ms',
    'CPU µs',
    'warm GET ms',
    'CPU µs',
  ]
  const rows = [...all].map(([name, { size, start, startCpu, memory, cold, coldWait, warm, warmWait }]) => [
    name,
    ...[size, start, startCpu, memory].map((value) => toText(value, 0)),
    ...[toText(coldWait, 2), toText(cold, 0), toText(warmWait, 2), toText(warm, 0)],
  ])
  return [columns, ...rows]
}

/** A request for one device. */
export function getAsk(filled: Filled) {
  const [ask] = deviceApiAsks(filled, new Map())['GET, any device'] ?? []
  if (ask === undefined) throw new Error('No request is defined')
  return ask
}

/** Evicts a file from the operating system's cache, if `dd` can. Otherwise, only the server itself is cold. */
function dropPages(file: string): void {
  spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' })
}

/** Reads the file into the cache again, so that later measurements do not include the disk. */
function readPages(file: string): void {
  spawnSync('dd', [`if=${file}`, 'of=/dev/null', 'bs=4M'], { stdio: 'ignore' })
}

/** Requests devices from all over the store, one after another, each once. */
async function askOnce(
  port: number,
  pid: number,
  { tenants, devices }: Filled,
): Promise<{ cpu: number; wait: number }> {
  const all = tenants.length * devices
  const count = Math.min(COLD_DEVICES, all)
  const before = cpuOf(pid)
  const begun = performance.now()
  for (let turn = 0; turn < count; turn++) {
    const place = Math.floor((turn / count) * all)
    const { id, tag, token } = tenants[Math.floor(place / devices)] as Tenant
    const path = `/projects/${id}/devices/${idOf('dev', tag, place % devices)}`
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
    if (!answer.ok) throw new Error(`An existing device returned ${answer.status}`)
    await answer.arrayBuffer()
  }
  return { cpu: (cpuOf(pid) - before) / count, wait: (performance.now() - begun) / count }
}
