import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'

describe('tracing', () => {
  it("sends a span for each request to the collector that OpenTelemetry's variables name, in the caller's trace", async () => {
    const received: string[] = []
    const collector = createServer(async (incoming, answer) => {
      received.push(JSON.stringify(await new Response(incoming as never).json()))
      answer.end('{}')
    }).listen(0, '127.0.0.1')
    await once(collector, 'listening')
    after(() => collector.close())
    const { port } = collector.address() as AddressInfo

    const server = startHandset(['serve', '--json'], {
      cwd: await makeDirectory(),
      env: {
        PORT: '0',
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_SERVICE_NAME: 'handset-of-a-test',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      },
    })
    const { address, key } = JSON.parse((await server.printed(/\{[^}]+\}/))[0])
    const response = await fetch(`${address}/projects/demo/devices`, {
      headers: { authorization: `Bearer ${key}`, traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` },
    })
    assert.equal(response.status, 200)
    server.signal('SIGTERM')
    assert.equal((await server.ended).code, 0)

    const spans = received.join('')
    assert.match(spans, /GET \/projects\/:project\/devices/)
    assert.match(spans, new RegExp(TRACE_ID))
    assert.match(spans, /"service\.name","value":\{"stringValue":"handset-of-a-test"\}/)
    assert.ok(!spans.includes(key))
  })
})
