import type { Logger } from 'pino'
import type { Caller } from '../../caller.ts'
import type { HttpSettings } from '../../config.ts'
import { isInProject, type Operation } from '../../contract/operation.ts'
import { andThen } from '../../domain/awaitable.ts'
import type { Exchange, JsonResponse, Step } from '../exchange.ts'
import { tooManyRequests } from './rate-limit.ts'
import type { Window, WindowTerms } from './window.ts'

/** In seconds. */
const SEARCH_WINDOW = 60

/**
 * Limits the searches of user tokens and `viewer` keys, which could be used to guess identifiers: all searches of a
 * token, and more strictly those that find nothing.
 */
export interface SearchLimits {
  /** Counts a search. Rejects it with 429 if its token has searched or missed too often, whatever it would find. */
  reject: Step
  /** Counts a search that found nothing. */
  count: Step
}

interface Parts {
  settings: Pick<HttpSettings, 'searchLimit' | 'userMissLimit'>
  openWindow: (terms: WindowTerms) => Window
  clock: () => number
  logger: Logger
}

export function createSearchLimits({ settings, openWindow, clock, logger }: Parts): SearchLimits {
  const { searchLimit, userMissLimit } = settings
  const searches = openWindow({ name: 'searches', limit: searchLimit, seconds: SEARCH_WINDOW })
  const misses = openWindow({ name: 'misses', limit: userMissLimit, seconds: SEARCH_WINDOW })
  /** The tokens that have missed too often, and when their window ends. */
  const blocked = new Map<string, number>()
  /** The tokens whose searches were rejected, and when their window ends. */
  const reported = new Map<string, number>()

  /** Marks a token until its window ends, and logs it the first time, without the text of the search. */
  function mark(marked: Map<string, number>, { caller }: Exchange, reset: number, message: string): void {
    const { tokenId, project } = caller
    for (const [token, until] of marked) if (until <= clock()) marked.delete(token)
    if (!marked.has(tokenId)) logger.warn({ token: tokenId, project: project.id }, message)
    marked.set(tokenId, clock() + reset * 1000)
  }

  return {
    reject(exchange) {
      const { tokenId } = exchange.caller
      if (!isLimited(exchange)) return
      const seconds = Math.ceil(((blocked.get(tokenId) ?? 0) - clock()) / 1000)
      if (seconds > 0) throw tooManyRequests('This token makes too many searches that find nothing', seconds)
      if (searchLimit === 0) return
      return andThen(searches.count(tokenId), ({ left, reset }) => {
        if (left >= 0) return
        mark(reported, exchange, reset, 'a token makes too many searches')
        throw tooManyRequests('This token makes too many searches', reset)
      })
    },
    count(exchange) {
      const { tokenId } = exchange.caller
      if (userMissLimit === 0 || !isLimited(exchange) || !foundNothing(exchange.response as JsonResponse)) return
      return andThen(misses.count(tokenId), ({ left, reset }) => {
        if (left <= 0) mark(blocked, exchange, reset, 'a token makes too many searches that find nothing')
      })
    },
  }
}

/** Whether an operation searches the objects of a project, always or with the parameter `q`. */
export function canSearch(operation: Operation): boolean {
  if (!isInProject(operation)) return false
  return operation.path.endsWith('/search') || Object.hasOwn(operation.querystring?.properties ?? {}, 'q')
}

function isLimited({ caller, request, query }: Exchange): boolean {
  const isSearch = request.method === 'POST' || (query as { q?: string }).q !== undefined
  return isSearch && mayProbe(caller)
}

/** Whether a caller might search in order to guess which objects exist. */
function mayProbe({ userId, key }: Caller): boolean {
  return userId !== null || key?.role === 'viewer'
}

/** Whether a response is an empty list, or a count of zero. */
function foundNothing({ payload }: JsonResponse): boolean {
  return payload.startsWith('{"object":"list","items":[]') || payload.startsWith('{"object":"count","count":0,')
}
