#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that an old one is told what is missing.
import { existsSync } from 'node:fs'
import * as module from 'node:module'

const NEEDED = 26

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  console.error(
    `handset: Node ${NEEDED} or later is needed, and this is ${process.version}. ` +
      `Get it at https://nodejs.org, or for one run with: npx -p node@${NEEDED} -p handset handset`,
  )
  process.exit(1)
}

// Compiled modules are kept from run to run, where the machine lets them be: the next start takes half the time.
module.enableCompileCache?.()

// A checkout runs from source; the package has none.
const source = new URL('../src/main.ts', import.meta.url)
await import(existsSync(source) ? source.href : '../dist/main.js')
