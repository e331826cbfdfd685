import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { createServer } from '../node-http.ts'
import type { Metrics } from './metrics.ts'

/** Serves `/metrics` on a port of its own, on the address of the app: for as long as the app listens. */
export function serveMetricsOn(port: number, app: FastifyInstance, metrics: Metrics): void {
  const server = createServer(async ({ url }, response) => {
    if (url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': metrics.type }).end(await metrics.text())
  })
  app.addHook('onListen', () => {
    const { address } = app.server.address() as AddressInfo
    return new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host: address, port }, resolve)
    })
  })
  app.addHook('onClose', () => new Promise<void>((resolve) => void server.close(() => resolve())))
}
