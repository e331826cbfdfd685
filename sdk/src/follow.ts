import { HandsetError, type HandsetErrorType } from './error.ts'
import type { Event, EventList } from './event.ts'
import type { operations } from './openapi.ts'
import type { Options } from './options.ts'

type Query = NonNullable<operations['EventsList']['parameters']['query']>

/** What to follow, and until when. */
export interface FollowOptions extends Pick<Query, 'type' | 'object' | 'user' | 'actor'> {
  /** The id of the newest event that was handled. Without it, only events from now on are returned. */
  from?: string | undefined
  /** Ends the iteration. */
  signal?: AbortSignal | undefined
}

/**
 * Returns every event that is newer than `from`, oldest first, as it happens. Survives lost connections and restarts of
 * the server.
 *
 * Throws `HandsetError` with the code `cursorExpired` if the event `from` is no longer kept, because events may have
 * been missed. Also throws `HandsetError` if the token is or becomes invalid.
 */
export type Follow = (options?: FollowOptions) => AsyncGenerator<Event, void, void>

type List = (query: Query, options: Options) => Promise<EventList>

/** In seconds: less than the 30 s after which many proxies give up. */
const WAIT = 25

const LIMIT = 200

/** Milliseconds before the next attempt after a failure, at most. */
const PAUSE = 5_000

/** Errors that end the iteration: the same request would fail again. */
const FINAL = new Set<HandsetErrorType>(['invalid', 'malformed', 'unauthenticated', 'permissionDenied', 'notFound'])

/** Creates the method that follows a list of events. */
export function followOf(list: List): Follow {
  return async function* follow({ from, signal, ...filters } = {}) {
    const call = (query: Query) => patiently(() => list(query, { signal, timeout: (WAIT + 15) * 1_000 }), signal)
    let cursor = from
    try {
      cursor ??= (await call({ limit: 1 })).items[0]?.id
      for (;;) {
        const place = cursor === undefined ? {} : { before: cursor }
        const { items } = await call({ ...filters, ...place, limit: LIMIT, wait: WAIT })
        for (const event of items.toReversed()) {
          yield event
          cursor = event.id
        }
      }
    } catch (error) {
      if (!signal?.aborted) throw error
    }
  }
}

/** Calls until it succeeds, or fails for good. */
async function patiently<T>(call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof HandsetError) || FINAL.has(error.type)) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE * (0.5 + Math.random() / 2)))
    }
  }
}
