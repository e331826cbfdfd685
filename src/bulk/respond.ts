import type { Exchange, Streamed, Streaming } from '../http/exchange.ts'
import { requireRole } from '../http/request/access.ts'
import { importBodyOf } from '../http/request/import-body.ts'
import { createDryRun } from './dry-run.ts'
import { createImporter } from './importer.ts'
import { csvInput, ndjsonInput } from './input.ts'
import type { Kind } from './kind.ts'
import { importResults } from './results.ts'

/** Imports the body of a request, and responds with a result for each row. Throws if the body is not a table of this kind. */
export async function respondImport<Row extends object>(
  exchange: Omit<Exchange, 'query' | 'params' | 'body'> & {
    query: { update?: boolean; events?: boolean; dryRun?: boolean }
  },
  kind: Kind<Row>,
): Promise<Streamed> {
  const { context, caller, query } = exchange
  if (query.events === false) requireRole(caller, 'admin')
  const { pieces, respondResults } = exchange.streaming as Streaming
  const { format, encoding, isGzip } = importBodyOf(exchange)
  const options = { encoding, optionFor: (encoding: string) => `\`Content-Type: text/csv; charset=${encoding}\`` }
  const input = format === 'csv' ? await csvInput(pieces(), kind.table, options, isGzip) : ndjsonInput(pieces(), isGzip)
  const { update = false, events = true, dryRun = false } = query
  const importer = (dryRun ? createDryRun : createImporter)(context, caller, kind, { update, events })
  return respondResults((write, fail) => importResults(input, importer, write, fail))
}
