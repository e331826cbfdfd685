import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer({ settings: { exportTimeout: 1 } })
const { call, token } = await server.addProject('acme', 'test')

/** 20 MB: more than the buffers of a connection hold. */
const DEVICES = 8_000
const METADATA = Object.fromEntries(Array.from({ length: 10 }, (_, key) => [`key${key}`, 'y'.repeat(250)]))

const lines = Array.from({ length: DEVICES }, () => JSON.stringify({ imei: makeImei(), metadata: METADATA }))
const headers = { 'content-type': 'application/x-ndjson' }
const { body: results } = await call('POST', './devices/import', { raw: `${lines.join('\n')}\n`, headers })
assert.equal(results[0].status, 'created', JSON.stringify(results[0]))

it('cuts off an export that takes longer than HANDSET_EXPORT_TIMEOUT, and logs why', async () => {
  const outgoing = request(`${server.url}/projects/acme/devices/export`, {
    headers: { authorization: `Bearer ${token}` },
  })
  outgoing.end()
  const [response] = await once(outgoing, 'response')
  assert.equal(response.statusCode, 200)
  let bytes = 0
  await assert.rejects(async () => {
    for await (const chunk of response) {
      bytes += chunk.length
      // A client that reads about 3 MB a second never keeps the server waiting for long.
      await pause(20)
    }
  }, /aborted/)
  assert.ok(bytes > 0)
  assert.match(server.log.lines().join(''), /"reason":"It took longer than 1 s".*"msg":"export cut off"/)
})
