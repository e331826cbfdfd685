import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Context } from '../context.ts'
import { closed } from '../contract/schemas.ts'
import { validateQuery } from '../contract/validation.ts'
import { ApiError, invalid, unavailable } from '../errors.ts'
import { FRONT_PAGE, wantsFrontPage } from './documents/front-page.ts'
import type { Exchange, Step, Wait } from './exchange.ts'
import type { Admission } from './limits/overload.ts'
import { type PipelineParts, stepsOf, stepsOfUnknownPath } from './pipeline.ts'
import { requireHost } from './request/host.ts'
import type { Responder } from './request/response.ts'
import { SECURITY_HEADERS } from './request/security-headers.ts'
import type { Route } from './route.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The name of the route in the log and the metrics. */
    name?: string
    /** The page reads its own query. */
    readsQuery?: boolean
  }
}

export interface RouterParts extends PipelineParts {
  context: Context
  admission: Admission
  responder: Responder
  /** Adds CORS, after the checks that every request passes. */
  allowOrigins: () => void
}

/** The methods that are registered with Fastify, which looks at a request's method before its path. */
const ROUTED = new Set<string | undefined>(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])

/** The request with a method that Fastify can look up: an unknown method becomes TRACE, which no path has either. */
export function routable(request: IncomingMessage): IncomingMessage {
  if (!ROUTED.has(request.method)) request.method = 'TRACE'
  return request
}

const NO_PARAMETERS = closed({})

/**
 * Binds the routes of the API, and the public ones that `addPublicRoutes` adds, to Fastify, which matches the path of a
 * request and reads its body. The steps of a request are in `pipeline.ts`.
 */
export function serveRoutes(
  app: FastifyInstance,
  routes: readonly Route[],
  addPublicRoutes: (app: FastifyInstance) => void,
  parts: RouterParts,
): void {
  const { admission, responder, allowOrigins } = parts
  const unknownPath = stepsOfUnknownPath(parts)
  const others = new Map<string, { methods: Set<string>; step: Step | null }>()

  app.addHook('onRequest', (request, reply, next) => {
    request.exchange = createExchange(request, reply, parts.context)
    requireHost(request.raw)
    if (admission.isClosing) throw unavailable('The server is shutting down')
    if (wantsFrontPage(request.raw)) reply.redirect(FRONT_PAGE, 303)
    else if (request.is404) run(unknownPath, request.exchange, () => {})
    else next()
  })

  /** Runs a step, then continues unless the step has responded or rejected the request. */
  function run(step: Step, exchange: Exchange, next: () => void): void {
    const goOn = () => {
      if (exchange.isAnswered) responder.respond(exchange)
      else next()
    }
    try {
      const waiting = step(exchange)
      if (waiting === undefined) goOn()
      else waiting.then(goOn).catch((error) => responder.fail(exchange, error))
    } catch (error) {
      responder.fail(exchange, error)
    }
  }

  function addOperation(route: Route): void {
    const { method, path, operationId } = route.operation
    const url = path.replaceAll(/\{(\w+)\}/g, ':$1')
    const { beforeBody, afterBody, otherMethod } = stepsOf(route, parts)
    allow(url, [method, ...(method === 'GET' ? ['HEAD'] : [])], otherMethod)
    app.route({
      method,
      url,
      config: { name: operationId },
      onRequest: ({ exchange }, _reply, next) => run(beforeBody, exchange, next),
      handler: ({ exchange, body }) => {
        exchange.body = body
        run(afterBody, exchange, () => responder.respond(exchange))
      },
    })
  }

  function allow(url: string, names: readonly string[], step: Step | null): void {
    const known = others.get(url) ?? { methods: new Set(), step }
    for (const name of names) known.methods.add(name)
    others.set(url, known)
  }

  allowOrigins()
  app.decorateRequest('exchange')
  for (const route of routes) addOperation(route)
  app.register(async (pages) => {
    pages.addHook('onRoute', ({ url, method }) => allow(url, [method].flat(), null))
    pages.addHook('onRequest', (request, reply, next) => {
      reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id })
      next()
    })
    pages.addHook('preHandler', (request, _reply, next) => {
      if (!request.routeOptions.config?.readsQuery) {
        const { problems } = validateQuery(request.query as string, NO_PARAMETERS, undefined)
        if (problems.length > 0) throw invalid(problems)
      }
      next()
    })
    addPublicRoutes(pages)
  })
  app.register(async () => {
    for (const [url, { methods, step }] of others) {
      app.route({
        method: app.supportedMethods.filter((method) => !methods.has(method)) as HTTPMethods[],
        url,
        onRequest: ({ exchange }) => {
          const rejection = methodNotAllowed(methods)
          if (step === null) responder.fail(exchange, rejection)
          else run(step, exchange, () => responder.fail(exchange, rejection))
        },
        handler: () => {},
      })
    }
  })

  app.setErrorHandler((error, request) => responder.fail(request.exchange, error))
}

function createExchange(request: FastifyRequest, reply: FastifyReply, context: Context): Exchange {
  return {
    request,
    reply,
    context,
    caller: undefined as unknown as Exchange['caller'],
    version: 0,
    standing: null,
    counted: { isInProgress: false, address: null, token: null, project: null },
    params: request.params as Record<string, string>,
    found: '',
    query: undefined,
    body: undefined,
    precondition: null,
    isRepeated: false,
    streaming: null,
    startWaiting: cannotWait,
    pending: null,
    response: null,
    isAnswered: false,
  }
}

function cannotWait(): Wait {
  throw new Error('The operation is not declared to wait')
}

function methodNotAllowed(methods: ReadonlySet<string>): ApiError {
  const allow = [...methods].sort().join(', ')
  return new ApiError('methodNotAllowed', 'This path does not allow that method', {
    hint: `It allows ${allow}.`,
    headers: { allow },
  })
}
