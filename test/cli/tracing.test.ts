import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { startReceiver } from '../support/receiver.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER_SPAN = '00f067aa0ba902b7'
const EMAIL = 'traced.person@example.com'

interface TracedServer {
  key: string
  call(method: string, path: string, body?: object): Promise<Response>
  create(path: string, body: object): Promise<{ id: string }>
  /** Sends the head of a request that creates a device, and disconnects before its response. */
  leave(): Promise<void>
  /** Its metrics in the format that can have exemplars. */
  metrics(): Promise<string>
  /** Stops it, so that all spans are sent. Returns its log. */
  stop(): Promise<string>
}

/** Starts a server with two workers that sends its traces to this collector. Its requests are parts of one trace. */
async function startTraced({ url }: OtlpReceiver, env: Record<string, string> = {}): Promise<TracedServer> {
  const server = startHandset(['serve', '--json', '--workers', '2'], {
    cwd: await makeDirectory(),
    env: {
      PORT: '0',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
      HANDSET_WEBHOOK_NETWORKS: '127.0.0.1',
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      ...env,
    },
  })
  const { address, key } = JSON.parse((await server.printed(/\{[^}]+\}/))[0])
  const call: TracedServer['call'] = (method, path, body) =>
    fetch(`${address}/projects/demo/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        traceparent: `00-${TRACE_ID}-${CALLER_SPAN}-01`,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
  return {
    key,
    call,
    async leave() {
      const { hostname, port } = new URL(address)
      const socket = connect(Number(port), hostname)
      const head = [
        'POST /projects/demo/devices HTTP/1.1',
        'Host: handset',
        `Authorization: Bearer ${key}`,
        'Content-Type: application/json',
        'Content-Length: 20',
        'Expect: 100-continue',
      ]
      socket.write(`${head.join('\r\n')}\r\n\r\n`)
      await once(socket, 'data')
      socket.destroy()
    },
    create: async (path, body) => (await (await call('POST', path, body)).json()) as { id: string },
    async metrics() {
      const response = await fetch(`${address}/metrics`, { headers: { accept: 'application/openmetrics-text' } })
      return response.text()
    },
    async stop() {
      server.signal('SIGTERM')
      const { code, stderr } = await server.ended
      assert.equal(code, 0, stderr)
      return stderr
    },
  }
}

describe('tracing', async () => {
  const collector = await startOtlpReceiver()
  const receiver = await startReceiver()
  const { promise: delivered, resolve } = Promise.withResolvers<void>()
  receiver.respond = (response) => {
    response.writeHead(500).end()
    resolve()
  }
  const server = await startTraced(collector, {
    OTEL_SERVICE_NAME: 'handset-of-a-test',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=testing',
  })
  const endpoint = await server.create('webhookEndpoints', { url: receiver.url, eventTypes: ['com.gigs.user.*'] })
  const user = await server.create('users', { email: EMAIL })
  await delivered
  assert.equal((await server.call('GET', `users/${user.id}`)).status, 200)
  await server.leave()
  const metrics = await server.metrics()
  const log = await server.stop()
  const { spans } = collector
  const named = (name: string) => spans.filter((span) => span.name === name)

  it("sends a span for each request to the collector that OpenTelemetry's variables name, in the caller's trace", () => {
    const [request] = named('POST /projects/:project/users')
    assert.ok(request)
    assert.deepEqual([request.traceId, request.parentId], [TRACE_ID, CALLER_SPAN])
    assert.equal(request.attributes['http.response.status_code'], 201)
    assert.equal(request.resource['service.name'], 'handset-of-a-test')
    assert.equal(request.resource['deployment.environment.name'], 'testing')
  })

  it('sends a span for each statement of a request, with its kind and its table', () => {
    const [request] = named('POST /projects/:project/users')
    const [transaction] = spans.filter(({ name, parentId }) => name === 'transaction' && parentId === request?.spanId)
    const inserts = spans.filter(({ parentId }) => parentId === transaction?.spanId).map(({ name }) => name)
    assert.ok(inserts.includes('INSERT users') && inserts.includes('INSERT events'), inserts.join())
    const [insert] = named('INSERT users')
    assert.equal(insert?.traceId, TRACE_ID)
    assert.deepEqual(insert?.attributes, {
      'db.system.name': 'sqlite',
      'db.operation.name': 'INSERT',
      'db.collection.name': 'users',
    })
    const [read] = named('GET /projects/:project/users/:user')
    const reads = spans.filter(({ parentId }) => parentId === read?.spanId).map(({ name }) => name)
    assert.ok(reads.includes('SELECT users'), reads.join())
  })

  it('sends a span for each attempt to deliver an event', () => {
    const [delivery] = named('deliver com.gigs.user.created')
    assert.ok(delivery)
    const { traceId, parentId, isError, attributes } = delivery
    assert.deepEqual([parentId, isError, attributes['http.response.status_code']], ['', true, 500])
    assert.equal(attributes['handset.endpoint.id'], endpoint.id)
    assert.notEqual(traceId, TRACE_ID)
  })

  it('ends the span of a request whose client disconnects, and says so', () => {
    const [left] = named('POST /projects/:project/devices')
    assert.ok(left)
    assert.equal(left.attributes['error.type'], 'disconnected')
    assert.equal(left.attributes['http.response.status_code'], undefined)
  })

  it('sends no value: no id of a user, no address, no key and no path', () => {
    const text = collector.text()
    for (const value of [EMAIL, user.id, server.key, receiver.url]) assert.ok(!text.includes(value), value)
  })

  it('names the span in the log line of a request', () => {
    const lines = log.split('\n').filter((line) => line.includes('"operation":"UsersCreate"'))
    const { trace_id, span_id } = JSON.parse(lines[0] as string)
    const [request] = named('POST /projects/:project/users')
    assert.deepEqual([trace_id, span_id], [TRACE_ID, request?.spanId])
  })

  it('names the trace of a request beside its time in the metrics', () => {
    const exemplars = metrics.split('\n').filter((line) => line.includes(' # {'))
    const [created] = exemplars.filter((line) => line.includes('operation="UsersCreate"'))
    assert.match(
      created ?? '',
      /^handset_http_request_duration_seconds_bucket\{\S+\} 1 # \{trace_id="4bf92f3577b34da6a3ce929d0e0e4736"\} \S+ \d{10}\S*$/,
    )
  })

  for (const [name, value] of [
    ['OTEL_TRACES_SAMPLER', 'always_off'],
    ['OTEL_SDK_DISABLED', 'true'],
  ] as const) {
    it(`sends nothing with ${name}=${value}`, async () => {
      const unused = await startOtlpReceiver()
      const untraced = await startTraced(unused, { [name]: value })
      assert.equal((await untraced.call('GET', 'users')).status, 200)
      assert.ok(!(await untraced.metrics()).includes(' # {'))
      await untraced.stop()
      assert.deepEqual(unused.spans, [])
    })
  }
})
