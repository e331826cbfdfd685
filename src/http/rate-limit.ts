import type { FastifyInstance } from 'fastify'
import { ApiError } from '../errors.ts'

/** How many requests each key has made in the present window; all keys share its ends, so it is emptied at once. */
export interface Window {
  /** Counts one more; gives how many are left, below 0 when it is too many, and seconds until the next window. */
  count(key: string): { left: number; reset: number }
}

/** Counts up to `limit` per key in windows of so many seconds, in this process. */
export function createWindow(limit: number, seconds: number, clock: () => number): Window {
  const counts = new Map<string, number>()
  let window = 0
  return {
    count(key) {
      const now = clock() / 1000
      const current = Math.floor(now / seconds)
      if (current !== window) {
        counts.clear()
        window = current
      }
      const made = (counts.get(key) ?? 0) + 1
      counts.set(key, made)
      return { left: limit - made, reset: Math.ceil((current + 1) * seconds - now) }
    },
  }
}

const TOKEN_WINDOW = 10

/** What one token may still ask of this node. */
export interface RateLimit {
  /** As the header says it on every answer. */
  readonly policy: string
  /** Counts one more request; gives how many are left, below 0 when it is too many, and what the header says of it. */
  count(tokenId: string): { left: number; reset: number; field: string }
}

/**
 * Bounds what one token may ask of this node; the fields are those of draft-ietf-httpapi-ratelimit-headers-10. A limit of
 * 0 bounds nothing, and gives null.
 */
export function createRateLimit(limit: number, clock: () => number): RateLimit | null {
  if (limit === 0) return null
  const window = createWindow(limit, TOKEN_WINDOW, clock)
  return {
    policy: `"token";q=${limit};w=${TOKEN_WINDOW}`,
    count(tokenId) {
      const { left, reset } = window.count(tokenId)
      return { left, reset, field: `"token";r=${Math.max(0, left)};t=${reset}` }
    },
  }
}

/** Says on each answer how much its token has left, and refuses what is too much. */
export function limitRates(app: FastifyInstance, rates: RateLimit | null): void {
  if (rates === null) return
  app.addHook('onRequest', ({ caller }, reply, next) => {
    if (caller === undefined) return next()
    const { left, reset, field } = rates.count(caller.tokenId)
    reply.header('ratelimit-policy', rates.policy).header('ratelimit', field)
    if (left < 0) throw tooManyRequests('This token makes too many requests', reset)
    next()
  })
}

export function tooManyRequests(message: string, seconds: number): ApiError {
  return new ApiError('tooManyRequests', message, {
    hint: `Wait ${seconds} s before the next request.`,
    headers: { 'retry-after': String(seconds) },
  })
}
