import { andThen } from '../../domain/awaitable.ts'
import { ApiError } from '../../errors.ts'
import type { Step } from '../exchange.ts'
import type { Standing, Window, WindowTerms } from './window.ts'

const TOKEN_WINDOW = 10

/** The number of requests that one token may send to this node in a window. */
export interface RateLimit extends Window {
  /** The value of the `ratelimit-policy` header. */
  readonly policy: string
}

/** Creates the limit of requests per token. Returns null for a limit of 0, which means none. */
export function createRateLimit(limit: number, openWindow: (terms: WindowTerms) => Window): RateLimit | null {
  if (limit === 0) return null
  return {
    policy: `"token";q=${limit};w=${TOKEN_WINDOW}`,
    ...openWindow({ name: 'token', limit, seconds: TOKEN_WINDOW }),
  }
}

/** Counts the request against its token; beyond the limit, 429. */
export function limitRate(rates: RateLimit): Step {
  return (exchange) =>
    andThen(rates.count(exchange.caller.tokenId), (standing) => {
      exchange.standing = standing
      if (standing.left < 0) throw tooManyRequests('Too many requests with this token', standing.reset)
    })
}

/** The `ratelimit` header (draft-ietf-httpapi-ratelimit-headers-10). */
export function ratelimitHeader({ left, reset }: Standing): string {
  return `"token";r=${Math.max(0, left)};t=${reset}`
}

export function tooManyRequests(message: string, seconds: number): ApiError {
  return new ApiError('tooManyRequests', message, {
    hint: `Wait ${seconds} s before the next request.`,
    headers: { 'retry-after': String(seconds) },
  })
}
