import type { FastifyInstance, FastifyReply } from 'fastify'
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

/**
 * Bounds what one token may ask of this node, and says on each answer how much is left, in the fields of
 * draft-ietf-httpapi-ratelimit-headers-10. A limit of 0 bounds nothing.
 */
export function limitRates(app: FastifyInstance, limit: number, clock: () => number): void {
  if (limit === 0) return
  const window = createWindow(limit, TOKEN_WINDOW, clock)
  const policy = `"token";q=${limit};w=${TOKEN_WINDOW}`
  app.addHook('onRequest', ({ caller }, reply, next) => {
    if (caller === undefined) return next()
    const { left, reset } = window.count(caller.tokenId)
    sayLimits(reply, policy, Math.max(0, left), reset)
    if (left < 0) throw tooManyRequests('This token makes too many requests', reset)
    next()
  })
}

function sayLimits(reply: FastifyReply, policy: string, left: number, reset: number): void {
  reply.header('ratelimit-policy', policy).header('ratelimit', `"token";r=${left};t=${reset}`)
}

export function tooManyRequests(message: string, seconds: number): ApiError {
  return new ApiError('tooManyRequests', message, {
    hint: `Wait ${seconds} s before the next request.`,
    headers: { 'retry-after': String(seconds) },
  })
}
