import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import {
  addressProblem,
  createSettingsReader,
  type Environment,
  networkProblem,
  originProblem,
  publicUrlProblem,
  readSecretKeys,
  readUrl,
  type SettingsReader,
} from './settings.ts'

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export const LOG_FORMATS = ['json', 'json-iso', 'text'] as const

/** `console/dist` in the checkout or in the package. */
const CONSOLE_DIRECTORY = join(import.meta.dirname, '../console/dist')

/** More workers than any machine has cores: a larger number is a typing error. */
export const MAX_WORKERS = 1_024

export const MAX_PORT = 65_535

/** A week: Node's timers cannot count more than 24 days. */
const MAX_SECONDS = 604_800

/** Ten years. */
const MAX_EVENT_DAYS = 3_650

/** Each worker needs the memory of a process, so the default stays low on large machines. */
const MAX_DEFAULT_WORKERS = 4

/**
 * The default page cache, in MiB. Reads use the mapped file instead. A larger cache makes changes slower: when a commit
 * has split a page of a tree, SQLite searches the whole cache for pages beyond the end of the file.
 */
export const PAGE_CACHE = 8

/** The maximum part of a file that `node:sqlite` maps into memory, in MiB (SQLITE_MAX_MMAP_SIZE). */
export const MAX_MAPPED = 2_047

/** The memory for pages of the embedded store, in MiB. */
export interface StoreMemory {
  /** The page cache: pages that changed since the last checkpoint, and those beyond the mapped part of a large file. */
  readonly cache: number
  /** The part of the file that is mapped into memory, whose pages are read without a system call and a copy. */
  readonly mapped: number
}

/** The settings of webhooks. */
export interface WebhookSettings {
  /** Networks that webhooks may be sent to although they are not reachable from the internet. */
  readonly networks: readonly string[]
  /** Whether webhooks may be sent to this machine. */
  readonly allowsLoopback: boolean
  /** The keys that seal secrets at rest: the first seals new ones, and each opens those that it sealed. */
  readonly secretKeys: readonly Buffer[]
}

/** The settings of the HTTP side. */
export interface HttpSettings {
  /** Requests that one token may make in ten seconds on this node; 0 means no limit. */
  readonly rateLimit: number
  /** The same for a user token. */
  readonly userRateLimit: number
  /** Searches that one user token or `viewer` key may make in a minute; 0 means no limit. */
  readonly searchLimit: number
  /** The same for searches that find nothing. */
  readonly userMissLimit: number
  /** Requests without a valid token that one address may make in a minute on this node; 0 means no limit. */
  readonly authFailureLimit: number
  /** Requests in progress at a time, without those whose bodies still arrive. Further requests get 503. */
  readonly maxConcurrent: number
  /** Requests of one token in progress or arriving at a time. Further ones get 429, as for a project or an address. */
  readonly tokenConcurrent: number
  readonly projectConcurrent: number
  readonly addressConcurrent: number
  /** Open connections. Further ones are closed. */
  readonly maxConnections: number
  /** Open connections of one address that is not a trusted proxy. */
  readonly addressConnections: number
  /** Exports in progress at a time, of all projects and of one. */
  readonly maxExports: number
  readonly projectExports: number
  /** MiB of import results and of exports over HTTP/1.0 on disk at a time, of all projects and of one. */
  readonly maxSpool: number
  readonly projectSpool: number
  /** The average rate at which a body must arrive, in bytes a second, once a third of `requestTimeout` has passed. */
  readonly minBodyRate: number
  /** How long a client may take to send a request, in seconds. */
  readonly requestTimeout: number
  /** How long an export may take, in seconds. */
  readonly exportTimeout: number
  /** How long an idle connection stays open, in seconds. */
  readonly keepAlive: number
  /** The address at which clients reach the server, without a slash at the end; null if not set. */
  readonly publicUrl: string | null
  /** Origins whose pages may call the API; `*` means any. */
  readonly corsOrigins: readonly string[]
  /** Addresses or networks of proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[]
  /** Whether requests are traced, set by OpenTelemetry's own variables. */
  readonly tracing: boolean
  /** The port of `/metrics`; null for the port of the API. */
  readonly metricsPort: number | null
  /** How many days events are kept; 0 means that none are written. */
  readonly eventDays: number
  readonly webhooks: WebhookSettings
  /** Where the built console is. It may be missing. */
  readonly consoleDirectory: string
}

/** All settings, read once at the start. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Worker processes that share the port. */
  readonly workers: number
  /** The directory of the embedded store. */
  readonly dataDirectory: string
  /** The file of the embedded store. */
  readonly databaseFile: string
  /** Whether the embedded store acknowledges a write only once it survives a power loss. */
  readonly isDurable: boolean
  /** The memory for the store of each worker. */
  readonly storeMemory: StoreMemory
  /** PostgreSQL instead of the embedded store. */
  readonly databaseUrl: string | undefined
  /** Whether statements are prepared on PostgreSQL. */
  readonly preparesStatements: boolean
  /** How long a server that is asked to stop still accepts requests, in seconds, so that load balancers can notice. */
  readonly drainTime: number
  /** Whether a first start creates the project `demo`. */
  readonly demo: boolean
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly logFormat: (typeof LOG_FORMATS)[number]
  readonly http: HttpSettings
}

/** Reads the settings from the environment. `overrides` come from the command line. */
export function loadConfig(
  environment: Environment,
  overrides: { port?: number; host?: string; workers?: number; data?: string; ephemeral?: boolean } = {},
): Config {
  const read = createSettingsReader(environment)
  const dataDirectory = overrides.data ?? read.text('HANDSET_DATA') ?? 'data'
  const isEmbedded = overrides.data !== undefined || overrides.ephemeral === true
  const cores = Math.min(availableParallelism(), MAX_DEFAULT_WORKERS)
  return Object.freeze({
    port: overrides.port ?? read.number('PORT', { standard: 8080, least: 0, most: MAX_PORT }),
    host: overrides.host ?? read.text('HOST') ?? '127.0.0.1',
    workers: overrides.workers ?? read.number('HANDSET_WORKERS', { standard: cores, least: 1, most: MAX_WORKERS }),
    dataDirectory,
    databaseFile: join(dataDirectory, 'handset.db'),
    isDurable: true,
    storeMemory: {
      cache: read.number('HANDSET_PAGE_CACHE', { standard: PAGE_CACHE, least: 1 }),
      mapped: read.number('HANDSET_MAPPED_FILE', { standard: MAX_MAPPED, least: 0, most: MAX_MAPPED }),
    },
    databaseUrl: isEmbedded ? undefined : readUrl(read, environment),
    preparesStatements: read.flag('HANDSET_PREPARED_STATEMENTS', true),
    drainTime: read.number('HANDSET_DRAIN_TIME', { standard: 0, least: 0, most: MAX_SECONDS }),
    demo: read.flag('HANDSET_DEMO', true),
    logLevel: read.choice('LOG_LEVEL', LOG_LEVELS, overrides.ephemeral ? 'warn' : 'info'),
    logFormat: read.choice('LOG_FORMAT', LOG_FORMATS, process.stderr.isTTY ? 'text' : 'json'),
    http: readHttpSettings(read, environment),
  })
}

/** Reads the HTTP settings from the environment. An empty environment gives the defaults. */
export function loadHttpSettings(environment: Environment): HttpSettings {
  return readHttpSettings(createSettingsReader(environment), environment)
}

function readHttpSettings(read: SettingsReader, environment: Environment): HttpSettings {
  const maxConcurrent = read.number('HANDSET_MAX_CONCURRENT', { standard: 1_000, least: 1 })
  const maxConnections = read.number('HANDSET_MAX_CONNECTIONS', { standard: 10_000, least: 1 })
  const maxExports = read.number('HANDSET_MAX_EXPORTS', { standard: 4, least: 1 })
  const maxSpool = read.number('HANDSET_MAX_SPOOL', { standard: 1_024, least: 0 })
  return Object.freeze({
    rateLimit: read.number('HANDSET_RATE_LIMIT', { standard: 200_000, least: 0 }),
    userRateLimit: read.number('HANDSET_USER_RATE_LIMIT', { standard: 1_000, least: 0 }),
    searchLimit: read.number('HANDSET_SEARCH_LIMIT', { standard: 600, least: 0 }),
    userMissLimit: read.number('HANDSET_USER_MISS_LIMIT', { standard: 60, least: 0 }),
    authFailureLimit: read.number('HANDSET_AUTH_FAILURE_LIMIT', { standard: 600, least: 0 }),
    maxConcurrent,
    tokenConcurrent: read.number('HANDSET_TOKEN_CONCURRENT', { standard: partOf(maxConcurrent, 1 / 2), least: 1 }),
    projectConcurrent: read.number('HANDSET_PROJECT_CONCURRENT', { standard: partOf(maxConcurrent, 3 / 4), least: 1 }),
    addressConcurrent: read.number('HANDSET_ADDRESS_CONCURRENT', { standard: partOf(maxConcurrent, 3 / 4), least: 1 }),
    maxConnections,
    addressConnections: read.number('HANDSET_ADDRESS_CONNECTIONS', {
      standard: partOf(maxConnections, 3 / 4),
      least: 1,
    }),
    maxExports,
    projectExports: read.number('HANDSET_PROJECT_EXPORTS', { standard: partOf(maxExports, 1 / 2), least: 1 }),
    maxSpool,
    projectSpool: read.number('HANDSET_PROJECT_SPOOL', { standard: maxSpool / 2, least: 0 }),
    minBodyRate: read.number('HANDSET_MIN_BODY_RATE', { standard: 500, least: 0 }),
    requestTimeout: read.number('HANDSET_REQUEST_TIMEOUT', { standard: 30, least: 1, most: MAX_SECONDS }),
    exportTimeout: read.number('HANDSET_EXPORT_TIMEOUT', { standard: 600, least: 1, most: MAX_SECONDS }),
    keepAlive: read.number('HANDSET_KEEP_ALIVE', { standard: 72, least: 1, most: MAX_SECONDS }),
    publicUrl: read.checked('HANDSET_PUBLIC_URL', publicUrlProblem)?.replace(/\/+$/, '') ?? null,
    corsOrigins: read.list('HANDSET_CORS_ORIGINS', originProblem),
    trustedProxies: read.list('HANDSET_TRUSTED_PROXIES', networkProblem),
    tracing: isTracing(environment),
    metricsPort: read.number('HANDSET_METRICS_PORT', { standard: 0, least: 0, most: MAX_PORT }) || null,
    eventDays: read.number('HANDSET_EVENT_DAYS', { standard: 30, least: 0, most: MAX_EVENT_DAYS }),
    webhooks: {
      networks: read.list('HANDSET_WEBHOOK_NETWORKS', addressProblem),
      allowsLoopback: false,
      secretKeys: readSecretKeys(read),
    },
    consoleDirectory: CONSOLE_DIRECTORY,
  })
}

/** A part of a limit, so that one client leaves something for the others. */
function partOf(whole: number, part: number): number {
  return Math.max(1, Math.floor(whole * part))
}

/** The environment of this process. Nothing else reads it. */
export const processEnvironment: Environment = process.env

/** Tracing is on if an exporter is set: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
function isTracing(environment: Environment): boolean {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || environment.OTEL_TRACES_EXPORTER === 'none')
    return false
  const signs = ['OTEL_TRACES_EXPORTER', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']
  return signs.some((name) => (environment[name] ?? '') !== '')
}
