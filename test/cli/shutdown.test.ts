import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { refusesConnections, requestInFlight } from '../support/stopping.ts'

async function startServer() {
  const server = startHandset(['serve', '--json'], { cwd: await makeDirectory(), env: { PORT: '0' } })
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

describe('a server with a drain time', () => {
  it('still serves after SIGTERM, but is not ready and closes connections', async () => {
    const server = startHandset(['serve', '--json'], {
      cwd: await makeDirectory(),
      env: { PORT: '0', HANDSET_DRAIN_TIME: '2' },
    })
    const { address, key } = JSON.parse((await server.printed(/\{[^}]+\}/))[0])
    const ready = async () => (await fetch(`${address}/health/ready`)).status
    assert.equal(await ready(), 200)
    server.signal('SIGTERM')
    while ((await ready()) !== 503);
    const headers = { authorization: `Bearer ${key}` }
    const response = await fetch(`${address}/projects/demo/devices`, { headers })
    assert.deepEqual([response.status, response.headers.get('connection')], [200, 'close'])
    assert.equal((await server.ended).code, 0)
  })
})
