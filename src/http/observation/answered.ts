import type { Logger } from 'pino'
import type { Caller } from '../../caller.ts'

/**
 * A request with its response. It is named by its operation and never by its URL: paths, queries and bodies hold
 * personal data, which must not be logged.
 */
export interface Answered {
  id: string
  /** Undefined for an unknown path. */
  operation: string | undefined
  method: string
  status: number
  milliseconds: number
  /** Undefined for unauthenticated requests and public routes. */
  caller: Caller | undefined
}

export type Observe = (answered: Answered) => void

/** Requests that load balancers and monitoring send every few seconds. */
const PROBES = new Set<string | undefined>(['HealthLive', 'HealthReady', 'Metrics'])

/** Logs one line for every request, at level `info`; for successful probes at `debug`. */
export function createAnswerLog(logger: Logger): Observe {
  // The fields that describe a caller are rendered once for each caller.
  const loggers = new WeakMap<Caller, Logger>()

  function loggerOf(caller: Caller | undefined): Logger {
    if (caller === undefined) return logger
    const found = loggers.get(caller)
    if (found !== undefined) return found
    const made = logger.child({ project: caller.project.id, token: caller.tokenId })
    loggers.set(caller, made)
    return made
  }

  return ({ id, operation, method, status, milliseconds, caller }) => {
    const level = PROBES.has(operation) && status < 400 ? 'debug' : 'info'
    loggerOf(caller)[level](
      { reqId: id, operation, method, status, milliseconds: Math.round(milliseconds * 1000) / 1000 },
      'answered',
    )
  }
}
