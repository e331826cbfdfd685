import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
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

/** Reports every response of the app. */
export function observeAnswers(app: FastifyInstance, observe: Observe): void {
  app.addHook('onResponse', ({ id, method, routeOptions, exchange }, { statusCode, elapsedTime }, next) => {
    const operation = routeOptions.config?.name
    observe({ id, operation, method, status: statusCode, milliseconds: elapsedTime, caller: exchange?.caller })
    next()
  })
}

/** Requests of machines that look at this one every few seconds. */
const PROBES = new Set<string | undefined>(['HealthLive', 'HealthReady', 'Metrics'])

/** Logs one line for every request, at level `info`; for successful probes at `debug`. */
export function createAnswerLog(logger: FastifyBaseLogger): Observe {
  // The fields that describe a caller are rendered once for each caller.
  const loggers = new WeakMap<Caller, FastifyBaseLogger>()

  function loggerOf(caller: Caller | undefined): FastifyBaseLogger {
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
