import type { Queries } from './port.ts'

/** The subject of a lease: one job of a project. */
export interface LeaseName {
  projectId: string
  job: string
}

/**
 * The right of a process to do a job until a given time (RFC 3339, to the millisecond). If the process dies, its lease
 * ends at that time. It only saves work: two processes may both believe that they hold it, and nothing may break if
 * they do.
 */
export interface Lease {
  holder: string
  until: string
}

/** Succeeds for the holder, and for anyone once the lease has expired at $5. */
const TAKE = `INSERT INTO leases (project_id, job, holder, expires_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (project_id, job) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
  WHERE leases.holder = excluded.holder OR leases.expires_at <= $5`
const RELEASE = 'DELETE FROM leases WHERE project_id = $1 AND job = $2 AND holder = $3'
const FIND = 'SELECT holder, expires_at FROM leases WHERE project_id = $1 AND job = $2'

/** Takes or renews a lease. Returns false if another process has it. */
export async function takeLease(
  db: Queries,
  { projectId, job }: LeaseName,
  { holder, until }: Lease,
  now: string,
): Promise<boolean> {
  return (await db.run(TAKE, [projectId, job, holder, until, now])) === 1
}

/** Whether another process has a lease. A process looks first, because one that must wait should not write. */
export async function isHeldByOther(
  db: Queries,
  { projectId, job }: LeaseName,
  holder: string,
  now: string,
): Promise<boolean> {
  const found = await db.get<{ holder: string; expires_at: string }>(FIND, [projectId, job])
  return found !== undefined && found.holder !== holder && found.expires_at > now
}

export async function releaseLease(db: Queries, { projectId, job }: LeaseName, holder: string): Promise<void> {
  await db.run(RELEASE, [projectId, job, holder])
}
