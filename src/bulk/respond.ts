import { ApiError } from '../errors.ts'
import type { Exchange, Streamed, Streaming } from '../http/exchange.ts'
import { importBodyOf } from '../http/request/import-body.ts'
import { createImporter } from './importer.ts'
import { csvInput, type Input, ndjsonInput } from './input.ts'
import type { Kind } from './kind.ts'
import { importResults } from './results.ts'

/** Imports the body of a request, and responds with a result for each row. Throws if the body is not a table of this kind. */
export async function respondImport<Row extends object>(
  exchange: Omit<Exchange, 'query' | 'params' | 'body'> & { query: { update?: boolean; events?: boolean } },
  kind: Kind<Row>,
): Promise<Streamed> {
  const { context, caller, query } = exchange
  const { pieces, respond } = exchange.streaming as Streaming
  const { format, encoding, isGzip } = importBodyOf(exchange)
  const options = { encoding, optionFor: (encoding: string) => `\`Content-Type: text/csv; charset=${encoding}\`` }
  const input = format === 'csv' ? await openCsv() : ndjsonInput(pieces(), isGzip)
  const importer = createImporter(context, caller, kind, {
    update: query.update ?? false,
    events: query.events ?? true,
  })
  return respond((fail) => importResults(input, importer, fail))

  async function openCsv(): Promise<Input> {
    try {
      return await csvInput(pieces(), kind.table, options, isGzip)
    } catch (error) {
      throw error instanceof ApiError ? closing(error) : error
    }
  }
}

/** The error, which also closes the connection because the rest of the body is not read. */
function closing({ type, message, hint, problems, headers }: ApiError): ApiError {
  const all = { ...headers, connection: 'close' }
  return new ApiError(type, message, { problems, headers: all, ...(hint === undefined ? {} : { hint }) })
}
