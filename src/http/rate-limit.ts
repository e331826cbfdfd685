import type { FastifyInstance } from 'fastify'
import { ApiError } from '../errors.ts'
import type { Standing, Window, WindowTerms } from './window.ts'

const TOKEN_WINDOW = 10

/** What one token may still ask of this node. */
export interface RateLimit extends Window {
  /** As the header says it on every answer. */
  readonly policy: string
}

/** Bounds what one token may ask of this node. A limit of 0 bounds nothing, and gives null. */
export function createRateLimit(limit: number, openWindow: (terms: WindowTerms) => Window): RateLimit | null {
  if (limit === 0) return null
  return {
    policy: `"token";q=${limit};w=${TOKEN_WINDOW}`,
    ...openWindow({ name: 'token', limit, seconds: TOKEN_WINDOW }),
  }
}

/**
 * Says on each answer how much its token has left, in the fields of draft-ietf-httpapi-ratelimit-headers-10, and refuses
 * what is too much.
 */
export function limitRates(app: FastifyInstance, rates: RateLimit | null): void {
  if (rates === null) return
  app.addHook('onRequest', ({ caller }, reply, next) => {
    if (caller === undefined) return next()
    const judge = (standing: Standing) => {
      reply.header('ratelimit-policy', rates.policy).header('ratelimit', sayStanding(standing))
      if (standing.left >= 0) next()
      else next(tooManyRequests('This token makes too many requests', standing.reset))
    }
    const standing = rates.count(caller.tokenId)
    if (standing instanceof Promise) standing.then(judge, next)
    else judge(standing)
  })
}

/** Where a token stands, as the header says it. */
export function sayStanding({ left, reset }: Standing): string {
  return `"token";r=${Math.max(0, left)};t=${reset}`
}

export function tooManyRequests(message: string, seconds: number): ApiError {
  return new ApiError('tooManyRequests', message, {
    hint: `Wait ${seconds} s before the next request.`,
    headers: { 'retry-after': String(seconds) },
  })
}
