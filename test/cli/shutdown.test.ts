import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type ClientRequest, request } from 'node:http'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

async function startServer() {
  const server = startHandset(['serve', '--json'], { cwd: await makeDirectory(), env: { PORT: '0' } })
  const [text] = await server.printed(/\{[^}]+\}/)
  return { ...server, ...(JSON.parse(text) as { address: string; key: string }) }
}

/** A request of which the server has the headers and not yet the body. */
async function requestInHand({ address, key }: { address: string; key: string }): Promise<ClientRequest> {
  const outgoing = request(`${address}/projects/demo/devices`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', expect: '100-continue' },
  })
  outgoing.flushHeaders()
  await once(outgoing, 'continue')
  return outgoing
}

/** Resolves when nothing listens at the address any more. */
async function refusesConnections(address: string): Promise<void> {
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

describe('a server asked to stop', () => {
  it('stops accepting, finishes what is in hand and exits 0', async () => {
    const server = await startServer()
    const outgoing = await requestInHand(server)
    server.signal('SIGTERM')
    await refusesConnections(server.address)
    outgoing.end('{"imei":"492388841798923"}')
    const [answer] = await once(outgoing, 'response')
    assert.equal(answer.statusCode, 201)
    answer.resume()
    assert.equal((await server.ended).code, 0)
  })

  it('ends at once at a second signal', async () => {
    const server = await startServer()
    const outgoing = await requestInHand(server)
    outgoing.on('error', () => {})
    server.signal('SIGTERM')
    await refusesConnections(server.address)
    server.signal('SIGTERM')
    assert.notEqual((await server.ended).code, 0)
  })

  it('exits 0 at Ctrl-C when nothing is in hand', async () => {
    const server = await startServer()
    server.signal('SIGINT')
    assert.equal((await server.ended).code, 0)
  })
})
