import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { after } from 'node:test'

/** A network between two programs that can be made to fail. */
export interface TcpProxy {
  port: number
  /** Closes all connections, and every new one immediately. */
  cut(): void
  /** Silently drops all data. */
  silence(): void
  /** Forwards data again. Connections that lost data stay broken. */
  restore(): void
}

/** A proxy for a loopback port, which ends after the test or file that starts it. */
export async function startTcpProxy(upstreamPort: number): Promise<TcpProxy> {
  let state: 'open' | 'cut' | 'silent' = 'open'
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    keep(client)
    if (state === 'cut') return client.destroy()
    if (state === 'silent') return client.resume()
    const upstream = connect(upstreamPort, '127.0.0.1')
    keep(upstream)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (bytes) => state === 'silent' || to.destroyed || to.write(bytes))
      from.on('close', () => to.destroy())
    }
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  after(() => {
    server.close()
    destroyAll()
  })
  return {
    port: (server.address() as { port: number }).port,
    cut() {
      state = 'cut'
      destroyAll()
    },
    silence() {
      state = 'silent'
    },
    restore() {
      // Both ends miss the dropped data, so such a connection would hang forever.
      if (state === 'silent') destroyAll()
      state = 'open'
    },
  }
}
