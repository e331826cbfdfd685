import type { HttpSettings } from '../../config.ts'

/** The share of the request timeout after which the average rate of a body counts: a network may pause for a moment. */
const GRACE = 1 / 3

/** The minimum rate at which a body must arrive. */
export interface Pace {
  /** Whether this number of bytes is too small for the time that the server has waited. */
  isTooSlow(milliseconds: number, bytes: number): boolean
}

export function createPace({
  requestTimeout,
  minBodyRate,
}: Pick<HttpSettings, 'requestTimeout' | 'minBodyRate'>): Pace {
  const grace = requestTimeout * 1000 * GRACE
  return {
    isTooSlow: (milliseconds, bytes) => milliseconds > grace && bytes < (milliseconds / 1000) * minBodyRate,
  }
}
