import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { toExactTime } from '../../domain/time.ts'
import { isHeldByOther, type LeaseName, releaseLease, takeLease } from '../leases.ts'
import type { Database } from '../port.ts'
import { hasPending, mergePart, PART } from './pending.ts'

/** How many objects a process creates in a project before it merges their words. */
const ENOUGH = 1_000

/** With more than this, new objects are indexed in their own transaction, so that searches do not slow down. */
const TOO_MANY = 4 * ENOUGH

/** How long a process may merge before others may take its place, in milliseconds. */
const LEASE = 10_000

/**
 * Moves the words of new objects into the index, in the background. Of several processes, the one with the lease does so
 * for a project. The lease only saves work: the store ends all but one of the transactions that move the same objects.
 */
export interface WordMerger {
  /** To be called after each commit, with how many findable objects it created. */
  committed(projectId: string, created: number): void
  /** Whether so many objects are pending that new ones must not be added to them. */
  isBehind(projectId: string): boolean
  /** Moves all pending objects of a project, unless another process is doing so. */
  merge(projectId: string): Promise<void>
  /** Calls `onError` when a merge in the background fails. The words stay pending then. */
  reportErrors(onError: (error: unknown) => void): void
  /** Resolves when no merge is running. */
  settled(): Promise<void>
}

export function createWordMerger(db: Database): WordMerger {
  const holder = randomUUID()
  /** How many objects of each project this process has created and not merged. */
  const waiting = new Map<string, number>()
  const running = new Map<string, Promise<void>>()
  let report: (error: unknown) => void = () => {}

  function merge(projectId: string): Promise<void> {
    const merging = running.get(projectId) ?? mergeAll(projectId).finally(() => running.delete(projectId))
    running.set(projectId, merging)
    return merging
  }

  async function mergeAll(projectId: string): Promise<void> {
    const lease = { projectId, job: 'merge words' }
    let isHolder = false
    for (let merged = PART; merged === PART && (await hasPending(db, projectId)); ) {
      const moved = await mergeOnce(lease)
      isHolder = moved !== undefined
      merged = moved ?? 0
      waiting.set(projectId, Math.max(0, (waiting.get(projectId) ?? 0) - PART))
      // Requests get their turn.
      await setImmediate()
    }
    waiting.delete(projectId)
    if (isHolder) await releaseLease(db, lease, holder)
  }

  /** Returns how many objects it moved; undefined if another process has the lease. */
  async function mergeOnce(lease: LeaseName): Promise<number | undefined> {
    if (await isHeldByOther(db, lease, holder, timeText(0))) return undefined
    return db.transaction(
      async (tx) => {
        const isHolder = await takeLease(tx, lease, { holder, until: timeText(LEASE) }, timeText(0))
        return isHolder ? mergePart(tx, lease.projectId) : undefined
      },
      // If a power failure undoes a merge, its objects are pending again.
      { isDurable: false, project: lease.projectId },
    )
  }

  return {
    merge,
    committed(projectId, created) {
      if (created === 0) return
      const count = (waiting.get(projectId) ?? 0) + created
      waiting.set(projectId, count)
      if (count >= ENOUGH && !running.has(projectId)) merge(projectId).catch(report)
    },
    isBehind: (projectId) => (waiting.get(projectId) ?? 0) > TOO_MANY,
    reportErrors(onError) {
      report = onError
    },
    async settled() {
      await Promise.allSettled(running.values())
    },
  }
}

/** The time this many milliseconds from now, in the form in which leases store it. */
function timeText(milliseconds: number): string {
  return toExactTime(Date.now() + milliseconds)
}
