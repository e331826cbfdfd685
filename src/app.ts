import type { Logger } from 'pino'
import type { HttpSettings } from './config.ts'
import { contextFor } from './context.ts'
import { createIdContinuation } from './db/newest-id.ts'
import type { Database } from './db/port.ts'
import { createWordMerger, type WordMerger } from './db/search/merger.ts'
import type { IdSource } from './domain/id.ts'
import { createEventLog, type RunningLog } from './events/log.ts'
import { createWebhooks, type Webhooks } from './events/webhooks/webhooks.ts'
import { consoleRoutes } from './http/documents/console.ts'
import { healthRoutes } from './http/documents/health.ts'
import { describeOperations } from './http/documents/openapi.ts'
import { referenceRoutes } from './http/documents/reference.ts'
import type { Lifecycle } from './http/lifecycle.ts'
import { type Arrivals, createArrivals } from './http/limits/arrivals.ts'
import { createClientAddress } from './http/limits/client-address.ts'
import { limitConnections } from './http/limits/connections.ts'
import { createExports, type Exports } from './http/limits/exports.ts'
import { type Admission, createAdmission } from './http/limits/overload.ts'
import { createRateLimits } from './http/limits/rate-limit.ts'
import { createSearchLimits } from './http/limits/searches.ts'
import type { Siblings } from './http/limits/siblings.ts'
import { allowWaiting } from './http/limits/waiting.ts'
import { createSharedWindow, createWindow, type WindowTerms } from './http/limits/window.ts'
import { createAnswerLog } from './http/observation/answered.ts'
import type { JobMetrics } from './http/observation/job-metrics.ts'
import { createMetrics, type Metrics } from './http/observation/metrics.ts'
import { serveMetricsOn } from './http/observation/metrics-port.ts'
import { createWriteHealth, type WriteHealth } from './http/observation/write-health.ts'
import { createReadCache } from './http/read-cache.ts'
import { authenticate, recheck } from './http/request/authentication.ts'
import { basePathOf, createBasePathRemover } from './http/request/base-path.ts'
import { createConsoleCookies } from './http/request/console-cookies.ts'
import { createResponder } from './http/request/response.ts'
import { allowOrigins } from './http/request/security-headers.ts'
import { allowStreaming } from './http/request/streaming.ts'
import type { Route } from './http/route.ts'
import { createRouter } from './http/router.ts'
import { createHttpServer, type HttpServer } from './http/server.ts'
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

/** All operations of the API. Their pipelines, openapi.json and the access tests read the same declarations. */
function routesWith(webhooks: () => Webhooks): readonly Route[] {
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
    routesWith(noWebhooks).map(({ operation }) => operation),
    { version, basePath },
  )

/** For routes that are only described. */
function noWebhooks(): never {
  throw new Error('A route that is only described was called')
}

/** The HTTP side, ready to listen. */
export type App = Pick<HttpServer, 'server' | 'listen' | 'close'>

/** The parts of an app. */
export interface AppParts {
  db: Database
  /** Unix milliseconds. */
  clock: () => number
  /** The one source of ids of this process. */
  newId: IdSource
  logger: Logger
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
  const http = createHttpServer(settings)
  const source = () => settings.publicUrl ?? http.address()
  const words = createWordMerger(watched)
  const traced = tracing?.traceStore(watched) ?? watched
  const continueIds = createIdContinuation(newId)
  const context = contextFor({ db: traced, clock, newId, continueIds, log, words, source }, null)
  const authenticator = createAuthenticator(context)
  http.afterClose(authenticator.flush)
  const webhooks = parts.webhooks ?? createWebhooks(settings.webhooks)
  http.afterClose(webhooks.sender.close)
  const routes = routesWith(() => webhooks)
  const openWindow = (terms: WindowTerms) =>
    siblings === undefined ? createWindow(terms, clock) : createSharedWindow(terms, clock, siblings.take)
  const rates = createRateLimits(settings, openWindow)

  const logAnswer = createAnswerLog(logger)
  runLog(http, log, logger)
  runWords(http, words, logger)
  limitConnections(http.server, settings)
  const arrivals = createArrivals(http, settings)
  const admission = createAdmission(http, settings, arrivals, parts.leaving ?? new AbortController().signal)
  const exports = createExports(settings, logger)
  showMetrics(metrics, { db, writes, log, arrivals, admission, exports })
  const callers = { context, authenticator, cookies: createConsoleCookies(settings.publicUrl) }
  const identify = authenticate({
    ...callers,
    failureLimit: settings.authFailureLimit,
    openWindow,
    clientAddress: createClientAddress(settings.trustedProxies),
  })
  if (settings.metricsPort !== null) serveMetricsOn(settings.metricsPort, http, metrics)
  const pages = [
    ...(settings.metricsPort === null ? [metrics.route] : []),
    ...healthRoutes({ db, writes, admission }),
    ...referenceRoutes(() => describeApi(basePathOf(settings.publicUrl))),
    ...consoleRoutes(settings.consoleDirectory),
    ...consoleSessionRoutes({ ...callers, authenticate: identify }),
  ]
  const origins = allowOrigins(settings.corsOrigins)
  const router = createRouter(routes, pages, {
    context,
    admission,
    authenticate: identify,
    rates,
    searches: createSearchLimits({ settings, openWindow, clock, logger }),
    readCache: db.versionIsExact ? createReadCache() : null,
    stream: allowStreaming(http, settings, { logger, exports, recheck: recheck(callers) }),
    wait: allowWaiting(http, admission, recheck(callers)),
    responder: createResponder({
      logger,
      admission,
      patience: settings.requestTimeout * 1000,
      origins,
    }),
    hasOrigins: origins !== null,
    removeBasePath: createBasePathRemover(settings.publicUrl),
    observe(answered) {
      metrics.answered(answered)
      logAnswer(answered)
    },
    trace: tracing?.createRequestTracer(),
  })
  http.serve(router)
  return http
}

interface Measured {
  db: Database
  writes: WriteHealth
  log: RunningLog
  arrivals: Arrivals
  admission: Admission
  exports: Exports
}

/** Adds the metrics of the store, the limits and the events. */
function showMetrics(metrics: Metrics, { db, writes, log, arrivals, admission, exports }: Measured): void {
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
  metrics.count('handset_events_written_total', 'Events written.', log.written)
  metrics.show(
    'handset_events_unordered',
    'Events without a position, as of the last check.',
    log.sequencer.backlog,
    'max',
  )
  metrics.show('handset_event_leases', 'Projects whose events this process orders.', log.sequencer.leases)
}

async function loadTracing() {
  const [{ createRequestTracer }, { traceStore }] = await Promise.all([
    import('./http/observation/tracing.ts'),
    import('./http/observation/store-spans.ts'),
  ])
  return { createRequestTracer, traceStore }
}

/** Orders the events of all projects while the app runs. */
function runLog(http: Lifecycle, { sequencer, settled }: RunningLog, logger: Logger): void {
  const stopping = new AbortController()
  sequencer.watchAll(stopping.signal, {
    began: (error, project) => logger.error({ err: error, project }, 'ordering events'),
    ended: (project) => logger.info({ project }, 'events are ordered again'),
  })
  http.afterClose(async () => {
    stopping.abort()
    await settled()
  })
}

/** Reports failed merges of words, and ends a running one when the app closes. */
function runWords(http: Lifecycle, words: WordMerger, logger: Logger): void {
  words.reportErrors((error) => logger.error({ err: error }, 'merging words'))
  http.afterClose(words.settled)
}
