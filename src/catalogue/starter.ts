import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Context } from '../context.ts'
import { FACTS_MARK, factsDigest } from './facts/digest.ts'
import { readRows } from './formats/rows.ts'
import { importCatalogue } from './import/import.ts'
import { findMark, isEmpty, putMark } from './store.ts'

const STARTER_FILE = new URL('starter.csv', import.meta.url)

/** The mark with the digest of the starter catalogue that was imported into a store. */
const MARK = 'starter'

/**
 * Imports the starter catalogue, which is included in Handset: all of it on the first start, later what a new version
 * adds, and nothing if the store has it already. Throws if a row is rejected, since that is a bug in Handset.
 */
export async function importStarterCatalogue(context: Context): Promise<void> {
  const content = await readFile(STARTER_FILE)
  const digest = createHash('sha256').update(content).digest('hex')
  if ((await findMark(context.db, MARK)) === digest) return
  const isFresh = await isEmpty(context.db)
  const { rows } = await readRows(Readable.from([content]), { format: 'csv' })
  await importCatalogue(context, rows, {
    source: 'starter',
    onReject: ({ line }, reason) => {
      throw new Error(`starter.csv, line ${line}: ${reason}`)
    },
    onProgress: () => {},
    signal: new AbortController().signal,
  })
  await putMark(context.db, MARK, digest)
  if (isFresh) await putMark(context.db, FACTS_MARK, factsDigest())
}
