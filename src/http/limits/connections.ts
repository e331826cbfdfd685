import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpSettings } from '../../config.ts'
import { answerClientError, TOO_MANY_CONNECTIONS } from '../request/client-errors.ts'
import { createConnectingNetwork } from './client-address.ts'
import { createShares } from './shares.ts'

type Terms = Pick<HttpSettings, 'maxConnections' | 'addressConnections' | 'trustedProxies'>

/**
 * Limits the open connections of this process, and those of each address: beyond that, the response is 429 and the
 * connection is closed. Trusted proxies have no limit of their own, because they serve many clients.
 */
export function limitConnections(server: Server, { maxConnections, addressConnections, trustedProxies }: Terms): void {
  const addresses = createShares(addressConnections)
  const networkOf = createConnectingNetwork(trustedProxies)
  server.maxConnections = maxConnections
  server.on('connection', (socket: Socket) => {
    const network = networkOf(socket)
    if (network === null) return
    if (addresses.take(network)) socket.once('close', () => addresses.release(network))
    else answerClientError(TOO_MANY_CONNECTIONS, socket)
  })
}
