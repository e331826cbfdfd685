import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Context } from '../context.ts'
import { FACTS_MARK, factsDigest } from './facts/digest.ts'
import { readRows } from './formats/rows.ts'
import { importCatalogue } from './import/import.ts'
import { findMark, isEmpty, putMark } from './store.ts'

const STARTER_FILE = new URL('starter.csv', import.meta.url)

/** The mark that holds the digest of the starter catalogue that a store has taken. */
const MARK = 'starter'

/**
 * Takes the starter catalogue, which comes with Handset, into the store: on a first start all of it, later what a new
 * version brings, and nothing where the store has it already. Throws when a row of it cannot be taken, since that is a
 * fault of Handset.
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
