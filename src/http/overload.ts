import type { FastifyInstance } from 'fastify'
import { unavailable } from '../errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Counts the request as answered, once. */
    release: (() => void) | null
  }
}

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
  app.decorateRequest('release', null)
  app.addHook('onRequest', async (request, reply) => {
    if (closing) throw unavailable('The server is shutting down')
    if (request.routeOptions.config?.open) return
    inHand += 1
    request.release = () => {
      request.release = null
      inHand -= 1
    }
    reply.raw.once('close', () => request.release?.())
    if (inHand > maxConcurrent) throw unavailable('The server has too many requests in hand')
  })
  // A request is out of hand when its answer is there: how long the client takes to read it is the client's affair.
  app.addHook('onSend', async (request) => request.release?.())
}
