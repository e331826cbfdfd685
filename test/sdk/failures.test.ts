import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ClientOptions, createHandset, HandsetError } from '../../sdk/src/handset.ts'
import { findFreePort } from '../support/postgres.ts'
import { type Step, startScriptedServer } from '../support/scripted-server.ts'

const GOOD: Step = { status: 200, body: { object: 'device', id: 'dev_1' } }
const UNAVAILABLE = rejection(503, 'serviceUnavailable')
const LIMITED = rejection(429, 'tooManyRequests')
const IN_FLIGHT = rejection(409, 'conflict')
/** The response of a proxy that does not reach the server behind it. */
const FOREIGN: Step = { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' }

/** A rejection that allows an immediate next attempt. */
function rejection(status: number, type: string, retryAfter = '0'): Step {
  const headers = { 'retry-after': retryAfter, 'x-request-id': 'r-1' }
  return { status, headers, body: { object: 'error', type, message: `It is ${type}` } }
}

/** A client of a server that follows the script. */
async function clientOf(script: readonly Step[], options: Partial<ClientOptions> = {}) {
  const { url, received } = await startScriptedServer(script)
  return { handset: createHandset({ baseUrl: url, token: 'hsk_1', project: 'acme', ...options }), received }
}

const failsAs = (type: HandsetError['type']) => (error: unknown) => error instanceof HandsetError && error.type === type

describe('a transient failure', { concurrency: true }, () => {
  for (const [what, step] of Object.entries({
    429: LIMITED,
    503: UNAVAILABLE,
    'a lost connection': 'hang up' as const,
  })) {
    it(`is retried for GET: ${what}`, async () => {
      const { handset, received } = await clientOf([step, GOOD])
      assert.equal((await handset.devices.retrieve('dev_1')).id, 'dev_1')
      assert.equal(received.length, 2)
    })

    it(`is retried for POST and DELETE with one idempotency key: ${what}`, async () => {
      for (const change of ['create', 'delete'] as const) {
        const { handset, received } = await clientOf([step, step, GOOD])
        await (change === 'create' ? handset.devices.create({ imei: '1' }) : handset.devices.delete('dev_1'))
        const keys = new Set(received.map(({ headers }) => headers['idempotency-key']))
        assert.deepEqual([received.length, keys.size], [3, 1])
        assert.match([...keys][0] as string, /^[0-9a-f]{32}$/)
        assert.deepEqual(received[2]?.body, received[0]?.body)
      }
    })
  }

  it('is retried while the previous attempt is still in flight on the server', async () => {
    const { handset, received } = await clientOf(['hang up', IN_FLIGHT, GOOD])
    await handset.devices.create({ imei: '1' })
    assert.equal(received.length, 3)
  })

  it('is retried for a search, which needs no key', async () => {
    const { handset, received } = await clientOf(['hang up', { status: 200, body: { object: 'list', items: [] } }])
    await handset.devices.search({ imei: '1' })
    assert.deepEqual(
      received.map(({ headers }) => headers['idempotency-key']),
      [undefined, undefined],
    )
  })

  it('is retried for PATCH only when the change was certainly not made', async () => {
    const limited = await clientOf([LIMITED, GOOD])
    await limited.handset.devices.update('dev_1', { name: null })
    assert.equal(limited.received.length, 2)
    for (const [step, type] of [
      [UNAVAILABLE, 'serviceUnavailable'],
      ['hang up', 'connectionFailed'],
    ] as const) {
      const { handset, received } = await clientOf([step, GOOD])
      await assert.rejects(handset.devices.update('dev_1', { name: null }), failsAs(type))
      assert.equal(received.length, 1)
    }
  })

  it('is retried when a proxy says that it cannot reach the server, except for PATCH', async () => {
    for (const status of [502, 503, 504]) {
      const page = { status, body: '<html>Bad Gateway</html>' }
      const { handset, received } = await clientOf([page, GOOD])
      await handset.devices.retrieve('dev_1')
      assert.equal(received.length, 2)
      const changing = await clientOf([page, GOOD])
      await assert.rejects(changing.handset.devices.update('dev_1', { name: null }), failsAs('unexpectedResponse'))
      assert.equal(changing.received.length, 1)
    }
  })

  it('is retried when an attempt takes too long', async () => {
    const { handset, received } = await clientOf(['wait', GOOD], { retries: 10 })
    await handset.devices.retrieve('dev_1', { timeout: 300 })
    assert.ok(received.length > 1)
  })

  it('is reported after the configured attempts, with what the server said last', async () => {
    const { handset, received } = await clientOf([UNAVAILABLE], { retries: 3 })
    await assert.rejects(handset.devices.retrieve('dev_1'), {
      type: 'serviceUnavailable',
      status: 503,
      requestId: 'r-1',
      retryAfter: 0,
    })
    assert.equal(received.length, 4)
    const patient = await clientOf([UNAVAILABLE], { retries: 0 })
    await assert.rejects(patient.handset.devices.retrieve('dev_1'), failsAs('serviceUnavailable'))
    assert.equal(patient.received.length, 1)
  })

  it('is reported at once when the server asks for a wait of hours', async () => {
    const { handset, received } = await clientOf([rejection(429, 'tooManyRequests', '7200')])
    await assert.rejects(handset.devices.retrieve('dev_1'), { type: 'tooManyRequests', retryAfter: 7_200_000 })
    assert.equal(received.length, 1)
  })
})

describe('a permanent failure', { concurrency: true }, () => {
  it('is never retried', async () => {
    for (const [status, type] of [
      [404, 'notFound'],
      [422, 'invalid'],
      [500, 'internal'],
    ] as const) {
      const { handset, received } = await clientOf([rejection(status, type), GOOD])
      await assert.rejects(handset.devices.create({ imei: '1' }), failsAs(type))
      assert.equal(received.length, 1)
    }
  })

  it('is an unexpected response when it does not come from Handset', async () => {
    const { handset } = await clientOf([FOREIGN])
    await assert.rejects(handset.devices.retrieve('dev_1'), {
      type: 'unexpectedResponse',
      status: 502,
      hint: /`baseUrl`/,
    })
    const odd = await clientOf([{ status: 200, body: '<h1>Welcome</h1>' }])
    await assert.rejects(odd.handset.devices.retrieve('dev_1'), { type: 'unexpectedResponse', status: 200 })
  })

  it('is a failed connection with its cause when nothing listens', async () => {
    const baseUrl = `http://127.0.0.1:${await findFreePort()}`
    const handset = createHandset({ baseUrl, token: 'hsk_1', project: 'acme', retries: 1 })
    await assert.rejects(handset.devices.update('dev_1', { name: null }), (error: HandsetError) => {
      assert.deepEqual([error.type, error.status, error.requestId], ['connectionFailed', null, null])
      assert.ok(error.cause instanceof Error)
      return true
    })
  })

  it('is a timeout when no response arrives', async () => {
    const { handset } = await clientOf(['wait'], { retries: 0 })
    await assert.rejects(handset.devices.retrieve('dev_1', { timeout: 50 }), {
      type: 'timedOut',
      message: 'No response within 50 ms',
    })
  })

  it('never shows the token', async () => {
    const { handset } = await clientOf(['hang up'], { token: 'hsk_secret', retries: 0 })
    await assert.rejects(handset.devices.retrieve('dev_1'), (error: HandsetError) => {
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /hsk_secret/)
      return true
    })
  })
})

describe('a signal', { concurrency: true }, () => {
  it('aborts a call that waits for its response', async () => {
    const { handset, received } = await clientOf(['wait'])
    const controller = new AbortController()
    const call = handset.devices.retrieve('dev_1', { signal: controller.signal })
    const reason = new Error('The page was left')
    controller.abort(reason)
    await assert.rejects(call, reason)
    assert.ok(received.length <= 1)
  })

  it('aborts a call that waits before a retry', async () => {
    const controller = new AbortController()
    const { url } = await startScriptedServer([rejection(503, 'serviceUnavailable', '30')])
    const handset = createHandset({
      baseUrl: url,
      token: 'hsk_1',
      project: 'acme',
      fetch: async (...request) => {
        const response = await fetch(...request)
        // Runs after the client has read the response and begun to wait.
        setTimeout(() => controller.abort(), 20)
        return response
      },
    })
    await assert.rejects(handset.devices.retrieve('dev_1', { signal: controller.signal }), { name: 'AbortError' })
  })

  it('aborts an iteration over pages', async () => {
    const page = { object: 'list', items: [{ id: 'dev_1' }], moreItemsAfter: 'dev_1', moreItemsBefore: null }
    const { handset } = await clientOf([{ status: 200, body: page }])
    const controller = new AbortController()
    const walk = async () => {
      for await (const _ of handset.devices.list({}, { signal: controller.signal })) controller.abort()
    }
    await assert.rejects(walk(), { name: 'AbortError' })
  })
})
