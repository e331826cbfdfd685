import type { Step } from '../exchange.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { Admission } from './overload.ts'
import { tooManyRequests } from './rate-limit.ts'
import { createShares } from './shares.ts'

/** The requests of one token that may wait in this process at a time. */
const MAX_PER_TOKEN = 10

/**
 * Lets operations wait. A waiting request costs the server little, so it no longer counts as a request in progress: 429 if
 * its token has too many waiting requests.
 */
export function allowWaiting(lifecycle: Lifecycle, admission: Admission, recheck: Step): Step {
  const tokens = createShares(MAX_PER_TOKEN)
  const closing = new AbortController()
  lifecycle.beforeClose(() => closing.abort())
  return (exchange) => {
    exchange.startWaiting = () => {
      const { caller, reply } = exchange
      if (!tokens.take(caller.tokenId)) throw tooManyRequests('This token has too many waiting requests', 1)
      admission.release(exchange)
      const gone = new AbortController()
      reply.once('close', () => {
        tokens.release(caller.tokenId)
        gone.abort()
      })
      return { signal: AbortSignal.any([closing.signal, gone.signal]), recheck: () => recheck(exchange) }
    }
  }
}
