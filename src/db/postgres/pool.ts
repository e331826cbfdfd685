import { setTimeout as pause } from 'node:timers/promises'
import { unavailable } from '../../errors.ts'
import type { StoreGauge } from '../port.ts'
import { CLOSE_TIMEOUT, type Connection } from './connection.ts'
import { createConnector } from './connector.ts'
import type { Server } from './url.ts'

/** Connections of one process. PostgreSQL works best with a few per core of its machine, and runs a process for each. */
export const POOL_SIZE = 10

/** How many reads may be in flight on one connection. */
const PIPELINE_LENGTH = 10

/** How long to wait after a failure to connect, in milliseconds: many callers do not help a server that is starting. */
const CONNECT_PAUSE = 100

/** How long a connection may be idle, in milliseconds: less than the idle timeouts of firewalls and load balancers. */
const IDLE_TIMEOUT = 60_000

/** A call of the store. A transaction has a connection to itself, after the reads in flight; reads share one. */
export interface Call {
  isTransaction: boolean
  connection: Connection | null
  /** It has timed out, and its caller has the error. */
  isOver: boolean
}

interface Waiter {
  call: Call
  resolve: (connection: Connection) => void
  reject: (error: unknown) => void
}

/** The connections of a store. */
export interface Pool {
  /** Waits for a connection for a call. Throws `serviceUnavailable` if none can be made. */
  take(call: Call): Promise<Connection>
  /** Takes the connection of a call back. */
  release(call: Call): void
  /** Leaves the server of a connection, which no longer takes writes. */
  leave(connection: Connection): void
  /** The metrics of the pool. */
  gauges: readonly StoreGauge[]
  /** Ends all connections once their calls have ended, but waits for calls only for a short time. */
  close(): Promise<void>
}

/**
 * Creates a pool over the first server that accepts a connection, and over the next one when that is lost. Calls get
 * connections in the order in which they ask. `statementTimeout` is PostgreSQL's own, in milliseconds (0 for none).
 */
export function createPool(servers: readonly Server[], statementTimeout: number, size: number): Pool {
  const connections = new Set<Connection>()
  const waiting: Waiter[] = []
  const connector = createConnector(servers, statementTimeout, forget)
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

  /** Gives connections to waiting calls, in their order, and opens more if there are not enough. */
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
    if (connections.size + connecting === 0) rejectWaiting()
    onServed()
  }

  /** An unused connection. If there are none and no more may be opened, the one with the fewest reads in flight. */
  function pick(): Connection | undefined {
    let found: Connection | undefined
    for (const connection of connections) {
      if (connection.calls === 0) return connection
      // A pooler in transaction mode can take the server connection away while a second read is being sent, and the
      // answer to that read never arrives.
      if (connection.isTaken || connection.isPooled || connection.calls >= PIPELINE_LENGTH) continue
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
      const connection = await connector.connect()
      if (isClosed) await connection.end()
      else connections.add(connection)
    } catch (error) {
      failure = error
      resumeAt = performance.now() + CONNECT_PAUSE
      if (connections.size === 0) rejectWaiting()
    }
    connecting -= 1
    serve()
  }

  function rejectWaiting(): void {
    for (const { reject } of waiting.splice(0)) reject(failure ?? unavailable('The database is closed'))
  }

  function leave(connection: Connection): void {
    const { server } = connection
    connector.skip(server)
    for (const other of connections) {
      // Another transaction finds out by itself, or is committing changes that it made before.
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

  const gauges: StoreGauge[] = [
    {
      name: 'handset_store_connections',
      help: 'Open connections to PostgreSQL.',
      read: () => connections.size,
      aggregator: 'sum',
    },
    {
      name: 'handset_store_waiting',
      help: 'Calls that wait for a connection to PostgreSQL.',
      read: () => waiting.length,
      aggregator: 'sum',
    },
  ]
  return { take, release, leave, gauges, close }
}
