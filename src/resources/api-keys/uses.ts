import type { Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import * as store from './store.ts'

/** Milliseconds for which a stored time of use is accurate enough: with `DELAY`, less than a minute. */
const ACCURACY = 50_000

/** How long a use waits to be stored, in milliseconds. */
const DELAY = 1_000

/** Records when API keys are used, with at most one write per key and minute in each process. */
export interface KeyUses {
  /** Records that a caller uses its API key now. User tokens are ignored. */
  record(caller: Caller): void
  /** Stores what has not been stored yet. A use that cannot be stored is lost. */
  flush(): Promise<void>
}

export function createKeyUses({ db, clock }: Context): KeyUses {
  /** When each key was last recorded, in Unix milliseconds. */
  const recorded = new Map<string, number>()
  const waiting = new Map<string, { projectId: string; usedAt: string }>()
  let timer: NodeJS.Timeout | undefined

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const uses = [...waiting]
    waiting.clear()
    const writes = uses.map(async ([id, { projectId, usedAt }]) => {
      // A failing store is noticed elsewhere. The next request with the key records a use again.
      await store.recordUse(db, projectId, id, usedAt).catch(() => recorded.delete(id))
    })
    await Promise.all(writes)
  }

  return {
    record({ tokenId, project, key }) {
      if (key === null) return
      const now = clock()
      if (now - (recorded.get(tokenId) ?? Number.NEGATIVE_INFINITY) < ACCURACY) return
      recorded.set(tokenId, now)
      waiting.set(tokenId, { projectId: project.id, usedAt: new Date(now).toISOString() })
      timer ??= setTimeout(flush, DELAY).unref()
    },
    flush,
  }
}
