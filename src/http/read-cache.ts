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
 *
 * It is for clients that poll, and stores a response only when its URL is requested again: storing the responses of
 * clients that read one device after another would cost more than the cache could save.
 */
export interface ReadCache {
  /** Responds from the cache. It runs after authentication and limits, which apply to every request. */
  answer: Step
  /** Stores the response of the operation. */
  store: Step
}

export function createReadCache(): ReadCache {
  const cache = createBoundedCache<JsonResponse>(CAPACITY)
  const recent = createRecentUrls()
  return {
    answer(exchange) {
      exchange.isRepeated = recent.has(exchange.request.url, exchange.version)
      if (!exchange.isRepeated) return
      const cached = cache.get(exchange.version, keyOf(exchange))
      if (cached === undefined) return
      exchange.response = cached
      exchange.isAnswered = true
    },
    store(exchange) {
      if (!exchange.isRepeated) return
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

/** How many URLs are remembered, at most. */
const SLOTS = 2 ** 16

/** How many characters at the end of a URL identify it well enough: an id ends in 14 random ones. */
const TAIL = 20

/** Remembers hashes of the URLs that were requested at this version of the store, each until another takes its slot. */
function createRecentUrls() {
  const hashes = new Int32Array(SLOTS)
  return {
    /** Whether the URL was probably requested before. Remembers it. */
    has(url: string, version: number): boolean {
      let hash = version | 1
      for (let place = Math.max(0, url.length - TAIL); place < url.length; place++) {
        hash = Math.imul(hash ^ url.charCodeAt(place), 0x01000193) // FNV-1a
      }
      const slot = (hash >>> 16) ^ (hash & (SLOTS - 1))
      if (hashes[slot] === hash) return true
      hashes[slot] = hash
      return false
    },
  }
}
