import type { HttpSettings } from '../../config.ts'
import { unavailable } from '../../errors.ts'
import type { Exchange } from '../exchange.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { Arrivals } from './arrivals.ts'
import { createClientNetwork } from './client-address.ts'
import { tooManyRequests } from './rate-limit.ts'
import { createShares } from './shares.ts'

/**
 * Limits the requests in progress: 503 if the server has too many, 429 if one address, token or project exceeds its
 * share. A request whose body is still arriving costs the server little, so it counts for its sender only. The steps
 * are called in the order in which they are listed here.
 */
export interface Admission {
  /** Whether the server is shutting down. Requests that arrive on open connections then also get 503. */
  readonly isClosing: boolean
  /** Whether clients should use another server: this one is shutting down, or will soon. */
  readonly isLeaving: boolean
  /** Counts a request that has arrived. */
  admit(exchange: Exchange): void
  /** Counts it for its token and its project. */
  share(exchange: Exchange): void
  /** Stops counting it for the server while its body arrives. */
  awaitBody(exchange: Exchange): void
  /** Counts it for the server again: its body is complete. */
  resume(exchange: Exchange): void
  /** Stops enforcing the pace of the body, because its reader does. The request still counts for its sender only. */
  readStream(exchange: Exchange): void
  /** Stops counting it: its response is ready, however long the client takes to read it. */
  release(exchange: Exchange): void
  /** The same for a streamed response, which counts for its sender until it is sent. */
  releaseStream(exchange: Exchange): void
  /** The number of requests in progress in this process, for the metrics. */
  inProgress(): number
}

type Terms = Pick<
  HttpSettings,
  'maxConcurrent' | 'addressConcurrent' | 'tokenConcurrent' | 'projectConcurrent' | 'trustedProxies'
>

export function createAdmission(
  lifecycle: Lifecycle,
  terms: Terms,
  arrivals: Arrivals,
  leaving: AbortSignal,
): Admission {
  const networkOf = createClientNetwork(terms.trustedProxies)
  const addresses = createShares(terms.addressConcurrent)
  const tokens = createShares(terms.tokenConcurrent)
  const projects = createShares(terms.projectConcurrent)
  let inProgress = 0
  let isClosing = false
  lifecycle.beforeClose(() => {
    isClosing = true
  })

  function enter({ counted }: Exchange): void {
    inProgress += 1
    counted.isInProgress = true
    if (inProgress > terms.maxConcurrent) throw unavailable('The server has too many requests in progress')
  }

  function leave({ counted }: Exchange): void {
    if (counted.isInProgress) inProgress -= 1
    counted.isInProgress = false
  }

  function releaseShares({ counted }: Exchange): void {
    if (counted.address !== null) addresses.release(counted.address)
    if (counted.token !== null) tokens.release(counted.token)
    if (counted.project !== null) projects.release(counted.project)
    counted.address = counted.token = counted.project = null
  }

  function endArrival({ counted, request }: Exchange): void {
    if (counted.isArriving) arrivals.end(request.raw)
    counted.isArriving = false
  }

  return {
    get isClosing() {
      return isClosing
    },
    get isLeaving() {
      return isClosing || leaving.aborted
    },
    admit(exchange) {
      const network = networkOf(exchange.request.raw)
      if (!addresses.take(network)) throw tooManyInProgress('address')
      exchange.counted.address = network
      enter(exchange)
    },
    share({ counted, caller }) {
      if (!tokens.take(caller.tokenId)) throw tooManyInProgress('token')
      counted.token = caller.tokenId
      if (!projects.take(caller.project.id)) throw tooManyInProgress('project')
      counted.project = caller.project.id
    },
    awaitBody(exchange) {
      leave(exchange)
      arrivals.begin(exchange.request.raw)
      exchange.counted.isArriving = true
    },
    resume(exchange) {
      endArrival(exchange)
      enter(exchange)
    },
    readStream: endArrival,
    release(exchange) {
      leave(exchange)
      releaseShares(exchange)
      endArrival(exchange)
    },
    releaseStream(exchange) {
      leave(exchange)
      exchange.reply.once('close', () => releaseShares(exchange))
    },
    inProgress: () => inProgress,
  }
}

function tooManyInProgress(owner: 'address' | 'token' | 'project') {
  return tooManyRequests(`This ${owner} has too many requests in progress`, 1)
}
