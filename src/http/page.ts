import type { Awaitable } from '../domain/awaitable.ts'
import type { Exchange } from './exchange.ts'

/** The response of a public page. Its headers replace the common ones of the same name. */
export interface Page {
  status?: number
  headers: Record<string, string | readonly string[]>
  body: string | Buffer
}

/** A route that is not an operation of the API: a document, a metric, or a page for browsers. It needs no token. */
export interface PageRoute {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  /** Its name in the log and the metrics. */
  name: string
  /** The page reads its own query; other pages accept none. */
  readsQuery?: true
  respond(exchange: Exchange): Awaitable<Page>
}

/** A page with this content type. */
export function page(type: string, body: string | Buffer, headers: Page['headers'] = {}): Page {
  return { headers: { 'content-type': type, ...headers }, body }
}
