import { Readable } from 'node:stream'
import type { Row } from '../../src/catalogue/formats/entry.ts'
import { type FormatName, readRows } from '../../src/catalogue/formats/rows.ts'
import {
  type ImportOptions,
  type Imported as ImportResult,
  importCatalogue,
} from '../../src/catalogue/import/import.ts'
import type { Context } from '../../src/context.ts'

/** The result of an import, and the rows that it did not import. */
export interface Imported extends ImportResult {
  rejects: { line: number; reason: string; text: string }[]
}

/** Imports a TAC database, given as text or as a stream, into the catalogue of a running server. */
export async function importInto(
  context: Context,
  content: string | Readable,
  { format: given, ...options }: Partial<ImportOptions> & { format?: FormatName } = {},
): Promise<Imported> {
  const stream = typeof content === 'string' ? Readable.from([Buffer.from(content)]) : content
  const { format, rows } = await readRows(stream, { format: given })
  const rejects: Imported['rejects'] = []
  const result = await importCatalogue(context, rows, {
    source: format,
    onReject: ({ line, cells }: Row, reason) => rejects.push({ line, reason, text: cells.join(',') }),
    onProgress: () => {},
    signal: new AbortController().signal,
    ...options,
  })
  return { ...result, rejects }
}
