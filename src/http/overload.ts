import type { FastifyInstance } from 'fastify'
import { unavailable } from '../errors.ts'

/**
 * Answers 503 instead of falling over: to requests beyond `maxConcurrent` at one time, and to those that still arrive
 * on open connections while the server shuts down.
 */
export function refuseOverload(app: FastifyInstance, maxConcurrent: number): void {
  let inHand = 0
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onRequest', async (request, reply) => {
    if (closing) throw unavailable('The server is shutting down')
    if (request.routeOptions.config?.open) return
    inHand += 1
    reply.raw.once('close', () => {
      inHand -= 1
    })
    if (inHand > maxConcurrent) throw unavailable('The server has too many requests in hand')
  })
}
