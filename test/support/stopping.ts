import { once } from 'node:events'
import { type Agent, type ClientRequest, request } from 'node:http'
import { connect } from 'node:net'

/** A POST of which the server has the headers and not yet the body. */
export async function requestInHand(url: string, key: string, agent?: Agent): Promise<ClientRequest> {
  const outgoing = request(url, {
    method: 'POST',
    ...(agent && { agent }),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', expect: '100-continue' },
  })
  outgoing.flushHeaders()
  await once(outgoing, 'continue')
  return outgoing
}

/** Resolves when nothing listens at the address any more. */
export async function refusesConnections(address: string): Promise<void> {
  const { hostname, port } = new URL(address)
  for (;;) {
    const socket = connect(Number(port), hostname)
    const refused = await once(socket, 'connect').then(
      () => false,
      () => true,
    )
    socket.destroy()
    if (refused) return
  }
}
