import type { Context } from '../../context.ts'
import { isHeldByOther, releaseLease, takeLease } from '../../db/leases.ts'
import { toExactTime } from '../../domain/time.ts'

/** How long a process may deliver to an endpoint before others may take its place, in milliseconds. */
const LEASE = 10_000

/** How much of it must be left before another delivery starts, in milliseconds. */
const RENEWAL = LEASE / 2

/** The right of one process to deliver to an endpoint. A process that dies loses it when it expires. */
export interface DeliveryLease {
  /** Takes or renews it where needed. Returns false while another process has it. */
  hold(): Promise<boolean>
  release(): Promise<void>
}

/** The lease of an endpoint for the process that `holder` names. */
export function createLease(
  { db, clock }: Context,
  projectId: string,
  endpointId: string,
  holder: string,
): DeliveryLease {
  const name = { projectId, job: `deliver to ${endpointId}` }
  let until = 0
  return {
    async hold() {
      const now = clock()
      if (now < until - RENEWAL) return true
      if (await isHeldByOther(db, name, holder, toExactTime(now))) return false
      const expiresAt = now + LEASE
      const isTaken = await takeLease(db, name, { holder, until: toExactTime(expiresAt) }, toExactTime(now))
      until = isTaken ? expiresAt : 0
      return isTaken
    },
    async release() {
      if (until === 0) return
      until = 0
      await releaseLease(db, name, holder)
    },
  }
}
