import { once } from 'node:events'
import { connect as openSocket, type Socket } from 'node:net'
import postgres, { type Options, type Sql } from 'postgres'
import type { Server } from './url.ts'

/** How long a connection may take to end, in milliseconds. */
export const CLOSE_TIMEOUT = 3_000

/** How PostgreSQL's values are read: JSON as text, counts as numbers. */
const TYPES = {
  json: { to: 114, from: [114], serialize: String, parse: String },
  count: { to: 20, from: [20], serialize: String, parse: Number },
}

/** A connection. A lost one is never replaced, so no transaction can continue on another. */
export interface Connection {
  server: Server
  /** The client library, which runs statements one after another. */
  sql: Sql
  isOpen: boolean
  /** Whether a connection pooler is between us and PostgreSQL. Set by `initialise`. */
  isPooled: boolean
  /** How many calls use it, and whether one of them is a transaction. */
  calls: number
  isTaken: boolean
  /** When PostgreSQL last answered on it, or when the first call after a pause was sent. */
  heardAt: number
  /** Cuts the connection; statements in flight fail. */
  destroy(): void
  /** Ends the connection once the statements in flight are answered. */
  end(): Promise<void>
}

/**
 * Opens a connection: a pool of the client library with a single slot, which it can fill only once. By default the
 * library would replace a lost connection, and a transaction could continue on one where it never began.
 */
export function openConnection(server: Server, onClose: (connection: Connection) => void): Connection {
  const { host, port, user, password, database, tls, primaryOnly, preparesStatements, session } = server
  const dialling = new AbortController()
  let socket: Socket | undefined

  async function dial(): Promise<Socket> {
    if (socket !== undefined || dialling.signal.aborted) throw new Error('the connection is closed')
    socket = host.startsWith('/')
      ? openSocket({ path: `${host}/.s.PGSQL.${port}` })
      : openSocket({ host, port, noDelay: true })
    await once(socket, 'connect', { signal: dialling.signal })
    return Object.assign(socket, { host }) // The library sends it as the server name in TLS (RFC 6066 §3).
  }

  function close(): void {
    connection.isOpen = false
    onClose(connection)
  }

  const options: Options<typeof TYPES> & { socket: () => Promise<Socket> } = {
    host,
    port,
    user,
    pass: password,
    database,
    ssl: tls,
    max: 1,
    idle_timeout: 0,
    connect_timeout: 0,
    max_lifetime: null,
    fetch_types: false,
    types: TYPES,
    onnotice: () => {},
    onclose: close,
    socket: dial,
    ...(primaryOnly ? { target_session_attrs: 'primary' } : {}),
    connection: {
      application_name: 'handset',
      // Nothing else by default: a connection pooler rejects parameters that it does not know.
      ...session,
    },
    prepare: preparesStatements,
  }
  const connection: Connection = {
    server,
    sql: postgres(options),
    isOpen: true,
    isPooled: false,
    calls: 0,
    isTaken: false,
    heardAt: performance.now(),
    destroy() {
      close()
      dialling.abort()
      socket?.destroy()
    },
    async end() {
      close()
      await connection.sql.end({ timeout: CLOSE_TIMEOUT / 1000 })
    },
  }
  return connection
}

/**
 * Connects, and limits the time of statements on the server, in milliseconds (0 for no limit). Behind a connection pooler
 * a setting would stay for the next client, so there only transactions set their limit: see `limitsOf`.
 */
export async function initialise(connection: Connection, statementTimeout: number): Promise<void> {
  const [row, { pid }] = await connection.sql
    .unsafe<{ pid: number }[]>('SELECT pg_backend_pid() AS pid')
    .then((rows) => [rows[0], rows.state] as const)
  // The client gets the id of the process that it connects to. That of a pooler is not the server's.
  connection.isPooled = row?.pid !== pid
  if (!connection.isPooled) await connection.sql.unsafe(limitsOf(statementTimeout, 'SET'))
}

/**
 * The statements that limit how long a statement takes, and how long a transaction may pause between two statements.
 */
export function limitsOf(statementTimeout: number, set: 'SET' | 'SET LOCAL'): string {
  return ['statement_timeout', 'idle_in_transaction_session_timeout']
    .map((name) => `${set} ${name} = ${statementTimeout}`)
    .join('; ')
}

/** Why a connection could not be made, in one line. */
export function connectFailure(error: unknown): string {
  const { code, message } = error as { code?: string; message: string }
  // The library's error for a standby, which it was configured to skip.
  if (code === 'CONNECTION_DESTROYED') return 'it is a standby'
  const [line] = (message || String(code)).split('\n')
  return error instanceof postgres.PostgresError ? `${line} (${code})` : String(line)
}
