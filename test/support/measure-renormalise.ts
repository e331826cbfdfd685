import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { renormalise } from '../../src/catalogue/renormalise.ts'
import { loadConfig } from '../../src/config.ts'
import { openRegistry } from '../../src/serve/open.ts'
import { importInto } from './catalogue.ts'
import { gsmaChunks } from './gsma-file.ts'

// node test/support/measure-renormalise.ts [ROWS]: imports a made file of the GSMA's into a fresh store, and renormalises
// it as it is, then with one brand in ten as another table would have it, then with every one. Says what each took.
// DATABASE_URL names an empty PostgreSQL database to measure instead of SQLite.

const MISSPELL = "UPDATE device_models SET brand = brand || ' Ltd', brand_key = brand_key || ' ltd' WHERE"
const CASES = {
  none: 'id IS NULL',
  'one in ten': "SUBSTR(id, 26) IN ('1', '2', '3', '4', '5', '6')",
  all: 'id IS NOT NULL',
}

const directory = await mkdtemp(join(tmpdir(), 'handset-measure-'))
const registry = await openRegistry(loadConfig({ HANDSET_DATA: directory, ...process.env }))
await importInto(registry, Readable.from(gsmaChunks(Number(process.argv[2] ?? 270_000))), { maxDamage: 100 })
for (const [misspelled, condition] of Object.entries(CASES)) {
  await registry.db.run(`${MISSPELL} ${condition}`)
  const cpu = process.cpuUsage()
  const { models, renamed, merged, claims } = await renormalise(registry, { dryRun: false })
  const { user, system } = process.cpuUsage(cpu)
  console.log(JSON.stringify({ misspelled, models, renamed, merged, claims, cpuSeconds: (user + system) / 1e6 }))
}
await registry.db.close()
await rm(directory, { recursive: true })
