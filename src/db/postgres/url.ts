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
  /** Whether statements are prepared: a connection pooler may not support it. */
  preparesStatements: boolean
  /** Settings of the session (PostgreSQL's run-time parameters). */
  session: Record<string, string>
}

/** Parameters of libpq for the client. All others are settings of the session, which the server validates. */
const CLIENT_PARAMETERS = new Set([
  'channel_binding',
  'connect_timeout',
  'gssencmode',
  'prepared_statements',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslrootcert',
  'target_session_attrs',
])

const TLS_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']
const SESSION_ATTRIBUTES = ['any', 'read-write', 'primary']

const EXAMPLE = 'postgres://user:password@host:5432/database'

/** Parameters that people write out of habit, and what to write instead. */
const ADVICE: Readonly<Record<string, string>> = {
  host: 'write the host before the database; encode the directory of a socket: postgres://user@%2Frun%2Fpostgresql/handset',
  hostaddr: `write the address as the host: ${EXAMPLE}`,
  port: `write the port after the host: ${EXAMPLE}`,
  user: `write the user before the host: ${EXAMPLE}`,
  password: 'write the password before the host, or set PGPASSWORD',
  dbname: `write the database as the path: ${EXAMPLE}`,
  database: `write the database as the path: ${EXAMPLE}`,
  ssl: 'write sslmode=require or sslmode=verify-full',
  tls: 'write sslmode=require or sslmode=verify-full',
  schema: 'write search_path=NAME',
  pgbouncer: 'write prepared_statements=0',
}

/** What to write for a character that ends the user and password of a URL too early. */
const ESCAPES: Readonly<Record<string, string>> = { '/': '%2F', '?': '%3F', '#': '%23' }

/**
 * Parses `postgres://user:password@one:5432,two:5432/database?…` into the servers that it names, in its order. Its
 * parameters are those of libpq (PostgreSQL documentation §34.1.2): `sslmode`, `sslrootcert`, `sslcert`, `sslkey` and
 * `target_session_attrs`; and `prepared_statements`, 0 or 1. A host may be the percent-encoded directory of a Unix
 * socket.
 *
 * Throws a `SetupError` that says what is wrong and never shows the password.
 */
export function parseServers(url: string, preparesStatements = true): Server[] {
  const [, start, hosts, end = ''] = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#]+)([/?#].*)?$/s.exec(url) ?? []
  if (hosts === undefined || hosts.endsWith('@')) throw new SetupError(schemeProblem(url))
  const problem = userInfoProblem(start as string, end)
  if (problem !== undefined) throw new SetupError(`DATABASE_URL ${problem}`)
  const names = hosts.split(',')
  return names
    .map((name) => parseServer(`${start}${name}${end}`, names.length > 1))
    .map((server) => ({ ...server, preparesStatements: server.preparesStatements && preparesStatements }))
}

function schemeProblem(url: string): string {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url) ?? []
  if (scheme === undefined) return `DATABASE_URL must be a URL such as ${EXAMPLE}`
  if (/^postgres(ql)?$/.test(scheme)) return `DATABASE_URL names no host: write it as ${EXAMPLE}`
  return `DATABASE_URL starts with ${scheme}://, but must be like ${EXAMPLE}`
}

/** Returns what is wrong with a user name and password if a special character in them was not encoded. */
function userInfoProblem(start: string, end: string): string | undefined {
  // The part of a password after an unencoded slash would be mistaken for a database, and printed as one.
  if (end.includes('@')) {
    const found = end[0] as string
    return `contains "${found}" before an "@": in a user name or password, write ${ESCAPES[found]} instead`
  }
  if (/%(?![0-9a-f]{2})/i.test(start)) return 'contains a "%" in the user name or password: write %25 instead'
  if (/\s/.test(start)) return 'contains white space: in a user name or password, write %20 instead'
  return undefined
}

function parseServer(text: string, isOneOfSeveral: boolean): Server {
  try {
    const url = new URL(text)
    for (const [name, advice] of Object.entries(ADVICE)) {
      if (url.searchParams.has(name)) throw new SetupError(`DATABASE_URL has the parameter ${name}: ${advice}`)
    }
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
      preparesStatements: oneOf(url, 'prepared_statements', ['0', '1']) !== '0',
      session: Object.fromEntries([...url.searchParams].filter(([name]) => !CLIENT_PARAMETERS.has(name))),
    }
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(
      `DATABASE_URL is not a valid URL: is its port a number, and are special characters of the password percent-encoded?`,
    )
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
