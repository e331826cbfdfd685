import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, createWriteStream, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkDigit } from '../src/domain/imei.ts'

// node bench/measure-fleet.ts ROWS … : measures the import of a generated CSV file with this many devices against
// `.import` of sqlite3, which loads the resulting rows into the same table and indexes. Prints CPU seconds, rows per CPU
// second and peak memory. Needs Debian's `sqlite3` and `time`. The stores are in TMPDIR.

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const TACS = 1_000

/** The page cache of sqlite3, in KiB: the same as Handset's, and its default. */
const CACHES = [8 * 1024, 2 * 1024]

for (const rows of process.argv.slice(2).map(Number)) {
  const cwd = await mkdtemp(join(tmpdir(), 'handset-measure-'))
  const handset = [process.execPath, MAIN]
  execFileSync(process.execPath, [MAIN, 'projects', 'create', 'acme', '--type', 'live'], { cwd })
  cpSync(join(cwd, 'data'), join(cwd, 'empty'), { recursive: true })
  await writeFleet(join(cwd, 'fleet.csv'), rows)

  const ours = measure(cwd, [...handset, 'devices', 'import', 'fleet.csv', '--project', 'acme'])
  console.log(JSON.stringify({ rows, side: 'handset', perSecond: Math.round(rows / ours.cpuSeconds), ...ours }))
  execFileSync('sqlite3', ['data/handset.db', '.mode csv', '.once devices.csv', 'SELECT * FROM devices ORDER BY id'], {
    cwd,
  })
  for (const cache of CACHES) {
    cpSync(join(cwd, 'empty'), join(cwd, 'theirs'), { recursive: true, force: true })
    const settings = ['PRAGMA synchronous = FULL', `PRAGMA cache_size = -${cache}`]
    const theirs = measure(cwd, ['sqlite3', 'theirs/handset.db', ...settings, '.import --csv devices.csv devices'])
    const ratio = Number((ours.cpuSeconds / theirs.cpuSeconds).toFixed(2))
    const side = `sqlite3, ${cache / 1024} MiB of cache`
    console.log(JSON.stringify({ rows, side, perSecond: Math.round(rows / theirs.cpuSeconds), ...theirs, ratio }))
  }
  await rm(cwd, { recursive: true, force: true })
}

/** Writes devices with IMEIs and names in no particular order, from a thousand TACs. */
async function writeFleet(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file)
  out.write('imei,name,metadata.colour,metadata.batch\n')
  for (let row = 0; row < rows; row++) {
    const device = (row * 7_919) % rows
    const digits = String(35_000_000 + (device % TACS) * 37) + String(Math.floor(device / TACS)).padStart(6, '0')
    const colour = ['black', 'blue', 'white'][device % 3]
    const line = `${digits}${checkDigit(digits)},Phone ${device},${colour},${device % 50}\n`
    if (!out.write(line)) await once(out, 'drain')
  }
  await once(out.end(), 'close')
}

/** Runs a command until it exits, and returns what it used. */
function measure(cwd: string, words: string[]): { cpuSeconds: number; seconds: number; peakMiB: number } {
  const figures = join(cwd, 'figures')
  execFileSync('/usr/bin/time', ['-o', figures, '-f', '%U %S %e %M', ...words], { cwd, stdio: 'ignore' })
  const [user = 0, system = 0, seconds = 0, peak = 0] = readFileSync(figures, 'utf8').trim().split(' ').map(Number)
  return { cpuSeconds: Number((user + system).toFixed(1)), seconds, peakMiB: Math.round(peak / 1024) }
}
