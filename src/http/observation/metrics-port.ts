import type { AddressInfo } from 'node:net'
import { createServer } from '../node-http.ts'
import type { HttpServer } from '../server.ts'
import type { Metrics } from './metrics.ts'

/** Serves `/metrics` on a port of its own, on the address of the server: for as long as the server listens. */
export function serveMetricsOn(port: number, http: HttpServer, metrics: Metrics): void {
  const server = createServer(async ({ url, headers }, response) => {
    if (url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    const { type, text } = await metrics.read(headers.accept)
    response.writeHead(200, { 'content-type': type, vary: 'accept' }).end(text)
  })
  http.afterListen(() => {
    const { address } = http.server.address() as AddressInfo
    return new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host: address, port }, resolve)
    })
  })
  http.afterClose(() => new Promise<void>((resolve) => void server.close(() => resolve())))
}
