import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { version } from '../../src/version.ts'
import { createDevice } from '../support/factories.ts'
import { startServer } from '../support/server.ts'
import { engine } from '../support/store.ts'

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

  it('has one line for a request whose client disconnects, with a status of its own', async () => {
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    const head = [
      'POST /projects/demo/devices HTTP/1.1',
      'Host: handset',
      `Authorization: Bearer ${demo.token}`,
      'Content-Type: application/json',
      'Content-Length: 20',
      'X-Request-Id: the-one-who-left',
      'Expect: 100-continue',
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    await once(socket, 'data') // 100 Continue
    socket.destroy()
    const own = () => server.log.lines().filter((line) => line.includes('the-one-who-left'))
    while (own().length === 0) await setImmediate()
    // The server has noticed by the time that it has answered others.
    await demo.call('GET', './devices')
    assert.equal(own().length, 1)
    const { msg, operation, status, aborted, project } = JSON.parse(own()[0] as string)
    assert.deepEqual(
      { msg, operation, status, aborted, project },
      { msg: 'disconnected', operation: 'DevicesCreate', status: 499, aborted: true, project: 'demo' },
    )
    assert.match(await metrics(), /_count\{operation="DevicesCreate",status="499"\} 1\b/)
  })

  it('has no line at level info for a probe that succeeds', async () => {
    const headers = { 'x-request-id': 'a-probe' }
    for (const path of ['/health/live', '/health/ready', '/metrics']) await fetch(server.url + path, { headers })
    const lines = server.log.lines().map((line) => JSON.parse(line))
    assert.deepEqual(
      lines.filter(({ reqId, level }) => reqId === 'a-probe' && level >= 30),
      [],
    )
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

  it('shows the version, the start, requests in progress, and the size of the store', async () => {
    const text = await metrics()
    assert.ok(text.includes(`handset_build_info{version="${version}"} 1`))
    const read = (name: string) => Number(new RegExp(`^${name} (\\d\\S*)$`, 'm').exec(text)?.[1])
    assert.ok(read('handset_start_time_seconds') <= Date.now() / 1000)
    assert.ok(read('handset_requests_in_progress') >= 0)
    assert.ok(read('handset_store_bytes') > 0)
    const ofEngine = {
      sqlite: ['handset_store_log_bytes'],
      postgres: ['handset_store_connections', 'handset_store_waiting'],
    }
    for (const name of ofEngine[engine]) assert.ok(read(name) >= 0, name)
  })

  it('is in the format of OpenMetrics for clients that prefer it', async () => {
    const read = async (accept: string) => {
      const response = await fetch(`${server.url}/metrics`, { headers: { accept } })
      return { type: response.headers.get('content-type') ?? '', text: await response.text() }
    }
    const prometheus = 'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
    const { type, text } = await read(prometheus)
    assert.match(type, /^application\/openmetrics-text; version=1\.0\.0/)
    assert.match(text, /\n# EOF\n$/)
    assert.match(text, /^# TYPE handset_events_written counter\nhandset_events_written_total \d+$/m)
    for (const accept of ['*/*', 'text/plain', 'text/plain, application/openmetrics-text;q=0.5']) {
      assert.match((await read(accept)).type, /^text\/plain; version=0\.0\.4/)
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
