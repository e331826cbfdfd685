import { andThen } from '../../domain/awaitable.ts'
import type { Exchange, JsonResponse, Step } from '../exchange.ts'
import { tooManyRequests } from './rate-limit.ts'
import type { Window, WindowTerms } from './window.ts'

const MISS_WINDOW = 60

/** Limits the searches of a user token that find nothing, with which it could try out identifiers. */
export interface MissLimit {
  /** Rejects the search of a token that has missed too often, whatever it would find: 429. */
  reject: Step
  /** Counts a search that found nothing. */
  count: Step
}

/** Creates the limit. Returns null for 0, which means none. */
export function createMissLimit(
  limit: number,
  openWindow: (terms: WindowTerms) => Window,
  clock: () => number,
): MissLimit | null {
  if (limit === 0) return null
  const misses = openWindow({ name: 'misses', limit, seconds: MISS_WINDOW })
  /** The tokens that have used their limit up, and when their window ends. */
  const blocked = new Map<string, number>()

  function unblockPast(): void {
    for (const [token, until] of blocked) if (until <= clock()) blocked.delete(token)
  }

  return {
    reject({ caller }: Exchange): void {
      const until = blocked.get(caller.tokenId)
      if (until === undefined || caller.userId === null) return
      const seconds = Math.ceil((until - clock()) / 1000)
      if (seconds > 0) throw tooManyRequests('This token makes too many searches that find nothing', seconds)
      unblockPast()
    },
    count({ caller, response }: Exchange) {
      if (caller.userId === null || !isEmptyList(response as JsonResponse)) return
      return andThen(misses.count(caller.tokenId), ({ left, reset }) => {
        if (left <= 0) blocked.set(caller.tokenId, clock() + reset * 1000)
      })
    },
  }
}

function isEmptyList({ payload }: JsonResponse): boolean {
  return payload.startsWith('{"object":"list","items":[]')
}
