import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Authenticator, Caller } from '../caller.ts'
import type { Registry } from '../context.ts'
import { ApiError, notFound } from '../errors.ts'
import { tooManyRequests } from './rate-limit.ts'
import type { Window, WindowTerms } from './window.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on every route that is not open. */
    caller: Caller
    /** What verbs work with. With an idempotency key, its transactions keep the answer: see `http/idempotency.ts`. */
    registry: Registry
    /** The state of the store when the request came: see `Database.version`. */
    version: number
  }
  interface FastifyContextConfig {
    /** Needs no token. */
    open?: boolean
  }
}

const FAILURE_WINDOW = 60

/**
 * Finds out who asks, before anything else of the request is judged; unknown paths too are 401 without a token.
 *
 * Beyond `failureLimit` refusals in a minute an address is told to wait; a valid token is heard all the same, so that
 * one faulty client does not shut out its neighbours behind the same address. A limit of 0 bounds nothing.
 */
export function requireCaller(
  app: FastifyInstance,
  registry: Registry,
  authenticator: Authenticator,
  failureLimit: number,
  openWindow: (terms: WindowTerms) => Window,
): void {
  const failures = openWindow({ name: 'failures', limit: failureLimit, seconds: FAILURE_WINDOW })
  app.decorateRequest('caller')
  app.decorateRequest('registry')
  app.decorateRequest('version', 0)
  app.addHook('onRequest', (request, _reply, next) => {
    if (request.routeOptions.config?.open) return next()
    request.registry = registry
    request.version = registry.db.version(request.raw.socket)
    const { authorization } = request.headers
    const known = authenticator.recall(authorization, request.version)
    if (known !== undefined) {
      request.caller = known
      return next()
    }
    authenticator.authenticate(authorization, request.version).then(
      (caller) => {
        request.caller = caller
        next()
      },
      (error) => refusalOf(error, request).then(next, next),
    )
  })

  async function refusalOf(error: Error, { ip }: FastifyRequest): Promise<Error> {
    if (failureLimit === 0 || !(error instanceof ApiError && error.type === 'unauthenticated')) return error
    const { left, reset } = await failures.count(ip)
    return left < 0 ? tooManyRequests('Too many requests without a valid token', reset) : error
  }
}

/** Hides every project but the caller's own: 404 for the path, whatever is behind it. */
export function ownProjectOnly(request: FastifyRequest, _reply: FastifyReply, next: () => void): void {
  if ((request.params as { project: string }).project !== request.caller.project.id) throw notFound('project')
  next()
}

/** For operations that a user token may not use at all. It comes after 400 and before 422 (contract section 1). */
export async function keyOnly({ caller }: FastifyRequest): Promise<void> {
  if (caller.userId !== null) throw permissionDenied('Only an API key may do this')
}

/** For operations whose body names a user: with a user token, that may only be the token's own. */
export async function ownUserOnly({ caller, body }: FastifyRequest): Promise<void> {
  const user = (body as { user?: unknown } | null)?.user
  if (caller.userId !== null && typeof user === 'string' && user !== caller.userId) {
    throw permissionDenied('A user token may name no user but its own')
  }
}

function permissionDenied(message: string): ApiError {
  return new ApiError('permissionDenied', message, { hint: "Let the operator's backend do it with an API key." })
}
