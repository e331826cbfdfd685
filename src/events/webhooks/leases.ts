import type { Context } from '../../context.ts'
import { toExactTime } from '../../domain/time.ts'

/** How long a process may deliver to an endpoint before others may take its place, in milliseconds. */
const LEASE = 10_000

/** How much of it must be left before another delivery starts, in milliseconds. */
const RENEWAL = LEASE / 2

const TAKE = `INSERT INTO webhook_leases (project_id, endpoint_id, holder, expires_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (project_id, endpoint_id) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
  WHERE webhook_leases.holder = excluded.holder OR webhook_leases.expires_at <= $5`
const RELEASE = 'DELETE FROM webhook_leases WHERE project_id = $1 AND endpoint_id = $2 AND holder = $3'
const FIND = 'SELECT holder, expires_at FROM webhook_leases WHERE project_id = $1 AND endpoint_id = $2'

/** The right of one process to deliver to an endpoint. A process that dies loses it when it expires. */
export interface Lease {
  /** Takes or renews it where needed. Returns false while another process has it. */
  hold(): Promise<boolean>
  release(): Promise<void>
}

/** The lease of an endpoint for the process that `holder` names. */
export function createLease({ db, clock }: Context, projectId: string, endpointId: string, holder: string): Lease {
  let until = 0

  return {
    async hold() {
      const now = clock()
      if (now < until - RENEWAL) return true
      const found = await db.get<{ holder: string; expires_at: string }>(FIND, [projectId, endpointId])
      // A look first, because a process that must wait should not write.
      if (found !== undefined && found.holder !== holder && found.expires_at > toExactTime(now)) return false
      const expiresAt = now + LEASE
      const taken = await db.run(TAKE, [projectId, endpointId, holder, toExactTime(expiresAt), toExactTime(now)])
      until = taken === 1 ? expiresAt : 0
      return taken === 1
    },
    async release() {
      if (until === 0) return
      until = 0
      await db.run(RELEASE, [projectId, endpointId, holder])
    },
  }
}
