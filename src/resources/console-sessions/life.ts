import { timeIn } from '../../domain/time.ts'
import type { FoundSession } from './store.ts'

export { findSession, recordSessionUse } from './store.ts'

/** Seconds without a request after which a session ends. */
export const MAX_IDLE = 8 * 3_600

/** Seconds after which a session ends in any case. */
export const MAX_AGE = 7 * 86_400

/** When a session ends (RFC 3339): after a time without requests, after a time in any case, and with its key. */
export function endOf({ createdAt, usedAt, keyExpiresAt }: FoundSession): string {
  const ends = [timeIn(Date.parse(createdAt), MAX_AGE), timeIn(Date.parse(usedAt), MAX_IDLE), keyExpiresAt]
  return ends.filter((end) => end !== null).sort()[0] as string
}
