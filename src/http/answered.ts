import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Caller } from '../caller.ts'

/** A request that was answered: by its operation, never by its URL, since paths, queries and bodies hold what may not be logged. */
export interface Answered {
  id: string
  /** Undefined for a path that is nothing. */
  operation: string | undefined
  method: string
  status: number
  milliseconds: number
  /** Undefined for whom nobody knows, and for what is open. */
  caller: Caller | undefined
}

export type Observe = (answered: Answered) => void

/** Tells of every answer of the app. */
export function observeAnswers(app: FastifyInstance, observe: Observe): void {
  app.addHook('onResponse', ({ id, method, routeOptions, caller }, { statusCode, elapsedTime }, next) => {
    const operation = routeOptions.schema?.operationId ?? routeOptions.config?.name
    observe({ id, operation, method, status: statusCode, milliseconds: elapsedTime, caller })
    next()
  })
}

/** Logs one line for every request. */
export function createAnswerLog(logger: FastifyBaseLogger): Observe {
  // What a line says of its caller is rendered once for each.
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
    loggerOf(caller).info(
      { reqId: id, operation, method, status, milliseconds: Math.round(milliseconds * 1000) / 1000 },
      'answered',
    )
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the log and the metrics call a route that is no operation of the API. */
    name?: string
  }
}
