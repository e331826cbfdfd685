import { createReadStream } from 'node:fs'
import type { Registry } from '../resources/registry.ts'
import { importCatalogue } from './import.ts'
import { readRows } from './rows.ts'

const STARTER_FILE = new URL('starter.csv', import.meta.url)

/**
 * Takes the starter catalogue, which comes with Handset, into the store: on a first start all of it, later what a new
 * version brings. Throws when a row of it cannot be taken, since that is a fault of Handset.
 */
export async function importStarterCatalogue(registry: Registry): Promise<void> {
  const { rows } = await readRows(createReadStream(STARTER_FILE), 'csv')
  await importCatalogue(registry, rows, {
    source: 'starter',
    onReject: ({ line }, reason) => {
      throw new Error(`starter.csv, line ${line}: ${reason}`)
    },
    onProgress: () => {},
    signal: new AbortController().signal,
  })
}
