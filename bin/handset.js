#!/usr/bin/env node
// Plain JavaScript that any Node can parse, so that an old Node gets a clear message.
import { existsSync } from 'node:fs'
import * as module from 'node:module'

const NEEDED = 26

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  console.error(
    `handset: Node ${NEEDED} or later is required; this is Node ${process.version}. Get it from https://nodejs.org.`,
  )
  process.exit(1)
}

// Caching compiled modules on disk halves the time of the next start.
module.enableCompileCache?.()

// A checkout runs from source. The package contains only the build.
const source = new URL('../src/main.ts', import.meta.url)
await import(existsSync(source) ? source.href : '../dist/main.js')
