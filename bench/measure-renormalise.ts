import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { renormalise } from '../src/catalogue/renormalise.ts'
import { loadConfig } from '../src/config.ts'
import { openContext } from '../src/serve/open.ts'
import { importInto } from '../test/support/catalogue.ts'
import { gsmaChunks } from '../test/support/gsma-file.ts'

// node bench/measure-renormalise.ts [ROWS]: measures how long renormalising takes. Imports a generated file in the GSMA's
// format into a fresh store, and renormalises it unchanged, then with one brand in ten out of date, then with all of them.
// With DATABASE_URL, an empty PostgreSQL database is measured instead of SQLite.

const MISSPELL = "UPDATE device_models SET brand = brand || ' Ltd', brand_key = brand_key || ' ltd' WHERE"
const CASES = {
  none: 'id IS NULL',
  'one in ten': "SUBSTR(id, 26) IN ('1', '2', '3', '4', '5', '6')",
  all: 'id IS NOT NULL',
}

const directory = await mkdtemp(join(tmpdir(), 'handset-measure-'))
const context = await openContext(loadConfig({ HANDSET_DATA: directory, ...process.env }))
await importInto(context, Readable.from(gsmaChunks(Number(process.argv[2] ?? 270_000))), { maxDamage: 100 })
for (const [misspelled, condition] of Object.entries(CASES)) {
  await context.db.run(`${MISSPELL} ${condition}`)
  const cpu = process.cpuUsage()
  const { models, renamed, merged, claims } = await renormalise(context, { dryRun: false })
  const { user, system } = process.cpuUsage(cpu)
  console.log(JSON.stringify({ misspelled, models, renamed, merged, claims, cpuSeconds: (user + system) / 1e6 }))
}
await context.db.close()
await rm(directory, { recursive: true })
