import type { RequestListener, Server } from 'node:http'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import { type HttpSettings, loadHttpSettings } from './config.ts'
import { contextFor } from './context.ts'
import type { Database } from './db/port.ts'
import type { IdSource } from './domain/id.ts'
import { createEventLog, type RunningLog } from './events/log.ts'
import { createWebhooks, type Webhooks } from './events/webhooks/webhooks.ts'
import { consoleRoutes } from './http/documents/console.ts'
import { healthRoutes } from './http/documents/health.ts'
import { describeOperations } from './http/documents/openapi.ts'
import { referenceRoutes } from './http/documents/reference.ts'
import { createArrivals } from './http/limits/arrivals.ts'
import { createClientAddress } from './http/limits/client-address.ts'
import { limitConnections } from './http/limits/connections.ts'
import { createExports } from './http/limits/exports.ts'
import { createAdmission } from './http/limits/overload.ts'
import { createRateLimits } from './http/limits/rate-limit.ts'
import { createSearchLimits } from './http/limits/searches.ts'
import type { Siblings } from './http/limits/siblings.ts'
import { allowWaiting } from './http/limits/waiting.ts'
import { createSharedWindow, createWindow, type WindowTerms } from './http/limits/window.ts'
import { createServer, maxHeaderSize } from './http/node-http.ts'
import { type Answered, createAnswerLog, observeAnswers } from './http/observation/answered.ts'
import type { JobMetrics } from './http/observation/job-metrics.ts'
import { createMetrics } from './http/observation/metrics.ts'
import { serveMetricsOn } from './http/observation/metrics-port.ts'
import { createWriteHealth } from './http/observation/write-health.ts'
import { createReadCache } from './http/read-cache.ts'
import { authenticate, recheck } from './http/request/authentication.ts'
import { basePathOf, createBasePathRemover } from './http/request/base-path.ts'
import { BODY_LIMIT, parseBodies } from './http/request/body.ts'
import { answerClientError } from './http/request/client-errors.ts'
import { requestIdOf } from './http/request/request-id.ts'
import { createResponder } from './http/request/response.ts'
import { allowOrigins } from './http/request/security-headers.ts'
import { allowStreaming } from './http/request/streaming.ts'
import type { Route } from './http/route.ts'
import { routable, serveRoutes } from './http/router.ts'
import { apiKeyRoutes } from './resources/api-keys/routes.ts'
import { consoleSessionRoutes } from './resources/console-sessions/routes.ts'
import { deviceModelRoutes } from './resources/device-models/routes.ts'
import { deviceRoutes } from './resources/devices/routes.ts'
import { eventRoutes } from './resources/events/routes.ts'
import { projectRoutes } from './resources/projects/routes.ts'
import { simRoutes } from './resources/sims/routes.ts'
import { createAuthenticator } from './resources/tokens/authenticator.ts'
import { userTokenRoutes } from './resources/tokens/routes.ts'
import { userRoutes } from './resources/users/routes.ts'
import { webhookEndpointRoutes } from './resources/webhook-endpoints/routes.ts'
import { version } from './version.ts'

/** How often connections are checked for requests that take too long to arrive, in milliseconds. */
const CONNECTION_CHECKS = 1_000

/** All operations of the API. Their pipelines, openapi.json and the access tests read the same declarations. */
function routesWith(webhooks: Webhooks): readonly Route[] {
  return [
    ...deviceModelRoutes,
    ...projectRoutes,
    ...deviceRoutes,
    ...userRoutes,
    ...userTokenRoutes,
    ...simRoutes,
    ...apiKeyRoutes,
    ...eventRoutes,
    ...webhookEndpointRoutes(webhooks),
  ]
}

/** The OpenAPI document of the API, which is served below a base path such as `/handset`. */
export const describeApi = (basePath = '') =>
  describeOperations(
    routesWith(createWebhooks(loadHttpSettings({}).webhooks)).map(({ operation }) => operation),
    { version, basePath },
  )

/** The HTTP side, ready to listen. */
export type App = FastifyInstance

/** The parts of an app. */
export interface AppParts {
  db: Database
  /** Unix milliseconds. */
  clock: () => number
  /** The one source of ids of this process. */
  newId: IdSource
  logger: FastifyBaseLogger
  settings: HttpSettings
  /** By default, they follow from the settings. */
  webhooks?: Webhooks
  /** The metrics of the jobs, if they run in this process. */
  jobMetrics?: JobMetrics | undefined
  /** Aborts when clients should use another server, because this one will soon stop. */
  leaving?: AbortSignal
  /** The other processes that serve the same port, if there are any. */
  siblings?: Siblings | undefined
}

/**
 * The whole HTTP side over an open store. Production, tests and benchmarks all use it. The steps of a request are in
 * `http/pipeline.ts`.
 */
export async function buildApp({ db, clock, newId, logger, settings, siblings, ...parts }: AppParts): Promise<App> {
  const metrics = createMetrics(siblings, parts.jobMetrics)
  const writes = createWriteHealth()
  const watched = writes.watched(metrics.timed(db))
  // OpenTelemetry has a hundred modules, so it is loaded only for tracing.
  const tracing = settings.tracing ? await loadTracing() : undefined
  const log = createEventLog({ db: watched, days: settings.eventDays })
  const app = createApp(settings)
  const source = () => settings.publicUrl ?? addressOf(app)
  const context = contextFor({ db: tracing?.traceStore(watched) ?? watched, clock, newId, log, source }, null)
  const authenticator = createAuthenticator(context)
  app.addHook('onClose', authenticator.flush)
  const webhooks = parts.webhooks ?? createWebhooks(settings.webhooks)
  app.addHook('onClose', webhooks.sender.close)
  const openWindow = (terms: WindowTerms) =>
    siblings === undefined ? createWindow(terms, clock) : createSharedWindow(terms, clock, siblings.take)
  const rates = createRateLimits(settings, openWindow)

  tracing?.traceRequests(app)
  const logAnswer = createAnswerLog(logger)
  observeAnswers(app, (answered: Answered) => {
    metrics.answered(answered)
    logAnswer(answered)
  })
  runLog(app, log, logger)
  parseBodies(app)
  limitConnections(app.server, settings)
  const arrivals = createArrivals(app, settings)
  const admission = createAdmission(app, settings, arrivals, parts.leaving ?? new AbortController().signal)
  const exports = createExports(settings, logger)
  metrics.show(
    'handset_requests_in_progress',
    'Requests in progress, excluding those still arriving.',
    admission.inProgress,
  )
  metrics.show('handset_requests_arriving', 'Requests whose bodies are still arriving.', arrivals.count)
  metrics.show('handset_writes_failing', 'Workers whose last write failed.', () => {
    writes.probe()
    return writes.failure() === null ? 0 : 1
  })
  for (const { name, help, read, aggregator } of db.gauges) metrics.show(name, help, read, aggregator)
  metrics.show('handset_exports_held', 'Exports in progress, each of which holds a snapshot.', exports.count)
  const identify = authenticate({
    context,
    authenticator,
    failureLimit: settings.authFailureLimit,
    openWindow,
    clientAddress: createClientAddress(settings.trustedProxies),
  })
  metrics.count('handset_events_written_total', 'Events written.', log.written)
  metrics.show(
    'handset_events_unordered',
    'Events without a position, as of the last check.',
    log.sequencer.backlog,
    'max',
  )
  metrics.show('handset_event_leases', 'Projects whose events this process orders.', log.sequencer.leases)
  serveRoutes(app, routesWith(webhooks), addPublicRoutes, {
    context,
    admission,
    authenticate: identify,
    rates,
    searches: createSearchLimits({ settings, openWindow, clock, logger }),
    readCache: db.versionIsExact ? createReadCache() : null,
    stream: allowStreaming(app, settings, { logger, exports, recheck: recheck(context, authenticator) }),
    wait: allowWaiting(app, admission, recheck(context, authenticator)),
    responder: createResponder({
      logger,
      admission,
      patience: settings.requestTimeout * 1000,
      hasOrigins: settings.corsOrigins.length > 0,
    }),
    allowOrigins: () => allowOrigins(app, settings.corsOrigins),
  })
  return app

  function addPublicRoutes(pages: FastifyInstance): void {
    if (settings.metricsPort === null) metrics.serve(pages)
    else serveMetricsOn(settings.metricsPort, app, metrics)
    healthRoutes(pages, { db, writes, admission })
    referenceRoutes(pages, () => describeApi(basePathOf(settings.publicUrl)))
    consoleRoutes(pages, settings.consoleDirectory)
    consoleSessionRoutes(pages, { context, authenticator, authenticate: identify, publicUrl: settings.publicUrl })
  }
}

async function loadTracing() {
  const [{ traceRequests }, { traceStore }] = await Promise.all([
    import('./http/observation/tracing.ts'),
    import('./http/observation/store-spans.ts'),
  ])
  return { traceRequests, traceStore }
}

/** The address that an app listens on. */
function addressOf({ server, listeningOrigin }: App): string {
  return server.listening ? listeningOrigin : ''
}

/** Orders the events of all projects while the app runs. */
function runLog(app: App, { sequencer, settled }: RunningLog, logger: FastifyBaseLogger): void {
  const stopping = new AbortController()
  sequencer.watchAll(stopping.signal, (error) => logger.error({ err: error }, 'ordering events'))
  app.addHook('onClose', async () => {
    stopping.abort()
    await settled()
  })
}

/** Fastify as router, body reader and life cycle. Validation, serialisation and responses are our own. */
function createApp(settings: HttpSettings): App {
  const removeBasePath = createBasePathRemover(settings.publicUrl)
  return fastify({
    serverFactory: (handle) => createHttpServer(settings, (request, response) => handle(routable(request), response)),
    // Our log lines name the request themselves. With a logger, Fastify would make and check one for each request.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    rewriteUrl: ({ url = '/' }) => (isDecodable(url) ? removeBasePath(url) : UNKNOWN_PATH),
    // No path is longer than `maxHeaderSize`. Fastify would respond to a longer parameter before it is authenticated.
    routerOptions: { maxParamLength: maxHeaderSize, querystringParser: keepQueryText },
    bodyLimit: BODY_LIMIT,
    clientErrorHandler: answerClientError,
    schemaController: NO_COMPILERS,
    return503OnClosing: false,
  })
}

function createHttpServer(settings: HttpSettings, listener: RequestListener): Server {
  return (
    createServer(
      {
        connectionsCheckingInterval: CONNECTION_CHECKS,
        keepAliveTimeout: settings.keepAlive * 1000,
        // Bodies have their own deadlines (see `limits/arrivals.ts`), because Node's is the same for all requests.
        requestTimeout: 0,
        headersTimeout: settings.requestTimeout * 1000,
        requireHostHeader: false, // The pipeline requires it: Node's rejection has no body.
      },
      listener,
      // Node would reject expectations that it does not know with an empty response (RFC 9110 §10.1.1: "MAY").
    )
      .on('checkExpectation', listener)
      // Node would send `100 Continue` before the headers are checked. The pipeline sends it.
      .on('checkContinue', listener)
  )
}

/** Keeps Fastify from loading its own compilers of validators and serialisers. */
const NO_COMPILERS = {
  compilersFactory: { buildValidator: () => () => () => true, buildSerializer: () => () => JSON.stringify },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>

const UNKNOWN_PATH = '/unknown'

/** A path with an invalid percent-escape or a NUL names nothing (docs/contract.md §1). */
function isDecodable(url: string): boolean {
  if (!url.includes('%')) return true
  const [path = ''] = url.split('?', 1)
  try {
    return !decodeURIComponent(path).includes('\0')
  } catch {
    return false
  }
}

/** The query stays text until the operation's schema is known: see `contract/query.ts`. */
function keepQueryText(text: string): Record<string, unknown> {
  return text as unknown as Record<string, unknown>
}
