import { once } from 'node:events'
import { type Agent, type ClientRequest, request } from 'node:http'
import { connect } from 'node:net'

/** A POST whose headers the server has received, but not its body. */
export async function requestInFlight(url: string, key: string, agent?: Agent): Promise<ClientRequest> {
  const outgoing = request(url, {
    method: 'POST',
    ...(agent && { agent }),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', expect: '100-continue' },
  })
  outgoing.flushHeaders()
  await once(outgoing, 'continue')
  return outgoing
}

/** Resolves once nothing listens at the address any more. */
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
