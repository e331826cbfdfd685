import type { FastifyInstance } from 'fastify'
import { unavailable } from '../errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    isInHand: boolean
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
  app.decorateRequest('isInHand', false)
  app.addHook('onRequest', (request, _reply, next) => {
    if (closing) throw unavailable('The server is shutting down')
    if (request.routeOptions.config?.open) return next()
    inHand += 1
    request.isInHand = true
    if (inHand > maxConcurrent) throw unavailable('The server has too many requests in hand')
    next()
  })
  // A request is out of hand when its answer is there, also one whose client is gone: how long the client takes to read
  // it is the client's affair.
  app.addHook('onSend', (request, reply, _payload, next) => {
    // Kept open, the connection would keep the server from ending.
    if (closing) reply.header('connection', 'close')
    if (request.isInHand) inHand -= 1
    request.isInHand = false
    next()
  })
}
