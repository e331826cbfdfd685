import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notFound } from '../errors.ts'
import type { Caller } from '../resources/tokens/tokens.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on every route that is not open. */
    caller: Caller
  }
  interface FastifyContextConfig {
    /** Needs no token. */
    open?: boolean
  }
}

/** Finds out who asks, before anything else of the request is judged; unknown paths too are 401 without a token. */
export function requireCaller(
  app: FastifyInstance,
  authenticate: (authorization: string | undefined) => Promise<Caller>,
): void {
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config?.open) return
    request.caller = await authenticate(request.headers.authorization)
  })
}

/** Hides every project but the caller's own: 404 for the path, whatever is behind it. */
export async function ownProjectOnly(request: FastifyRequest): Promise<void> {
  if ((request.params as { project: string }).project !== request.caller.project.id) throw notFound('project')
}
