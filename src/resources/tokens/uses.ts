import { toExactTime } from '../../domain/time.ts'

/** How long a use waits to be stored, in milliseconds. */
const DELAY = 1_000

/** Records when tokens are used. */
export interface Uses {
  /** Records that a token of a project is used now. `id` identifies it in the store. */
  record(projectId: string, id: string): void
  /** Stores what has not been stored yet. A use that cannot be stored is lost. */
  flush(): Promise<void>
}

/** Creates a record that writes at most once per token and `accuracy` (milliseconds) in each process. */
export function createUses(
  clock: () => number,
  accuracy: number,
  store: (projectId: string, id: string, usedAt: string) => Promise<void>,
): Uses {
  /** When each token was last recorded, in Unix milliseconds. */
  const recorded = new Map<string, number>()
  const waiting = new Map<string, { projectId: string; usedAt: string }>()
  let timer: NodeJS.Timeout | undefined

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const uses = [...waiting]
    waiting.clear()
    const writes = uses.map(async ([id, { projectId, usedAt }]) => {
      // A failing store is noticed elsewhere. The next request with the token records a use again.
      await store(projectId, id, usedAt).catch(() => recorded.delete(id))
    })
    await Promise.all(writes)
  }

  return {
    record(projectId, id) {
      const now = clock()
      if (now - (recorded.get(id) ?? Number.NEGATIVE_INFINITY) < accuracy) return
      recorded.set(id, now)
      waiting.set(id, { projectId, usedAt: toExactTime(now) })
      timer ??= setTimeout(flush, DELAY).unref()
    },
    flush,
  }
}
