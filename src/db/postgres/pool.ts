import { once } from 'node:events'
import { connect as openSocket, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import postgres, { type Options, type Sql } from 'postgres'
import { unavailable } from '../../errors.ts'
import type { Server } from './url.ts'

/** Connections of one server. PostgreSQL works best with some per core of its machine, and each is a process there. */
export const POOL_SIZE = 10

/** Reads that may be on their way on one connection at the same time. */
const PIPELINE_LENGTH = 10

/** How long a connection may take to stand, in milliseconds. */
const CONNECT_TIMEOUT = 3_000

/** How long none is tried after one could not be made: a server that starts is not helped by many callers. */
const CONNECT_PAUSE = 100

/** How long a connection may be unused: shorter than firewalls and balancers remember one. */
const IDLE_TIMEOUT = 60_000

/** How long calls may take to end when the store is closed. */
const CLOSE_TIMEOUT = 3_000

/** PostgreSQL's own texts of values, taken as the stores want them: JSON as text, counts as numbers. */
const TYPES = {
  json: { to: 114, from: [114], serialize: String, parse: String },
  count: { to: 20, from: [20], serialize: String, parse: Number },
}

/** A call of the store. A transaction has a connection alone, behind the reads that are on their way; reads share one. */
export interface Call {
  isTransaction: boolean
  /** What it has been given. */
  connection: Connection | null
  /** Its time is up, and its caller told. */
  isOver: boolean
}

/** A connection as long as it stands: what is lost is never replaced under a transaction that goes on. */
export interface Connection {
  server: Server
  /** Runs statements, one behind the other. */
  sql: Sql
  isOpen: boolean
  /** Calls that have it, and whether one of them is a transaction. */
  calls: number
  isTaken: boolean
  /** When PostgreSQL last answered on it, or was first asked after a pause. */
  heardAt: number
  /** Cuts it; what is on its way fails. */
  destroy(): void
  /** Ends it when what is on its way has been answered. */
  end(): Promise<void>
}

interface Waiter {
  call: Call
  resolve: (connection: Connection) => void
  reject: (error: unknown) => void
}

/** The connections of a store. */
export interface Pool {
  /** Gives a call a connection when there is one; throws `serviceUnavailable` when none can be made. */
  take(call: Call): Promise<Connection>
  /** Takes it back. */
  release(call: Call): void
  /** Gives up the server of a connection, which takes no writes any more. */
  leave(connection: Connection): void
  /** Ends all, when the calls that have one have ended or soon after. */
  close(): Promise<void>
}

/**
 * A pool over the first of the servers that lets us in, and over the next when that is lost. Calls get connections in
 * the order in which they ask; `statementTimeout` (0 for none) is PostgreSQL's own for each of their statements, and
 * `size` how many connections there may be.
 */
export function createPool(servers: readonly Server[], statementTimeout: number, size: number): Pool {
  const connections = new Set<Connection>()
  const waiting: Waiter[] = []
  let place = 0
  let connecting = 0
  let resumeAt = 0
  let failure: unknown
  let isClosed = false
  let onServed = () => {}
  const sweeping = setInterval(endUnused, IDLE_TIMEOUT / 2).unref()

  function take(call: Call): Promise<Connection> {
    return new Promise((resolve, reject) => {
      waiting.push({ call, resolve, reject })
      serve()
    })
  }

  function release(call: Call): void {
    const connection = call.connection as Connection
    call.connection = null
    connection.calls -= 1
    if (call.isTransaction) connection.isTaken = false
    serve()
  }

  /** Gives connections to those who wait, in their order, and makes new ones where that is not enough. */
  function serve(): void {
    while (waiting.length > 0) {
      const { call, resolve } = waiting[0] as Waiter
      const connection = call.isOver ? null : pick()
      if (connection === undefined) break
      waiting.shift()
      if (connection === null) continue
      if (connection.calls === 0) connection.heardAt = performance.now()
      connection.calls += 1
      connection.isTaken = call.isTransaction
      call.connection = connection
      resolve(connection)
    }
    while (connecting < waiting.length && mayConnect()) void add()
    if (connections.size + connecting === 0) refuseWaiting()
    onServed()
  }

  /** An unused connection; where there can be no more, the one with the fewest reads on their way. */
  function pick(): Connection | undefined {
    let found: Connection | undefined
    for (const connection of connections) {
      if (connection.calls === 0) return connection
      if (connection.isTaken || connection.calls >= PIPELINE_LENGTH) continue
      if (found === undefined || connection.calls < found.calls) found = connection
    }
    return mayConnect() ? undefined : found
  }

  function mayConnect(): boolean {
    return connections.size + connecting < size && performance.now() >= resumeAt && !isClosed
  }

  async function add(): Promise<void> {
    connecting += 1
    try {
      const connection = await connect()
      if (isClosed) await connection.end()
      else connections.add(connection)
    } catch (error) {
      failure = error
      resumeAt = performance.now() + CONNECT_PAUSE
      if (connections.size === 0) refuseWaiting()
    }
    connecting -= 1
    serve()
  }

  function refuseWaiting(): void {
    for (const { reject } of waiting.splice(0)) reject(failure ?? unavailable('The database is closed'))
  }

  async function connect(): Promise<Connection> {
    for (let tried = 1; ; tried++) {
      const server = servers[place] as Server
      const connection = openConnection(server, statementTimeout, forget)
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        connection.destroy()
      }, CONNECT_TIMEOUT)
      try {
        await connection.sql.unsafe('SELECT 1')
        return connection
      } catch (error) {
        connection.destroy()
        passOver(server)
        const reason = isLate ? `no answer in ${CONNECT_TIMEOUT / 1000} s` : reasonOf(error)
        if (tried < servers.length) continue
        throw unavailable('The database cannot be reached', new Error(`${server.host}:${server.port}: ${reason}`))
      } finally {
        clearTimeout(timer)
      }
    }
  }

  function passOver(server: Server): void {
    if (servers[place] === server) place = (place + 1) % servers.length
  }

  function leave(connection: Connection): void {
    const { server } = connection
    passOver(server)
    for (const other of connections) {
      // Another transaction learns it by itself, or is committing what it did before.
      if (other.server === server && (other === connection || !other.isTaken)) other.destroy()
    }
  }

  function forget(connection: Connection): void {
    if (connections.delete(connection)) serve()
  }

  function endUnused(): void {
    const before = performance.now() - IDLE_TIMEOUT
    for (const connection of connections) if (connection.calls === 0 && connection.heardAt < before) connection.end()
  }

  async function close(): Promise<void> {
    const isUsed = () => waiting.length > 0 || [...connections].some(({ calls }) => calls > 0)
    const { promise: unused, resolve } = Promise.withResolvers<void>()
    onServed = () => isUsed() || resolve()
    onServed()
    await Promise.race([unused, pause(CLOSE_TIMEOUT, undefined, { ref: false })])
    isClosed = true
    clearInterval(sweeping)
    await Promise.all(
      [...connections].map((connection) => (connection.calls > 0 ? connection.destroy() : connection.end())),
    )
  }

  return { take, release, leave, close }
}

/**
 * A connection of the client library in a pool of its own with one place, which it can fill once: the library would
 * put a new connection in the place of a lost one, and a transaction could go on where it never began.
 */
function openConnection(
  server: Server,
  statementTimeout: number,
  onClose: (connection: Connection) => void,
): Connection {
  const { host, port, user, password, database, tls, primaryOnly, session } = server
  const dialling = new AbortController()
  let socket: Socket | undefined

  async function dial(): Promise<Socket> {
    if (socket !== undefined || dialling.signal.aborted) throw new Error('the connection is closed')
    socket = host.startsWith('/')
      ? openSocket({ path: `${host}/.s.PGSQL.${port}` })
      : openSocket({ host, port, noDelay: true })
    await once(socket, 'connect', { signal: dialling.signal })
    return Object.assign(socket, { host }) // The library sends it as the name in TLS (RFC 6066 §3).
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
      ...session,
      statement_timeout: String(statementTimeout) as unknown as number,
      idle_in_transaction_session_timeout: String(statementTimeout) as unknown as number,
    },
  }
  const connection: Connection = {
    server,
    sql: postgres(options),
    isOpen: true,
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

/** Why a connection could not be made, in one line. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message: string }
  // The library's own word for a standby that it was told to pass over.
  if (code === 'CONNECTION_DESTROYED') return 'it is a standby'
  const [line] = (message || String(code)).split('\n')
  return error instanceof postgres.PostgresError ? `${line} (${code})` : String(line)
}
