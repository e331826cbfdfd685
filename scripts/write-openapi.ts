import { readFileSync, writeFileSync } from 'node:fs'
import { describeApi } from '../src/app.ts'

// Writes openapi.json from the declared operations; with --check, fails if the committed file differs.

const file = new URL('../openapi.json', import.meta.url)
const generated = `${JSON.stringify(describeApi(), null, 2)}\n`
if (!process.argv.includes('--check')) {
  writeFileSync(file, generated)
} else if (readFileSync(file, 'utf8') !== generated) {
  console.error('openapi.json differs from the declared operations. Run: npm run openapi')
  process.exitCode = 1
}
