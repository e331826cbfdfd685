import type { Logger } from 'pino'
import type { Caller } from '../../caller.ts'
import { createBoundedCache } from '../../domain/bounded-cache.ts'

/**
 * A request with its response. It is named by its operation and never by its URL: paths, queries and bodies hold
 * personal data, which must not be logged.
 */
export interface Answered {
  id: string
  /** Undefined for an unknown path. */
  operation: string | undefined
  method: string
  /** The status that was sent; 499 if the client disconnected before that. */
  status: number
  /** Whether the connection closed before the response was complete. */
  aborted: boolean
  /** Until the end of the response, or until the client disconnected. */
  milliseconds: number
  /** The trace of the request; undefined unless it is sampled. */
  traceId: string | undefined
  /** Undefined for unauthenticated requests and public routes. */
  caller: Caller | undefined
}

export type Observe = (answered: Answered) => void

/** The status of a request whose client disconnected before a response was sent, as nginx logs it. */
export const CLIENT_GONE = 499

/** Requests that load balancers and monitoring send every few seconds. */
const PROBES = new Set<string | undefined>(['HealthLive', 'HealthReady', 'Metrics'])

/** How many loggers are cached: one for each token and operation. */
const KNOWN_LOGGERS = 10_000

/** They do not depend on the store, so they are valid for every version of it. */
const ALWAYS = 0

/** Logs one line for every request, at level `info`; for successful probes at `debug`. */
export function createAnswerLog(logger: Logger): Observe {
  // The fields that many requests have in common are rendered once.
  const loggers = createBoundedCache<Logger>(KNOWN_LOGGERS)

  function loggerOf(caller: Caller | undefined, operation: string | undefined): Logger {
    const key = `${caller?.tokenId} ${operation}`
    const found = loggers.get(ALWAYS, key)
    if (found !== undefined) return found
    const made = logger.child({ ...(caller && { project: caller.project.id, token: caller.tokenId }), operation })
    loggers.set(ALWAYS, key, made, 1)
    return made
  }

  return ({ id, operation, method, status, aborted, milliseconds, caller }) => {
    const level = PROBES.has(operation) && status < 400 ? 'debug' : 'info'
    loggerOf(caller, operation)[level](
      {
        ...{ reqId: id, method, status, milliseconds: Math.round(milliseconds * 1000) / 1000 },
        ...(aborted && { aborted }),
      },
      aborted ? 'disconnected' : 'answered',
    )
  }
}
