import type { RequestListener, Server } from 'node:http'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import type { HttpSettings } from './config.ts'
import { createRegistry } from './context.ts'
import type { Database } from './db/port.ts'
import { type Answered, createAnswerLog, observeAnswers } from './http/answered.ts'
import { BODY_LIMIT, readBodies } from './http/body.ts'
import { ownProjectOnly, requireCaller } from './http/caller.ts'
import { answerClientError, requireHost } from './http/client-errors.ts'
import { consoleRoutes } from './http/console.ts'
import { answerErrors } from './http/errors.ts'
import { tagResources } from './http/etag.ts'
import { healthRoutes } from './http/health.ts'
import { keepAnswers } from './http/idempotency.ts'
import { createKeptReads } from './http/kept-reads.ts'
import { refuseOtherMethods, routable } from './http/methods.ts'
import { createMetrics } from './http/metrics.ts'
import { createServer, maxHeaderSize } from './http/node-http.ts'
import { describeOperations } from './http/openapi.ts'
import { type Api, answerAsDeclared } from './http/operation.ts'
import { refuseOverload } from './http/overload.ts'
import { createRateLimit, limitRates } from './http/rate-limit.ts'
import { referenceRoutes } from './http/reference.ts'
import { echoRequestId, requestIdOf } from './http/request-id.ts'
import { addSecurityHeaders, allowOrigins } from './http/security-headers.ts'
import type { Siblings } from './http/siblings.ts'
import { allowStreaming } from './http/streaming.ts'
import { validateRequests } from './http/validation.ts'
import { createSharedWindow, createWindow, type WindowTerms } from './http/window.ts'
import { deviceModelRoutes } from './resources/device-models/routes.ts'
import { deviceRoutes } from './resources/devices/routes.ts'
import { projectListRoutes, projectRoutes } from './resources/projects/routes.ts'
import { simRoutes } from './resources/sims/routes.ts'
import { userTokenRoutes } from './resources/tokens/routes.ts'
import { createAuthenticator } from './resources/tokens/tokens.ts'
import { userRoutes } from './resources/users/routes.ts'
import { version } from './version.ts'

/** How often connections are checked for requests that take too long to arrive, in milliseconds. */
const CONNECTION_CHECKS = 1_000

/** How long a connection may be idle, in milliseconds: longer than balancers keep one, so that they are who ends it. */
const KEEP_ALIVE = 72_000

/** The HTTP side, ready to listen. */
export type App = FastifyInstance

/** What an app is made of. */
export interface AppParts {
  db: Database
  /** Unix milliseconds. */
  clock: () => number
  logger: FastifyBaseLogger
  settings: HttpSettings
  /** The processes that serve the same port beside this one, where there are any. */
  siblings?: Siblings | undefined
}

/**
 * The whole HTTP side over an open store: production, tests and benchmarks use this one.
 *
 * A request passes the hooks in the order in which they are added here: overload, caller, rate, path, method
 * (`onRequest`), media type (`preParsing`), size and syntax (parser), presence and permission (`preValidation`), schema
 * and idempotency (`preHandler`), then its handler; its answer passes `onSend`.
 */
export async function buildApp({ db, clock, logger, settings, siblings }: AppParts): Promise<App> {
  const metrics = createMetrics(siblings)
  const registry = createRegistry(metrics.timed(db), clock)
  const authenticator = createAuthenticator(registry)
  const openWindow = (terms: WindowTerms) =>
    siblings === undefined ? createWindow(terms, clock) : createSharedWindow(terms, clock, siblings.take)
  const rates = createRateLimit(settings.rateLimit, openWindow)
  const log = createAnswerLog(logger)
  const observe = (answered: Answered) => {
    metrics.answered(answered)
    log(answered)
  }
  const keptReads = createKeptReads({ db, authenticator, rates, observe })
  const app = fastify({
    serverFactory: (handle) =>
      createHttpServer(settings.requestTimeout * 1000, (request, response) => {
        if (!keptReads.answer(request, response)) handle(routable(request), response)
      }),
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    // Our lines name the request themselves: a logger for each would cost more than its line.
    childLoggerFactory: (logger) => logger,
    rewriteUrl: ({ url = '/' }) => (isDecodable(url) ? url : UNKNOWN_PATH),
    // No path is longer than `maxHeaderSize`. Fastify answers a longer parameter past all hooks, the caller's included.
    routerOptions: { maxParamLength: maxHeaderSize, querystringParser: keepQueryText },
    bodyLimit: BODY_LIMIT,
    clientErrorHandler: answerClientError,
    schemaController: NO_COMPILERS,
    return503OnClosing: false,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
  })
  const openApi = describeOperations(app, version)

  // OpenTelemetry is a hundred modules, which a start without tracing need not read.
  if (settings.tracing) (await import('./http/tracing.ts')).traceRequests(app)
  echoRequestId(app)
  requireHost(app)
  addSecurityHeaders(app)
  allowOrigins(app, settings.corsOrigins)
  refuseOverload(app, settings.maxConcurrent)
  requireCaller(app, registry, authenticator, settings.authFailureLimit, openWindow)
  limitRates(app, rates)
  readBodies(app)
  validateRequests(app)
  allowStreaming(app, settings.requestTimeout)
  answerAsDeclared(app)
  keepAnswers(app, registry)
  // A span is made by the app.
  keptReads.keepFrom(app, { isOn: db.versionIsExact && !settings.tracing })
  tagResources(app)
  answerErrors(app)
  observeAnswers(app, observe)

  const refuseOnRoot = refuseOtherMethods(app)
  metrics.serve(app)
  healthRoutes(app, db)
  referenceRoutes(app, openApi)
  consoleRoutes(app, settings.consoleDirectory)
  deviceModelRoutes(app)
  projectListRoutes(app)
  refuseOnRoot()

  await app.register(
    async (scope: Api) => {
      scope.addHook('onRequest', ownProjectOnly)
      const refuseInProject = refuseOtherMethods(scope)
      projectRoutes(scope)
      deviceRoutes(scope)
      userRoutes(scope)
      userTokenRoutes(scope)
      simRoutes(scope)
      refuseInProject()
    },
    { prefix: '/projects/:project' },
  )
  return app
}

function createHttpServer(requestTimeout: number, listener: RequestListener): Server {
  return createServer(
    {
      connectionsCheckingInterval: CONNECTION_CHECKS,
      keepAliveTimeout: KEEP_ALIVE,
      requestTimeout,
      // Node takes the smaller of the two for the head: with its own minute for that, bodies would have the minute.
      headersTimeout: requestTimeout,
      requireHostHeader: false, // We require it ourselves: Node's refusal has no body.
    },
    listener,
    // Node would refuse expectations that it does not know with an answer that says nothing (RFC 9110 §10.1.1: "MAY").
  ).on('checkExpectation', listener)
}

/** Validation and serialising are ours (`http/validation.ts`, `http/operation.ts`): Fastify need not load its own. */
const NO_COMPILERS = {
  compilersFactory: { buildValidator: () => () => () => true, buildSerializer: () => () => JSON.stringify },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>

const UNKNOWN_PATH = '/unknown'

/** A broken percent-escape or a NUL in the path makes it one that names nothing (contract section 1). */
function isDecodable(url: string): boolean {
  const [path = ''] = url.split('?', 1)
  if (!path.includes('%')) return true
  try {
    return !decodeURIComponent(path).includes('\0')
  } catch {
    return false
  }
}

/** The query stays text until its schema is known: see `http/query.ts`. */
function keepQueryText(text: string): Record<string, unknown> {
  return text as unknown as Record<string, unknown>
}
