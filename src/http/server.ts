import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpSettings } from '../config.ts'
import type { Lifecycle } from './lifecycle.ts'
import { createServer } from './node-http.ts'
import { answerClientError } from './request/client-errors.ts'

/** How often connections are checked for requests that take too long to arrive, in milliseconds. */
const CONNECTION_CHECKS = 1_000

/** Node's HTTP server, with what happens when it starts and stops. */
export interface HttpServer extends Lifecycle {
  readonly server: Server
  /** Passes every request to `listener`. */
  serve(listener: RequestListener): void
  /** Resolves to the URL of the server once it listens. */
  listen(where: { host: string; port: number }): Promise<string>
  /** The URL of the server; empty if it does not listen. */
  address(): string
  /** Stops accepting connections, and resolves when all requests in progress have their responses. */
  close(): Promise<void>
}

export function createHttpServer(settings: Pick<HttpSettings, 'keepAlive' | 'requestTimeout'>): HttpServer {
  const server = createServer({
    connectionsCheckingInterval: CONNECTION_CHECKS,
    keepAliveTimeout: settings.keepAlive * 1000,
    // Bodies have their own deadlines (see `limits/arrivals.ts`), because Node's is the same for all requests.
    requestTimeout: 0,
    headersTimeout: settings.requestTimeout * 1000,
    requireHostHeader: false, // The router requires it: Node's rejection has no body.
  }).on('clientError', answerClientError)
  const afterListen: (() => Promise<void>)[] = []
  const beforeClose: (() => void)[] = []
  const afterClose: (() => void | Promise<void>)[] = []
  let closed: Promise<void> | undefined

  async function close(): Promise<void> {
    for (const work of beforeClose) work()
    if (server.listening) await new Promise<void>((resolve) => void server.close(() => resolve()))
    for (const work of afterClose.toReversed()) await work()
  }

  function address(): string {
    return server.listening ? urlOf(server.address() as AddressInfo) : ''
  }

  return {
    server,
    afterListen: (work) => void afterListen.push(work),
    beforeClose: (work) => void beforeClose.push(work),
    afterClose: (work) => void afterClose.push(work),
    serve(listener) {
      server
        .on('request', listener)
        // Node would reject expectations that it does not know with an empty response (RFC 9110 §10.1.1: "MAY").
        .on('checkExpectation', listener)
        // Node would send `100 Continue` before the headers are checked. The pipeline sends it.
        .on('checkContinue', listener)
    },
    async listen(where) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(where, () => {
          server.off('error', reject)
          resolve()
        })
      })
      for (const work of afterListen) await work()
      return address()
    },
    address,
    close() {
      closed ??= close()
      return closed
    },
  }
}

/** The URL of an address. A server on all addresses of IPv4 is shown at the loopback address. */
function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0') return `http://127.0.0.1:${port}`
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
