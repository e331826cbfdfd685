import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ClientOptions, createHandset, HandsetError } from '../../sdk/src/handset.ts'
import { findFreePort } from '../support/postgres.ts'
import { type Step, startScriptedServer } from '../support/scripted-server.ts'

const GOOD: Step = { status: 200, body: { object: 'device', id: 'dev_1' } }
const UNAVAILABLE = refusal(503, 'serviceUnavailable')
const LIMITED = refusal(429, 'tooManyRequests')
const IN_FLIGHT = refusal(409, 'conflict')
/** What a proxy answers that does not reach the server behind it. */
const FOREIGN: Step = { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' }

/** A refusal that asks for no wait before the next attempt. */
function refusal(status: number, type: string, retryAfter = '0'): Step {
  const headers = { 'retry-after': retryAfter, 'x-request-id': 'r-1' }
  return { status, headers, body: { object: 'error', type, message: `It is ${type}` } }
}

/** A client of a server that does as the script says. */
async function clientOf(script: readonly Step[], options: Partial<ClientOptions> = {}) {
  const { url, received } = await startScriptedServer(script)
  return { handset: createHandset({ baseUrl: url, token: 'hsk_1', project: 'acme', ...options }), received }
}

const failsAs = (type: HandsetError['type']) => (error: unknown) => error instanceof HandsetError && error.type === type

describe('what fails in passing', { concurrency: true }, () => {
  for (const [what, step] of Object.entries({
    429: LIMITED,
    503: UNAVAILABLE,
    'a lost connection': 'hang up' as const,
  })) {
    it(`is tried again for GET: ${what}`, async () => {
      const { handset, received } = await clientOf([step, GOOD])
      assert.equal((await handset.devices.retrieve('dev_1')).id, 'dev_1')
      assert.equal(received.length, 2)
    })

    it(`is tried again for POST and DELETE with one idempotency key: ${what}`, async () => {
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

  it('is tried again while the attempt before is still in flight on the server', async () => {
    const { handset, received } = await clientOf(['hang up', IN_FLIGHT, GOOD])
    await handset.devices.create({ imei: '1' })
    assert.equal(received.length, 3)
  })

  it('is tried again for a search, which needs no key', async () => {
    const { handset, received } = await clientOf(['hang up', { status: 200, body: { object: 'list', items: [] } }])
    await handset.devices.search({ imei: '1' })
    assert.deepEqual(
      received.map(({ headers }) => headers['idempotency-key']),
      [undefined, undefined],
    )
  })

  it('is tried again for PATCH only where it surely was not done', async () => {
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

  it('is tried again when an attempt takes too long', async () => {
    const { handset, received } = await clientOf(['wait', GOOD], { retries: 10 })
    await handset.devices.retrieve('dev_1', { timeout: 300 })
    assert.ok(received.length > 1)
  })

  it('is handed on after the attempts that were asked for, with what the server said last', async () => {
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

  it('is handed on at once when the server asks for a wait of hours', async () => {
    const { handset, received } = await clientOf([refusal(429, 'tooManyRequests', '7200')])
    await assert.rejects(handset.devices.retrieve('dev_1'), { type: 'tooManyRequests', retryAfter: 7_200_000 })
    assert.equal(received.length, 1)
  })
})

describe('what fails for good', { concurrency: true }, () => {
  it('is never tried again', async () => {
    for (const [status, type] of [
      [404, 'notFound'],
      [422, 'invalid'],
      [500, 'internal'],
    ] as const) {
      const { handset, received } = await clientOf([refusal(status, type), GOOD])
      await assert.rejects(handset.devices.create({ imei: '1' }), failsAs(type))
      assert.equal(received.length, 1)
    }
  })

  it('is an unexpected answer when it is none of Handset', async () => {
    const { handset } = await clientOf([FOREIGN])
    await assert.rejects(handset.devices.retrieve('dev_1'), {
      type: 'unexpectedAnswer',
      status: 502,
      hint: /`baseUrl`/,
    })
    const odd = await clientOf([{ status: 200, body: '<h1>Welcome</h1>' }])
    await assert.rejects(odd.handset.devices.retrieve('dev_1'), { type: 'unexpectedAnswer', status: 200 })
  })

  it('is a failed connection, with its cause, where nothing listens', async () => {
    const baseUrl = `http://127.0.0.1:${await findFreePort()}`
    const handset = createHandset({ baseUrl, token: 'hsk_1', project: 'acme', retries: 1 })
    await assert.rejects(handset.devices.update('dev_1', { name: null }), (error: HandsetError) => {
      assert.deepEqual([error.type, error.status, error.requestId], ['connectionFailed', null, null])
      assert.ok(error.cause instanceof Error)
      return true
    })
  })

  it('is a time-out where no answer comes', async () => {
    const { handset } = await clientOf(['wait'], { retries: 0 })
    await assert.rejects(handset.devices.retrieve('dev_1', { timeout: 50 }), {
      type: 'timedOut',
      message: 'No answer within 50 ms',
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
  it('ends a call that waits for its answer', async () => {
    const { handset, received } = await clientOf(['wait'])
    const controller = new AbortController()
    const call = handset.devices.retrieve('dev_1', { signal: controller.signal })
    const reason = new Error('The page was left')
    controller.abort(reason)
    await assert.rejects(call, reason)
    assert.ok(received.length <= 1)
  })

  it('ends a call that waits to try again', async () => {
    const controller = new AbortController()
    const { url } = await startScriptedServer([refusal(503, 'serviceUnavailable', '30')])
    const handset = createHandset({
      baseUrl: url,
      token: 'hsk_1',
      project: 'acme',
      fetch: async (...request) => {
        const response = await fetch(...request)
        // Behind the client's own reading of the answer, when it has begun to wait.
        setTimeout(() => controller.abort(), 20)
        return response
      },
    })
    await assert.rejects(handset.devices.retrieve('dev_1', { signal: controller.signal }), { name: 'AbortError' })
  })

  it('ends a walk', async () => {
    const page = { object: 'list', items: [{ id: 'dev_1' }], moreItemsAfter: 'dev_1', moreItemsBefore: null }
    const { handset } = await clientOf([{ status: 200, body: page }])
    const controller = new AbortController()
    const walk = async () => {
      for await (const _ of handset.devices.list({}, { signal: controller.signal })) controller.abort()
    }
    await assert.rejects(walk(), { name: 'AbortError' })
  })
})
