import type { Follower } from '../context.ts'
import type { Database } from '../db/port.ts'
import { newestPosition } from './store.ts'

/** How often the events of other processes are looked for while somebody follows a project, in milliseconds. */
const POLL = 100

/** The followers of all projects in this process. Each project is polled once for all of them. */
export interface Followers {
  follow(projectId: string): Follower
  /** Wakes the followers of a project that has new events. */
  wake(projectId: string): void
}

interface Watch {
  followers: Set<() => void>
  timer: NodeJS.Timeout
  /** The position of the newest event seen; undefined before the first look. */
  newest: number | undefined
  isLooking: boolean
}

export function createFollowers(db: Pick<Database, 'all' | 'get' | 'run' | 'insert'>): Followers {
  const watched = new Map<string, Watch>()

  function wake(projectId: string): void {
    for (const tell of watched.get(projectId)?.followers ?? []) tell()
  }

  async function look(projectId: string, watch: Watch): Promise<void> {
    if (watch.isLooking) return
    watch.isLooking = true
    try {
      const newest = await newestPosition(db, projectId)
      // The first look comes after the first read of a follower, which may have missed an event in between.
      if (newest !== watch.newest) wake(projectId)
      watch.newest = newest
    } catch {
      // The store is unreachable. The next look, or the follower's own read, shows whether it is back.
    } finally {
      watch.isLooking = false
    }
  }

  function watchProject(projectId: string): Watch {
    const timer = setInterval(() => look(projectId, watch), POLL).unref()
    const watch: Watch = { followers: new Set(), timer, newest: undefined, isLooking: false }
    watched.set(projectId, watch)
    look(projectId, watch)
    return watch
  }

  return {
    wake,
    follow(projectId) {
      const { followers, timer } = watched.get(projectId) ?? watchProject(projectId)
      let hasNews = false
      let resolve: ((hasNews: boolean) => void) | undefined
      const tell = () => {
        hasNews = true
        resolve?.(true)
      }
      followers.add(tell)
      return {
        async next(signal) {
          if (!hasNews && !signal.aborted) {
            const { promise, resolve: wakeUp } = Promise.withResolvers<boolean>()
            resolve = wakeUp
            const giveUp = () => wakeUp(false)
            signal.addEventListener('abort', giveUp, { once: true })
            await promise
            signal.removeEventListener('abort', giveUp)
            resolve = undefined
          }
          const had = hasNews
          hasNews = false
          return had
        },
        end() {
          followers.delete(tell)
          if (followers.size > 0) return
          clearInterval(timer)
          watched.delete(projectId)
        },
      }
    },
  }
}
