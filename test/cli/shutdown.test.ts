import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { connectRaw, type RawConnection, type RawResponse } from '../support/raw-connection.ts'
import { refusesConnections, requestInFlight } from '../support/stopping.ts'

async function startServer(env: Record<string, string> = {}) {
  const server = startHandset(['serve', '--json'], { cwd: await makeDirectory(), env: { PORT: '0', ...env } })
  const [text] = await server.printed(/\{[^}]+\}/)
  return { ...server, ...(JSON.parse(text) as { address: string; key: string }) }
}

describe('a server asked to stop', () => {
  it('stops accepting, finishes requests in progress and exits with 0', async () => {
    const server = await startServer()
    const outgoing = await requestInFlight(`${server.address}/projects/demo/devices`, server.key)
    server.signal('SIGTERM')
    await refusesConnections(server.address)
    outgoing.end('{"imei":"492388841798923"}')
    const [answer] = await once(outgoing, 'response')
    assert.equal(answer.statusCode, 201)
    answer.resume()
    assert.equal((await server.ended).code, 0)
  })

  it('exits immediately at a second signal', async () => {
    const server = await startServer()
    const outgoing = await requestInFlight(`${server.address}/projects/demo/devices`, server.key)
    outgoing.on('error', () => {})
    server.signal('SIGTERM')
    await refusesConnections(server.address)
    server.signal('SIGTERM')
    assert.notEqual((await server.ended).code, 0)
  })

  it('exits with 0 at Ctrl-C when no request is in progress', async () => {
    const server = await startServer()
    server.signal('SIGINT')
    assert.equal((await server.ended).code, 0)
  })
})

/** Lists devices on an open connection. */
function list(connection: RawConnection, key: string): Promise<RawResponse | null> {
  connection.write(`GET /projects/demo/devices HTTP/1.1\r\nHost: handset\r\nAuthorization: Bearer ${key}\r\n\r\n`)
  return connection.answer()
}

describe('a server with a drain time', () => {
  it('still serves after SIGTERM, on new and open connections, but is not ready and closes them', async () => {
    const { address, key, signal, ended } = await startServer({ HANDSET_DRAIN_TIME: '2' })
    const ready = async () => (await fetch(`${address}/health/ready`)).status
    const open = await connectRaw(address)
    await list(open, key)
    assert.equal(await ready(), 200)
    signal('SIGTERM')
    while ((await ready()) !== 503);
    assert.equal((await fetch(`${address}/health/live`)).status, 200)
    for (const connection of [open, await connectRaw(address)]) {
      const response = await list(connection, key)
      assert.deepEqual([response?.status, response?.headers.connection], [200, 'close'])
      assert.equal(await connection.answer(), null)
    }
    assert.equal((await ended).code, 0)
  })

  it('then closes idle connections, and finishes requests whose bodies are still arriving', async () => {
    const { address, key, signal, ended } = await startServer({ HANDSET_DRAIN_TIME: '1' })
    const idle = await connectRaw(address)
    await list(idle, key)
    const outgoing = await requestInFlight(`${address}/projects/demo/devices`, key)
    signal('SIGTERM')
    await refusesConnections(address)
    assert.equal(await idle.answer(), null)
    outgoing.end('{"imei":"492388841798923"}')
    const [answer] = await once(outgoing, 'response')
    assert.deepEqual([answer.statusCode, answer.headers.connection], [201, 'close'])
    answer.resume()
    assert.equal((await ended).code, 0)
  })
})
