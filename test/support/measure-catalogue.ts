import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { renormalise } from '../../src/catalogue/renormalise.ts'
import { importStarterCatalogue } from '../../src/catalogue/starter.ts'
import { countCatalogue } from '../../src/catalogue/store.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { timeDatabase } from '../../src/db/timed.ts'
import { searchDeviceModels } from '../../src/resources/device-models/device-models.ts'
import { createRegistry } from '../../src/resources/registry.ts'
import { importInto } from './catalogue.ts'
import { gsmaLines } from './gsma-file.ts'

// node test/support/measure-catalogue.ts FILE|rows=NUMBER|renormalise … : imports each into one fresh store, or writes one brand
// in ten as another table would have and renormalises the catalogue, and says what it took: seconds by the clock and of the
// processor, and for how long writers waited at most.
// DATABASE_URL names an empty PostgreSQL database to measure instead of SQLite.

const LOOKUPS = 20_000
const MISSPELL = `UPDATE device_models SET brand = brand || ' Ltd', brand_key = brand_key || ' ltd'
  WHERE SUBSTR(id, 26) IN ('1', '2', '3', '4', '5', '6')`

const directory = await mkdtemp(join(tmpdir(), 'handset-measure-'))
const url = process.env.DATABASE_URL
const opened = url === undefined ? openSqlite(join(directory, 'handset.db')) : openPostgres(url, { patience: Infinity })
let longest = 0
const db = timeDatabase(opened, (call, seconds) => {
  if (call === 'transaction') longest = Math.max(longest, seconds)
})
await migrate(db, Date.now)
const registry = createRegistry(db, Date.now)
await importStarterCatalogue(registry)
for (const source of process.argv.slice(2)) {
  if (source === 'renormalise') {
    await db.run(MISSPELL)
    const cpu = process.cpuUsage()
    longest = 0
    const { models, renamed, merged, claims } = await renormalise(registry, { dryRun: false })
    const { user, system } = process.cpuUsage(cpu)
    const took = { cpuSeconds: (user + system) / 1e6, longestTransaction: longest }
    console.log(JSON.stringify({ source, models, renamed, merged, claims, ...took }))
    continue
  }
  const rows = /^rows=(\d+)$/.exec(source)?.[1]
  const stream = rows === undefined ? createReadStream(source) : Readable.from(gsmaChunks(Number(rows)))
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  longest = 0
  const { summary, models, brands, damage, conflicts } = await importInto(registry, stream, { maxDamage: 100 })
  const seconds = (performance.now() - start) / 1000
  const peak = Math.round(process.resourceUsage().maxRSS / 1024)
  const result = { source, ...summary, models, brands, damage, conflicts: conflicts.tacs }
  const { user, system } = process.cpuUsage(cpu)
  const took = { seconds, cpuSeconds: (user + system) / 1e6, longestTransaction: longest }
  console.log(JSON.stringify({ ...result, ...took, peakMiB: peak }))
}
const tacs = await db.all<{ tac: string }>('SELECT tac FROM tacs ORDER BY tac')
const start = performance.now()
for (let lookup = 0; lookup < LOOKUPS; lookup++) {
  const { tac } = tacs[(lookup * 7_919) % tacs.length] as { tac: string }
  await searchDeviceModels(registry, { imei: `${tac}0000000` })
}
const microseconds = ((performance.now() - start) / LOOKUPS) * 1000
console.log(JSON.stringify({ tacs: tacs.length, lookupMicroseconds: Number(microseconds.toFixed(1)) }))
console.log(JSON.stringify((await countCatalogue(db)).sources))
await db.close()
await rm(directory, { recursive: true, force: true })

function* gsmaChunks(rows: number): Generator<Buffer> {
  let chunk = ''
  for (const line of gsmaLines(rows)) {
    chunk += line
    if (chunk.length < 65_536) continue
    yield Buffer.from(chunk)
    chunk = ''
  }
  yield Buffer.from(chunk)
}
