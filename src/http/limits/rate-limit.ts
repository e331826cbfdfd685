import type { HttpSettings } from '../../config.ts'
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

/** The limits of API keys and of user tokens; null means none. */
export interface RateLimits {
  readonly keys: RateLimit | null
  readonly users: RateLimit | null
}

/** Creates the limits of requests per token. */
export function createRateLimits(
  { rateLimit, userRateLimit }: Pick<HttpSettings, 'rateLimit' | 'userRateLimit'>,
  openWindow: (terms: WindowTerms) => Window,
): RateLimits {
  return { keys: createRateLimit('token', rateLimit), users: createRateLimit('userToken', userRateLimit) }

  function createRateLimit(name: string, limit: number): RateLimit | null {
    if (limit === 0) return null
    return {
      policy: `"token";q=${limit};w=${TOKEN_WINDOW}`,
      ...openWindow({ name, limit, seconds: TOKEN_WINDOW }),
    }
  }
}

/** Counts the request against its token; beyond the limit, 429. */
export function limitRate({ keys, users }: RateLimits): Step {
  return (exchange) => {
    const { userId, tokenId } = exchange.caller
    const limit = userId === null ? keys : users
    if (limit === null) return
    return andThen(limit.count(tokenId), (standing) => {
      exchange.standing = { ...standing, policy: limit.policy }
      if (standing.left < 0) throw tooManyRequests('Too many requests with this token', standing.reset)
    })
  }
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
