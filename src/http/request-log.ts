import type { FastifyInstance } from 'fastify'

/**
 * One line for every request: what was asked by its operation, never by its URL, since paths, queries and bodies hold
 * what may not be logged.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, next) => {
    request.log.info(
      {
        reqId: request.id,
        operation: request.routeOptions.schema?.operationId ?? request.routeOptions.config?.name,
        method: request.method,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 1000) / 1000,
        project: request.caller?.project.id,
        token: request.caller?.tokenId,
      },
      'answered',
    )
    next()
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the log calls a route that is no operation of the API. */
    name?: string
  }
}
