const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** How long to wait after each failed attempt (docs/contract.md §14), in milliseconds. After the last, no more follow. */
const STEPS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR]

const JITTER = 0.2

/** How long an endpoint may fail before it is disabled, in milliseconds. */
export const FAILING_LIMIT = 5 * 24 * HOUR

/**
 * How long to wait before the attempt that follows `failures` failed ones, in milliseconds; null if none follows.
 * `retryAfter` is the wait that the endpoint asks for, and `random` is between 0 and 1.
 */
export function waitAfter(failures: number, retryAfter: number | null, random: number): number | null {
  const step = STEPS[failures - 1]
  if (step === undefined) return null
  const wait = step * (1 - JITTER + 2 * JITTER * random)
  return Math.round(Math.max(wait, Math.min(retryAfter ?? 0, 2 * step)))
}

/** Reads a `Retry-After` header (RFC 9110 §10.2.3): seconds or a date. Returns milliseconds, or null without a valid one. */
export function readRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null
  if (/^[0-9]{1,9}$/.test(value)) return Number(value) * SECOND
  const time = Date.parse(value)
  return Number.isNaN(time) ? null : Math.max(0, time - now)
}
