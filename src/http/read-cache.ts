import { createBoundedCache } from '../domain/bounded-cache.ts'
import type { Exchange, JsonResponse, Step } from './exchange.ts'

/** The capacity in characters of responses. */
const CAPACITY = 16 * 1024 * 1024

/** What an entry costs beside its text, in characters: its key and its place in the map. */
const OVERHEAD = 500

/**
 * The responses of GETs, valid for one version of the store. The token, the URL and the state of the store are all that
 * such a response depends on, so a cached one is exact. Only a store that reports every commit
 * (`Database.versionIsExact`) allows it.
 */
export interface ReadCache {
  /** Answers from the cache. It comes after authentication and limits, which every request passes. */
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

/** The token's id and the URL: a URL has no space in it. */
function keyOf({ caller, request }: Exchange): string {
  return `${caller.tokenId} ${request.url}`
}
