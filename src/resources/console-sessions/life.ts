import { timeIn } from '../../domain/time.ts'
import type { FoundSession } from './store.ts'

export { findSession, recordSessionUse } from './store.ts'

/** Seconds without a request after which a session ends. */
export const MAX_IDLE = 8 * 3_600

/** Seconds after which a session ends even if it is used. */
export const MAX_AGE = 7 * 86_400

/** When a session ends (RFC 3339): when it has been idle too long, is too old, or its key expires, whichever is first. */
export function endOf({ createdAt, usedAt, keyExpiresAt }: FoundSession): string {
  const ends = [timeIn(Date.parse(createdAt), MAX_AGE), timeIn(Date.parse(usedAt), MAX_IDLE), keyExpiresAt]
  return ends.filter((end) => end !== null).sort()[0] as string
}
