import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

async function metrics(): Promise<string> {
  const response = await fetch(`${server.url}/metrics`)
  assert.equal(response.status, 200)
  return response.text()
}

describe('the log', () => {
  it('has one line per request, with its id, operation, status, duration, project and token', async () => {
    const device = await createDevice(demo)
    const headers = { 'x-request-id': 'the-request-in-question' }
    await demo.call('GET', `./devices/${device.id}`, { headers })
    const lines = server.log.lines().map((line) => JSON.parse(line))
    const own = lines.filter((line) => line.reqId === 'the-request-in-question')
    assert.equal(own.length, 1)
    const { operation, status, milliseconds, project, token, method } = own[0]
    assert.deepEqual(
      { operation, status, project, method },
      {
        operation: 'DevicesRetrieve',
        status: 200,
        project: 'demo',
        method: 'GET',
      },
    )
    assert.ok(milliseconds > 0)
    assert.match(token, /^key_/)
  })

  it('contains no personal value, whatever is sent and however it fails', async () => {
    const imei = '353281110000018'
    const email = 'unlucky@example.com'
    server.log.rememberValue(imei)
    server.log.rememberValue(email)
    await demo.call('GET', `./devices/${imei}`)
    await demo.call('GET', `./devices?imei=${imei}&email=${email}`)
    await demo.call('GET', `/${imei}`)
    await demo.call('POST', './devices', { raw: `{"imei":"${imei}",`, headers: { 'content-type': 'application/json' } })
    await demo.call('POST', './devices', { body: { imei: `${imei}x`, user: email } })
    await server.clientWith(imei)('GET', '/projects')
    assert.ok(server.log.lines().length >= 6)
    server.log.assertClean()
  })
})

describe('/metrics', () => {
  it('counts and times requests by operation and status', async () => {
    await createDevice(demo)
    await demo.call('POST', './devices', { body: {} })
    const text = await metrics()
    const count = (status: number) =>
      Number(
        new RegExp(
          `handset_http_request_duration_seconds_count\\{operation="DevicesCreate",status="${status}"\\} (\\d+)`,
        ).exec(text)?.[1],
      )
    assert.ok(count(201) >= 1)
    assert.ok(count(422) >= 1)
  })

  it('times the store and describes the process', async () => {
    const text = await metrics()
    for (const name of ['handset_store_duration_seconds_count{call="transaction"}', 'process_resident_memory_bytes']) {
      assert.ok(text.includes(name), name)
    }
  })

  it('has no label for a project, a caller or an object', async () => {
    const device = await createDevice(demo)
    await demo.call('GET', `./devices/${device.id}`)
    const text = await metrics()
    for (const value of [demo.project.id, device.id, device.imei, demo.token]) assert.ok(!text.includes(value), value)
  })
})

describe('health', () => {
  it('is live and ready without a token', async () => {
    for (const [path, status] of [
      ['live', 'live'],
      ['ready', 'ready'],
    ]) {
      const response = await fetch(`${server.url}/health/${path}`)
      assert.equal(response.status, 200)
      assert.deepEqual(await response.json(), { status })
      assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    }
  })
})
