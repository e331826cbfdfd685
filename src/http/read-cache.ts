import { createBoundedCache } from '../domain/bounded-cache.ts'
import type { Exchange, JsonResponse, Step } from './exchange.ts'

/** The capacity in characters of responses. */
const CAPACITY = 16 * 1024 * 1024

/** The overhead of an entry besides its text, in characters: its key and its slot in the map. */
const OVERHEAD = 500

/**
 * The responses of GETs, valid for one version of the store. Such a response depends only on the token, the URL and the
 * state of the store, so a cached one is exact. This requires a store that reports every commit
 * (`Database.versionIsExact`).
 */
export interface ReadCache {
  /** Responds from the cache. It runs after authentication and limits, which apply to every request. */
  answer: Step
  /** Stores the response of the operation. */
  store: Step
}

export function createReadCache(): ReadCache {
  const cache = createBoundedCache<JsonResponse>(CAPACITY)
  return {
    answer(exchange) {
      const cached = cache.get(exchange.version, keyOf(exchange))
      if (cached === undefined) return
      exchange.response = cached
      exchange.isAnswered = true
    },
    store(exchange) {
      const response = exchange.response as JsonResponse
      const key = keyOf(exchange)
      cache.set(exchange.version, key, response, response.payload.length + key.length + OVERHEAD)
    },
  }
}

/** The token's id and the URL. A URL contains no space. */
function keyOf({ caller, request }: Exchange): string {
  return `${caller.tokenId} ${request.url}`
}
