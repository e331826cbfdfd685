import { unavailable } from '../../errors.ts'
import { type Connection, connectFailure, initialise, openConnection } from './connection.ts'
import type { Server } from './url.ts'

/** How long connecting may take, in milliseconds. */
const CONNECT_TIMEOUT = 3_000

/** Connects to one of several servers. */
export interface Connector {
  /** Tries each server once, from the current one on. Throws `serviceUnavailable` if none accepts a connection. */
  connect(): Promise<Connection>
  /** Moves on to the next server, unless another call already has. */
  skip(server: Server): void
}

/** `statementTimeout` is PostgreSQL's own, in milliseconds. `onClose` is called when a connection has closed. */
export function createConnector(
  servers: readonly Server[],
  statementTimeout: number,
  onClose: (connection: Connection) => void,
): Connector {
  let place = 0

  function skip(server: Server): void {
    if (servers[place] === server) place = (place + 1) % servers.length
  }

  async function connect(): Promise<Connection> {
    for (let tried = 1; ; tried++) {
      const server = servers[place] as Server
      const connection = openConnection(server, onClose)
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        connection.destroy()
      }, CONNECT_TIMEOUT)
      try {
        await initialise(connection, statementTimeout)
        return connection
      } catch (error) {
        connection.destroy()
        skip(server)
        const reason = isLate ? `no response within ${CONNECT_TIMEOUT / 1000} s` : connectFailure(error)
        if (tried < servers.length) continue
        throw unavailable('The database cannot be reached', new Error(`${server.host}:${server.port}: ${reason}`))
      } finally {
        clearTimeout(timer)
      }
    }
  }

  return { connect, skip }
}
