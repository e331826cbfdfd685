import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { it } from 'node:test'
import { startServer } from '../support/server.ts'

/** A port that is free at the moment. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const metricsPort = await freePort()
const server = await startServer({ settings: { metricsPort } })

it('serves metrics on the port of HANDSET_METRICS_PORT only', async () => {
  const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain/)
  assert.match(await response.text(), /^handset_workers 1$/m)
  assert.equal((await fetch(`http://127.0.0.1:${metricsPort}/projects`)).status, 404)
  assert.equal((await fetch(`${server.url}/metrics`)).status, 401)
})
