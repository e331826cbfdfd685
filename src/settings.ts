import { isIP } from 'node:net'
import { SetupError } from './errors.ts'

/** Every environment variable that Handset reads, in the order and with the text of `--help`. The default is last. */
export const SETTINGS = {
  PORT: 'port to listen on (8080)',
  HOST: 'address to listen on (127.0.0.1)',
  HANDSET_WORKERS: 'worker processes that share the port (one per core, up to 4)',
  HANDSET_DATA: 'directory of the embedded store (./data)',
  HANDSET_PAGE_CACHE: 'MiB of the embedded store that a worker caches (8)',
  HANDSET_MAPPED_FILE: 'MiB of the embedded store that are mapped into memory; 0 for none (2047, the maximum)',
  DATABASE_URL: 'use PostgreSQL instead: postgres://user:password@host:5432/database',
  HANDSET_PREPARED_STATEMENTS: '0 for a connection pooler that does not support prepared statements (1)',
  HANDSET_DEMO: '0 to create no demo project at the first start (1)',
  LOG_LEVEL: 'fatal, error, warn, info, debug, trace or silent (info)',
  LOG_FORMAT: 'json, json-iso (ISO times, level names) or text (text on a terminal, else json)',
  HANDSET_RATE_LIMIT: 'requests of one token in ten seconds; 0 for no limit (200000)',
  HANDSET_USER_RATE_LIMIT: 'the same for a user token (1000)',
  HANDSET_SEARCH_LIMIT: 'searches of one user token or viewer key in a minute; 0 for no limit (600)',
  HANDSET_USER_MISS_LIMIT: 'the same for searches that find nothing (60)',
  HANDSET_AUTH_FAILURE_LIMIT: 'requests without a valid token from one address in a minute; 0 for no limit (600)',
  HANDSET_MAX_CONCURRENT: 'requests in progress in one worker; further requests get 503 (1000)',
  HANDSET_TOKEN_CONCURRENT: 'requests of one token in progress or arriving (half of that)',
  HANDSET_PROJECT_CONCURRENT: 'the same for one project (three quarters of it)',
  HANDSET_ADDRESS_CONCURRENT: 'the same for one address (three quarters of it)',
  HANDSET_MAX_CONNECTIONS: 'open connections of one worker (10000)',
  HANDSET_ADDRESS_CONNECTIONS: 'the same for one address that is not a trusted proxy (three quarters of it)',
  HANDSET_MAX_EXPORTS: 'exports in progress in one worker (4)',
  HANDSET_PROJECT_EXPORTS: 'the same for one project (half of it)',
  HANDSET_MAX_SPOOL: 'MiB of import results and HTTP/1.0 exports in the temporary directory (1024)',
  HANDSET_PROJECT_SPOOL: 'the same for one project (half of it)',
  HANDSET_MIN_BODY_RATE: 'bytes a second at which a body must arrive; 0 for any (500)',
  HANDSET_REQUEST_TIMEOUT: 'seconds that a client may take to send a request, or to continue a stream (30)',
  HANDSET_EXPORT_TIMEOUT: 'seconds that an export may take (600)',
  HANDSET_KEEP_ALIVE: 'seconds that an idle connection stays open; must exceed the time-out of the proxy in front (72)',
  HANDSET_DRAIN_TIME: 'seconds that a server still accepts requests after SIGTERM, while /health/ready is 503 (0)',
  HANDSET_METRICS_PORT: 'port of /metrics, which the API then does not serve (the same port)',
  HANDSET_PUBLIC_URL: 'address at which clients reach the server, such as https://ops.example/handset (none)',
  HANDSET_EVENT_DAYS: 'days that events are kept; 0 to write none (30)',
  HANDSET_WEBHOOK_NETWORKS: 'private networks to which webhooks may be sent, such as 10.1.0.0/16 (none)',
  HANDSET_SECRET_KEY:
    'seals the secrets of webhooks in the store: 32 bytes in base64; old keys follow after commas (none)',
  HANDSET_CORS_ORIGINS: 'origins whose pages may call the API, separated by commas; * for any (none)',
  HANDSET_TRUSTED_PROXIES: 'addresses or networks of proxies whose X-Forwarded-For is trusted (none)',
} as const

export type SettingName = keyof typeof SETTINGS

/** Environment variables, as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Reads settings. Each method throws a one-line `SetupError` that names the setting and the values it accepts. */
export interface SettingsReader {
  text(name: SettingName): string | undefined
  number(name: SettingName, limits: { standard: number; least: number; most?: number }): number
  /** A setting that is 1 or 0. */
  flag(name: SettingName, standard: boolean): boolean
  choice<T extends string>(name: SettingName, values: readonly T[], standard: T): T
  /** `check` returns a description of valid values, or undefined if the value is valid. */
  checked(name: SettingName, check: (value: string) => string | undefined): string | undefined
  /** Items separated by commas. `check` returns a description of valid items, or undefined if the item is valid. */
  list(name: SettingName, check: (item: string) => string | undefined): string[]
}

/**
 * Reads settings as files and scripts really contain them: an empty value means the default, and white space and a pair
 * of quotes around a value are not part of it (`docker run --env-file` keeps both).
 */
export function createSettingsReader(environment: Environment): SettingsReader {
  function text(name: SettingName): string | undefined {
    const [, , quoted, plain] = /^\s*(?:(["'])(.*)\1|(.*?))\s*$/s.exec(environment[name] ?? '') ?? []
    return (quoted ?? plain ?? '').trim() || undefined
  }

  function fail(name: SettingName, value: string, rule: string): never {
    // A URL may hold a password.
    const shown = value.replace(/\/\/.*@/s, '//…@')
    throw new SetupError(`${name} is ${JSON.stringify(shown)}: it must be ${rule}`)
  }

  return {
    text,
    number(name, { standard, least, most = Number.MAX_SAFE_INTEGER }) {
      const value = text(name)
      if (value === undefined) return standard
      const number = Number(value)
      if (/^[0-9]+$/.test(value) && number >= least && number <= most) return number
      return fail(
        name,
        value,
        most === Number.MAX_SAFE_INTEGER ? `a number from ${least}` : `a number from ${least} to ${most}`,
      )
    },
    flag(name, standard) {
      const value = text(name)
      if (value === undefined) return standard
      return value === '1' || value === '0' ? value === '1' : fail(name, value, '1 or 0')
    },
    choice(name, values, standard) {
      const value = text(name)
      if (value === undefined) return standard
      return values.find((one) => one === value.toLowerCase()) ?? fail(name, value, `one of ${values.join(', ')}`)
    },
    checked(name, check) {
      const value = text(name)
      const rule = value === undefined ? undefined : check(value)
      return value === undefined || rule === undefined ? value : fail(name, value, rule)
    },
    list(name, check) {
      const items = (text(name) ?? '')
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
      for (const item of items) {
        const rule = check(item)
        if (rule !== undefined) throw new SetupError(`${name} contains ${JSON.stringify(item)}: it must be ${rule}`)
      }
      return items
    },
  }
}

/** Returns what an origin must look like if this is not one. */
export function originProblem(item: string): string | undefined {
  if (item === '*' || URL.parse(item)?.origin === item) return undefined
  return 'an origin such as https://app.example.com, or * for any'
}

/** The first segments of all paths of the server. */
export const FIRST_SEGMENTS = [
  'projects',
  'deviceModels',
  'deviceModelBrands',
  'deviceModelCatalogue',
  'console',
  'reference',
  'openapi.json',
  'llms.txt',
  'health',
  'metrics',
]

/** Returns what a public URL must look like if this is not one. */
export function publicUrlProblem(item: string): string | undefined {
  const url = URL.parse(item)
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.origin + url.pathname === url.href
  if (!isPlain || /[?#]$/.test(item))
    return 'an http(s) URL without user, query and fragment: https://ops.example/handset'
  const [, first = ''] = url.pathname.split('/')
  // A request for /projects/acme could otherwise mean two things.
  return FIRST_SEGMENTS.includes(first)
    ? `a URL whose path does not start with /${first}, a path of Handset`
    : undefined
}

/** Like `addressProblem`, but also accepts the names of private networks. */
export function networkProblem(item: string): string | undefined {
  // Names for the private networks of RFC 1918, RFC 3927 and RFC 4193.
  return ['loopback', 'linklocal', 'uniquelocal'].includes(item) ? undefined : addressProblem(item)
}

/** Returns what a network must look like if this is not one: an IP address, or a network with a prefix length. */
export function addressProblem(item: string): string | undefined {
  const [, address = '', length] = /^([^/]*)(?:\/([0-9]{1,3}))?$/.exec(item) ?? []
  const version = isIP(address)
  if (version !== 0 && !address.includes('%') && Number(length ?? 0) <= (version === 4 ? 32 : 128)) return undefined
  return 'an IP address or a network such as 10.0.0.0/8; host names are not supported'
}

/** In bytes: AES-256. */
const KEY_BYTES = 32

/** Reads the keys that seal secrets in the store. Throws a `SetupError`, without the value, for anything else. */
export function readSecretKeys(reader: SettingsReader): Buffer[] {
  const items = (reader.text('HANDSET_SECRET_KEY') ?? '').split(',').map((item) => item.trim())
  return items
    .filter((item) => item !== '')
    .map((item) => {
      const key = Buffer.from(item, 'base64')
      if (/^[A-Za-z0-9+/]+=*$/.test(item) && key.length === KEY_BYTES) return key
      throw new SetupError(
        `HANDSET_SECRET_KEY must be ${KEY_BYTES} bytes in base64: make one with openssl rand -base64 ${KEY_BYTES}`,
      )
    })
}

/**
 * Reads the URL of a PostgreSQL store.
 *
 * Throws a `SetupError`, without the URL, if it contains a line end: a file with a secret often ends with one.
 */
export function readUrl(reader: SettingsReader, environment: Environment): string | undefined {
  const url = reader.text('DATABASE_URL')
  if (url !== undefined && /[\r\n]/.test(environment.DATABASE_URL ?? '')) {
    throw new SetupError(
      'DATABASE_URL contains a line end. Remove it: a secret made with echo ends with one, with printf it does not',
    )
  }
  return url
}
