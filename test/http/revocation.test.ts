import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { describe, it } from 'node:test'
import { createKey, revokeKey } from '../../src/resources/api-keys/api-keys.ts'
import { fillDevices, makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

function call(method: string, path: string, token: string, type?: string) {
  const headers = { authorization: `Bearer ${token}`, ...(type === undefined ? {} : { 'content-type': type }) }
  const outgoing = request(`${server.url}/projects/demo/devices/${path}`, { method, headers })
  outgoing.on('error', () => {})
  return outgoing
}

describe('a revoked key', () => {
  it('ends a running import at its next batch', async () => {
    const key = await createKey(server.context, demo.project, { name: 'import', role: 'admin' })
    const outgoing = call('POST', 'import', key.token, 'application/x-ndjson')
    const before = makeImei()
    const after = makeImei()
    outgoing.write(`${JSON.stringify({ imei: before })}\n`)
    const listed = async () => (await demo.call('GET', './devices?limit=200')).body.items
    while ((await listed()).length === 0);
    await revokeKey(server.context, demo.project, key.id)
    outgoing.write(`${JSON.stringify({ imei: after })}\n`)
    const [response] = await once(outgoing, 'response')
    let rest = ''
    for await (const chunk of response) rest += chunk
    outgoing.destroy()
    assert.match(rest, /"type":"unauthenticated"/)
    assert.match(rest, /"rows":1,.*"complete":false/)
    const imeis = (await listed()).map(({ imei }: { imei: string }) => imei)
    assert.deepEqual(imeis, [before])
  })

  it('cuts off a running export', async () => {
    const rows = Array.from({ length: 30_000 }, () => ({ imei: makeImei(), name: 'x'.repeat(255) }))
    await fillDevices(server.context, demo, rows)
    const key = await createKey(server.context, demo.project, { name: 'export', role: 'admin' })
    const outgoing = call('GET', 'export', key.token).end()
    const [response] = await once(outgoing, 'response')
    await once(response, 'data')
    response.pause()
    await revokeKey(server.context, demo.project, key.id)
    await assert.rejects(async () => {
      for await (const _chunk of response);
    }, /aborted/)
  })
})
