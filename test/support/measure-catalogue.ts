import { spawn } from 'node:child_process'
import { createReadStream, statSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Imported, ImportSummary } from '../../src/catalogue/import/import.ts'
import { loadConfig } from '../../src/config.ts'
import type { Registry } from '../../src/context.ts'
import type { Database } from '../../src/db/port.ts'
import { searchDeviceModels } from '../../src/resources/device-models/device-models.ts'
import { openRegistry } from '../../src/serve/open.ts'
import { gsmaChunks } from './gsma-file.ts'

// node test/support/measure-catalogue.ts [FILE|rows=NUMBER …]: imports each into a fresh store, then all of them into one,
// by the command in a process of its own, and says what it took; without arguments, the files in ../shared/data. `rows=`
// is a made file of the GSMA's. DATABASE_URL names an empty PostgreSQL database to take all of them instead.

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url))

/** Has the importing process say at its end, in the last line of standard error, what it took. */
const WATCH = `data:text/javascript,process.on('exit', () => process.stderr.write('\\n' + JSON.stringify({
  cpu: process.cpuUsage(), peak: process.resourceUsage().maxRSS })))`

/** Writes a row as it is, every so many milliseconds. */
const WRITE = "UPDATE catalogue_marks SET value = value WHERE name = 'starter'"
const WRITE_EVERY = 20

const LOOKUPS = 20_000

/** What an import says with `--json`. */
type Result = ImportSummary & Omit<Imported, 'summary'> & { seconds: number }

const COLUMNS: Record<string, (measured: Result & Took) => number | string> = {
  rows: ({ rows }) => rows,
  added: ({ added }) => added,
  changed: ({ changed }) => changed,
  unchanged: ({ unchanged }) => unchanged,
  outranked: ({ outranked }) => outranked,
  rejected: ({ rejected }) => rejected,
  conflicts: ({ conflicts }) => conflicts.tacs,
  'new models': ({ models }) => models,
  'brands, normalised': ({ brands }) => `${brands.before}, ${brands.after}`,
  seconds: ({ seconds }) => seconds.toFixed(1),
  'CPU seconds': ({ cpu }) => ((cpu.user + cpu.system) / 1e6).toFixed(1),
  'peak MiB': ({ peak }) => Math.round(peak / 1024),
  'a writer waited, ms': ({ waited }) => Math.round(waited),
  'a look-up, µs': ({ lookup }) => lookup.toFixed(1),
}

interface Took {
  cpu: NodeJS.CpuUsage
  /** In KiB, as `resourceUsage` gives it. */
  peak: number
  /** For how long a writer beside the import waited at most, in milliseconds. */
  waited: number
  /** A look-up of one TAC in the catalogue as it is then, in microseconds. */
  lookup: number
}

const sources = process.argv.length > 2 ? process.argv.slice(2) : await filesOf(DATA)
const url = process.env.DATABASE_URL
printRow(['file', ...Object.keys(COLUMNS)])
printRow(['---', ...Object.keys(COLUMNS).map(() => '--:')])
if (url === undefined) for (const source of sources) await measureInOne([source])
if (url !== undefined || sources.length > 1) await measureInOne(sources)

async function filesOf(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true })
  const files = names.filter((name) => /\.(csv|txt)$/.test(name)).map((name) => join(directory, name))
  return files.sort((a, b) => statSync(b).size - statSync(a).size)
}

async function measureInOne(files: readonly string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'handset-measure-'))
  const store = url === undefined ? { HANDSET_DATA: directory } : { DATABASE_URL: url }
  const registry = await openRegistry(loadConfig(store))
  for (const [position, file] of files.entries()) {
    const name = `${position > 0 ? 'and then ' : ''}${basename(file)}`
    const measured = await measure(registry, store, directory, file)
    printRow(
      typeof measured === 'string' ? [name, measured] : [name, ...Object.values(COLUMNS).map((cell) => cell(measured))],
    )
  }
  await registry.db.close()
  await rm(directory, { recursive: true, force: true })
}

/** Imports a file; gives what became of it and what it took, or why it was refused. */
async function measure(
  registry: Registry,
  store: Record<string, string>,
  cwd: string,
  file: string,
): Promise<(Result & Took) | string> {
  const words = ['catalogue', 'import', '-', '--json', '--max-damage', '100']
  const child = spawn(process.execPath, ['--import', WATCH, MAIN, ...words], { cwd, env: { ...process.env, ...store } })
  const ended = new AbortController()
  const waiting = longestWait(registry.db, ended.signal)
  const rows = /^rows=(\d+)$/.exec(file)?.[1]
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    // A file that is refused is not read to its end.
    pipeline(rows === undefined ? createReadStream(file) : Readable.from(gsmaChunks(Number(rows))), child.stdin).catch(
      () => {},
    ),
  ])
  ended.abort()
  const waited = await waiting
  const lines = stderr.trim().split('\n')
  if (stdout === '') return lines[0] as string
  return { ...JSON.parse(stdout), ...JSON.parse(lines.at(-1) as string), waited, lookup: await timeLookup(registry) }
}

async function longestWait(db: Database, signal: AbortSignal): Promise<number> {
  let longest = 0
  while (!signal.aborted) {
    const start = performance.now()
    await db.run(WRITE)
    longest = Math.max(longest, performance.now() - start)
    await pause(WRITE_EVERY)
  }
  return longest
}

async function timeLookup(registry: Registry): Promise<number> {
  const tacs = await registry.db.all<{ tac: string }>('SELECT tac FROM tacs ORDER BY tac')
  const start = performance.now()
  for (let lookup = 0; lookup < LOOKUPS; lookup++) {
    const { tac } = tacs[(lookup * 7_919) % tacs.length] as { tac: string }
    await searchDeviceModels(registry, { imei: `${tac}0000000` })
  }
  return ((performance.now() - start) / LOOKUPS) * 1000
}

function printRow(cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`)
}
