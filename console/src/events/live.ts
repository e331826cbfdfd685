import { type Handset, HandsetError } from '@handset/sdk'
import { useEffect } from 'preact/hooks'
import { announceChange } from '../changes.ts'
import { useSession } from '../session.ts'

/** How long a request waits for an event, in seconds. The SDK's own limit is 30. */
const WAIT = 25
/** How long to wait after an error, and between changes of a busy project, in milliseconds. */
const PAUSE_AFTER_ERROR = 15_000
const PAUSE_AFTER_CHANGE = 1_000

/**
 * Announces the changes that others make, for as long as the tab is visible. A hidden tab does not wait, since a browser
 * has few connections for all of its tabs.
 */
export function useLiveChanges(): void {
  const { handset } = useSession()
  useEffect(() => {
    let stop = new AbortController()
    const start = () => {
      stop.abort()
      stop = new AbortController()
      if (document.visibilityState === 'visible') follow(handset, stop.signal).catch(() => {})
    }
    start()
    document.addEventListener('visibilitychange', start)
    return () => {
      document.removeEventListener('visibilitychange', start)
      stop.abort()
    }
  }, [handset])
}

/** Follows the events of the project until `signal` aborts, or the key may not read them. */
async function follow(handset: Handset, signal: AbortSignal): Promise<void> {
  let newest = await newestEvent(handset, signal)
  while (!signal.aborted) {
    try {
      const query = newest === undefined ? {} : { before: newest }
      const { items } = await handset.events.list({ ...query, limit: 1, wait: WAIT }, { signal })
      if (items.length === 0) continue
      // Only the newest matters: every page that is open loads again.
      newest = await newestEvent(handset, signal)
      announceChange()
      await pause(PAUSE_AFTER_CHANGE, signal)
    } catch (error) {
      if (isFinal(error)) return
      await pause(PAUSE_AFTER_ERROR, signal)
      newest = undefined
    }
  }
}

async function newestEvent(handset: Handset, signal: AbortSignal): Promise<string | undefined> {
  return (await handset.events.list({ limit: 1 }, { signal })).items[0]?.id
}

function isFinal(error: unknown): boolean {
  return error instanceof HandsetError && (error.type === 'unauthenticated' || error.type === 'permissionDenied')
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
