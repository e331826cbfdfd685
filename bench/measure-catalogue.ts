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
import type { Imported } from '../src/catalogue/import/import.ts'
import type { ImportSummary } from '../src/catalogue/import/stager.ts'
import { loadConfig } from '../src/config.ts'
import type { Context } from '../src/context.ts'
import type { Database } from '../src/db/port.ts'
import { searchDeviceModels } from '../src/resources/device-models/device-models.ts'
import { openContext } from '../src/serve/open.ts'
import { gsmaChunks } from '../test/support/gsma-file.ts'

// node bench/measure-catalogue.ts [FILE|rows=NUMBER …]: measures the import of TAC databases. Imports each file into a
// fresh store, then all of them into one, with the command in a separate process. `rows=` stands for a generated file in
// the GSMA's format; the default is the files in ../shared/data. With DATABASE_URL, an empty PostgreSQL database receives all of them instead.

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const DATA = fileURLToPath(new URL('../../shared/data/', import.meta.url))

/** Makes the importing process report its resource usage in the last line of standard error when it exits. */
const WATCH = `data:text/javascript,process.on('exit', () => process.stderr.write('\\n' + JSON.stringify({
  cpu: process.cpuUsage(), peak: process.resourceUsage().maxRSS })))`

/** Rewrites a row without changing it, at a fixed interval. */
const WRITE = "UPDATE catalogue_marks SET value = value WHERE name = 'starter'"
const WRITE_EVERY = 20

const LOOKUPS = 20_000

/** The output of an import with `--json`. */
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
  /** In KiB, as `resourceUsage` reports it. */
  peak: number
  /** The longest wait of a concurrent writer, in milliseconds. */
  waited: number
  /** The time to look up one TAC in the catalogue afterwards, in microseconds. */
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
  const context = await openContext(loadConfig(store))
  for (const [position, file] of files.entries()) {
    const name = `${position > 0 ? 'and then ' : ''}${basename(file)}`
    const measured = await measure(context, store, directory, file)
    printRow(
      typeof measured === 'string' ? [name, measured] : [name, ...Object.values(COLUMNS).map((cell) => cell(measured))],
    )
  }
  await context.db.close()
  await rm(directory, { recursive: true, force: true })
}

/** Imports a file and returns its result and cost, or why it was rejected. */
async function measure(
  context: Context,
  store: Record<string, string>,
  cwd: string,
  file: string,
): Promise<(Result & Took) | string> {
  const words = ['catalogue', 'import', '-', '--json', '--max-damage', '100']
  const child = spawn(process.execPath, ['--import', WATCH, MAIN, ...words], { cwd, env: { ...process.env, ...store } })
  const ended = new AbortController()
  const waiting = longestWait(context.db, ended.signal)
  const rows = /^rows=(\d+)$/.exec(file)?.[1]
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    // A rejected file is not read to its end.
    pipeline(rows === undefined ? createReadStream(file) : Readable.from(gsmaChunks(Number(rows))), child.stdin).catch(
      () => {},
    ),
  ])
  ended.abort()
  const waited = await waiting
  const lines = stderr.trim().split('\n')
  if (stdout === '') return lines[0] as string
  return { ...JSON.parse(stdout), ...JSON.parse(lines.at(-1) as string), waited, lookup: await timeLookup(context) }
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

async function timeLookup(context: Context): Promise<number> {
  const tacs = await context.db.all<{ tac: string }>('SELECT tac FROM tacs ORDER BY tac')
  const start = performance.now()
  for (let lookup = 0; lookup < LOOKUPS; lookup++) {
    const { tac } = tacs[(lookup * 7_919) % tacs.length] as { tac: string }
    await searchDeviceModels(context, { imei: `${tac}0000000` })
  }
  return ((performance.now() - start) / LOOKUPS) * 1000
}

function printRow(cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`)
}
