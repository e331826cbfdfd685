import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { SetupError } from './errors.ts'

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** `console/dist` in the checkout or in the package. */
const CONSOLE_DIRECTORY = join(import.meta.dirname, '../console/dist')

/** More workers than any machine has cores: a larger number is a typing error. */
export const MOST_WORKERS = 1_024

export const MOST_PORT = 65_535

/** Each worker needs the memory of a process, so the default stays low on large machines. */
const MOST_DEFAULT_WORKERS = 4

/** The settings of the HTTP side. */
export interface HttpSettings {
  /** Requests that one token may make in ten seconds on this node; 0 means no limit. */
  readonly rateLimit: number
  /** Requests without a valid token that one address may make in a minute on this node; 0 means no limit. */
  readonly authFailureLimit: number
  /** Requests in progress at a time. Further requests get 503. */
  readonly maxConcurrent: number
  /** How long a client may take to send a request, in seconds. */
  readonly requestTimeout: number
  /** Origins whose pages may call the API; `*` means any. */
  readonly corsOrigins: readonly string[]
  /** Addresses or networks of proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[]
  /** Whether requests are traced, set by OpenTelemetry's own variables. */
  readonly tracing: boolean
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
  /** PostgreSQL instead of the embedded store. */
  readonly databaseUrl: string | undefined
  /** Whether a first start creates the project `demo`. */
  readonly demo: boolean
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly http: HttpSettings
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the settings from the environment. `overrides` come from the command line. */
export function loadConfig(
  environment: Environment,
  overrides: { port?: number; host?: string; workers?: number; data?: string; ephemeral?: boolean } = {},
): Config {
  const dataDirectory = overrides.data ?? environment.HANDSET_DATA ?? 'data'
  return Object.freeze({
    port: overrides.port ?? readNumber('PORT', environment.PORT, { standard: 8080, least: 0, most: MOST_PORT }),
    host: overrides.host ?? environment.HOST ?? '127.0.0.1',
    workers:
      overrides.workers ??
      readNumber('HANDSET_WORKERS', environment.HANDSET_WORKERS, {
        standard: Math.min(availableParallelism(), MOST_DEFAULT_WORKERS),
        least: 1,
        most: MOST_WORKERS,
      }),
    dataDirectory,
    databaseFile: join(dataDirectory, 'handset.db'),
    isDurable: true,
    databaseUrl: overrides.data === undefined ? environment.DATABASE_URL || undefined : undefined,
    demo: readSwitch('HANDSET_DEMO', environment.HANDSET_DEMO ?? '1'),
    logLevel: readLogLevel(environment.LOG_LEVEL ?? (overrides.ephemeral ? 'warn' : 'info')),
    http: loadHttpSettings(environment),
  })
}

/** Reads the HTTP settings from the environment. An empty environment gives the defaults. */
export function loadHttpSettings(environment: Environment): HttpSettings {
  const number = (name: string, standard: number, least: number) =>
    readNumber(name, environment[name], { standard, least, most: Number.MAX_SAFE_INTEGER })
  return Object.freeze({
    rateLimit: number('HANDSET_RATE_LIMIT', 200_000, 0),
    authFailureLimit: number('HANDSET_AUTH_FAILURE_LIMIT', 600, 0),
    maxConcurrent: number('HANDSET_MAX_CONCURRENT', 1_000, 1),
    requestTimeout: number('HANDSET_REQUEST_TIMEOUT', 30, 1),
    corsOrigins: readOrigins(environment.HANDSET_CORS_ORIGINS ?? ''),
    trustedProxies: readList(environment.HANDSET_TRUSTED_PROXIES ?? ''),
    tracing: isTracing(environment),
    consoleDirectory: CONSOLE_DIRECTORY,
  })
}

/** The environment of this process. Nothing else reads it. */
export const processEnvironment: Environment = process.env

function readNumber(
  name: string,
  text: string | undefined,
  { standard, least, most }: { standard: number; least: number; most: number },
): number {
  if (text === undefined) return standard
  const number = Number(text)
  if (/^[0-9]+$/.test(text) && number >= least && number <= most) return number
  throw new SetupError(`${name} is "${text}": it must be a number from ${least} to ${most}`)
}

function readSwitch(name: string, text: string): boolean {
  if (text === '1' || text === '0') return text === '1'
  throw new SetupError(`${name} is "${text}": it must be 1 or 0`)
}

function readLogLevel(text: string): Config['logLevel'] {
  const level = LOG_LEVELS.find((name) => name === text)
  if (level === undefined) throw new SetupError(`LOG_LEVEL is "${text}": it must be one of ${LOG_LEVELS.join(', ')}`)
  return level
}

function readOrigins(text: string): string[] {
  const origins = readList(text)
  for (const origin of origins) {
    if (origin !== '*' && URL.parse(origin)?.origin !== origin) {
      throw new SetupError(
        `HANDSET_CORS_ORIGINS contains "${origin}": an origin looks like https://app.example.com, or * for any`,
      )
    }
  }
  return origins
}

function readList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** Tracing is on if an exporter is set: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
function isTracing(environment: Environment): boolean {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || environment.OTEL_TRACES_EXPORTER === 'none')
    return false
  const signs = ['OTEL_TRACES_EXPORTER', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']
  return signs.some((name) => (environment[name] ?? '') !== '')
}
