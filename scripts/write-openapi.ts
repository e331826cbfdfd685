import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { buildApp } from '../src/app.ts'
import { loadHttpSettings } from '../src/config.ts'
import { openSqlite } from '../src/db/sqlite/open.ts'

// Writes openapi.json from the routes. With --check, fails if the committed file differs.

const file = new URL('../openapi.json', import.meta.url)
const directory = mkdtempSync(join(tmpdir(), 'handset-openapi-'))
const db = openSqlite(join(directory, 'handset.db'))
const app = await buildApp({ db, clock: Date.now, logger: pino({ level: 'silent' }), settings: loadHttpSettings({}) })
const { payload } = await app.inject({ method: 'GET', url: '/openapi.json' })
await app.close()
await db.close()
rmSync(directory, { recursive: true })

const generated = `${JSON.stringify(JSON.parse(payload), null, 2)}\n`
if (!process.argv.includes('--check')) {
  writeFileSync(file, generated)
} else if (readFileSync(file, 'utf8') !== generated) {
  console.error('openapi.json differs from the routes. Run: npm run openapi')
  process.exitCode = 1
}
