import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { SetupError } from '../../errors.ts'

/** A server that a URL names, and how to connect to it. */
export interface Server {
  host: string
  port: number
  user: string
  password: string
  database: string
  /** `prefer` uses TLS if the server offers it; false never does. */
  tls: ConnectionOptions | 'prefer' | false
  /** Whether to skip the server if it is a standby. */
  primaryOnly: boolean
  /** Settings of the session (PostgreSQL's run-time parameters). */
  session: Record<string, string>
}

/** Parameters of libpq for the client. All others are settings of the session, which the server validates. */
const CLIENT_PARAMETERS = new Set([
  'channel_binding',
  'connect_timeout',
  'gssencmode',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslrootcert',
  'target_session_attrs',
])

const TLS_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']
const SESSION_ATTRIBUTES = ['any', 'read-write', 'primary']

const INVALID = 'DATABASE_URL is not a valid URL: percent-encode the special characters of its user name and password'

/**
 * Parses `postgres://user:password@one:5432,two:5432/database?…` into the servers that it names, in its order. Its
 * parameters are those of libpq (PostgreSQL documentation §34.1.2): `sslmode`, `sslrootcert`, `sslcert`, `sslkey` and
 * `target_session_attrs`. A host may be the percent-encoded directory of a Unix socket.
 *
 * Throws `SetupError`, which never shows the password.
 */
export function parseDatabaseUrl(url: string): Server[] {
  const [, start, hosts, end = ''] = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#]+)([/?#].*)?$/.exec(url) ?? []
  if (hosts === undefined) throw new SetupError('DATABASE_URL must be like postgres://user:password@host:5432/database')
  // The part of a password after an unencoded slash would be mistaken for a host, and printed as one.
  if (end.includes('@')) throw new SetupError(INVALID)
  const names = hosts.split(',')
  return names.map((name) => parseServer(`${start}${name}${end}`, names.length > 1))
}

function parseServer(text: string, isOneOfSeveral: boolean): Server {
  try {
    const url = new URL(text)
    const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1')
    const attributes = oneOf(url, 'target_session_attrs', SESSION_ATTRIBUTES)
    return {
      host,
      port: Number(url.port || 5432),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
      tls: host.startsWith('/') ? false : readTls(url, host),
      primaryOnly: attributes === undefined ? isOneOfSeveral : attributes !== 'any',
      session: Object.fromEntries([...url.searchParams].filter(([name]) => !CLIENT_PARAMETERS.has(name))),
    }
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(INVALID)
  }
}

function readTls(url: URL, host: string): Server['tls'] {
  const mode = oneOf(url, 'sslmode', TLS_MODES) ?? 'prefer'
  if (mode === 'disable') return false
  if (mode === 'allow' || mode === 'prefer') return 'prefer'
  const root = url.searchParams.get('sslrootcert')
  const certificates: ConnectionOptions = {
    host,
    ...(root === null || root === 'system' ? {} : { ca: readPem('sslrootcert', root) }),
    ...readFiles(url, { sslcert: 'cert', sslkey: 'key' }),
  }
  if (mode === 'verify-full' || root === 'system') return certificates
  // As in libpq, `require` verifies the certificate only if there is a root certificate, and never the host name.
  if (mode === 'verify-ca' || root !== null) return { ...certificates, checkServerIdentity: () => undefined }
  return { ...certificates, rejectUnauthorized: false }
}

function readFiles(url: URL, names: Record<string, 'cert' | 'key'>): ConnectionOptions {
  const files = Object.entries(names).flatMap(([parameter, option]) => {
    const path = url.searchParams.get(parameter)
    return path === null ? [] : [[option, readPem(parameter, path)]]
  })
  return Object.fromEntries(files)
}

function readPem(parameter: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new SetupError(`DATABASE_URL: ${parameter} cannot be read: ${(error as Error).message}`)
  }
}

function oneOf(url: URL, parameter: string, values: readonly string[]): string | undefined {
  const value = url.searchParams.get(parameter) ?? undefined
  if (value === undefined || values.includes(value)) return value
  throw new SetupError(`DATABASE_URL: ${parameter} is "${value}": it must be one of ${values.join(', ')}`)
}
