import type { FastifyInstance } from 'fastify'
import { unavailable } from '../../errors.ts'
import type { Exchange } from '../exchange.ts'

/** Counts the requests in progress, and rejects what is too much with 503. */
export interface Admission {
  /** Whether the server is shutting down: then requests that still arrive on open connections are 503 too. */
  readonly isClosing: boolean
  admit(exchange: Exchange): void
  /** Ends a request's part in the count: its response is there, however long the client takes to read it. */
  release(exchange: Exchange): void
}

export function createAdmission(app: FastifyInstance, maxConcurrent: number): Admission {
  let inProgress = 0
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  return {
    get isClosing() {
      return isClosing
    },
    admit(exchange) {
      inProgress += 1
      exchange.isInProgress = true
      if (inProgress > maxConcurrent) throw unavailable('The server has too many requests in progress')
    },
    release(exchange) {
      if (exchange.isInProgress) inProgress -= 1
      exchange.isInProgress = false
    },
  }
}
