import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LOCAL_WEBHOOKS, startServer } from '../support/server.ts'
import { addEndpoint } from '../support/webhook-endpoint.ts'

const DAY = 24 * 60 * 60 * 1000

let now = Date.now()
const server = await startServer({ clock: () => now, settings: { webhooks: LOCAL_WEBHOOKS } })

/** Ids may be a few milliseconds ahead of a clock that stands still. */
function deliver(): Promise<void> {
  now += 5
  return server.deliver()
}

describe('retries of webhooks', () => {
  it('last for more than a day, with each pause within a fifth of its length', async () => {
    const { receiver, deliveries, change } = await addEndpoint(server, 'schedule')
    receiver.respond = 500
    await change()
    const steps = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]
    for (const [failures, step] of steps.entries()) {
      await deliver()
      const [delivery] = await deliveries()
      assert.deepEqual([delivery.status, delivery.attempts.length], ['pending', failures + 1])
      const pause = (Date.parse(delivery.nextAttemptAt) - now) / 1000
      assert.ok(pause >= 0.8 * step && pause <= 1.2 * step, `${pause} s after ${failures + 1} failures`)
      now = Date.parse(delivery.nextAttemptAt) - 1
      await server.deliver()
      assert.equal(receiver.received.length, failures + 1, 'nothing is sent before it is due')
      now += 1
    }
    await deliver()
    const [delivery] = await deliveries()
    assert.deepEqual([delivery.status, delivery.nextAttemptAt, delivery.attempts.length], ['failed', null, 8])
    assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1)
  })

  it('wait as long as the endpoint asks for, up to twice the pause', async () => {
    const { receiver, deliveries, change } = await addEndpoint(server, 'retry-after')
    const cases = [
      ['1', 4, 6],
      ['8', 8, 8],
      ['86400', 10, 10],
    ] as const
    for (const [value] of cases) {
      receiver.respond = (response) => response.writeHead(503, { 'retry-after': value }).end()
      await change()
      await deliver()
    }
    const pauses = (await deliveries())
      .reverse()
      .map(({ nextAttemptAt, attempts: [{ at }] }) => (Date.parse(nextAttemptAt) - Date.parse(at)) / 1000)
    for (const [place, [value, least, most]] of cases.entries()) {
      const pause = pauses[place] as number
      assert.ok(pause >= least && pause <= most, `${value}: ${pause} s`)
    }
  })

  it('disable an endpoint that has failed for five days, and report it', async () => {
    const { call, receiver, path, deliveries, change } = await addEndpoint(server, 'failing')
    receiver.respond = 500
    await change()
    await deliver()
    const failing = (await call('GET', path)).body
    assert.deepEqual(
      [failing.status, failing.failingSince],
      ['enabled', `${new Date(now).toISOString().slice(0, 19)}Z`],
    )
    const start = now
    while (now < start + 5 * DAY) {
      assert.equal((await call('GET', path)).body.status, 'enabled')
      now += DAY / 2
      await change()
      await deliver()
    }
    const disabled = (await call('GET', path)).body
    assert.deepEqual([disabled.status, disabled.disabledReason], ['disabled', 'failing'])
    assert.equal(disabled.failingSince, failing.failingSince)
    assert.match(server.log.lines().join(''), /webhook endpoint disabled/)
    await server.ordered()
    const { items } = (await call('GET', './events?type=handset.webhookEndpoint.updated')).body
    assert.deepEqual(items[0].previousData, { status: 'enabled', disabledReason: null })
    assert.deepEqual(items[0].actor, { type: 'system' })
    assert.equal(items.length, 1, 'a change of failingSince alone is no event')

    receiver.respond = 200
    await call('PATCH', path, { body: { status: 'enabled' } })
    assert.equal((await call('GET', path)).body.failingSince, null)
    now += DAY / 2
    await server.deliver()
    const pending = await deliveries('&status=pending')
    assert.deepEqual(pending, [], 'what was pending is sent')
    assert.equal((await deliveries('&status=succeeded')).length > 0, true)
  })

  it('forget a failure with the next success', async () => {
    const { call, receiver, path, change } = await addEndpoint(server, 'recovering')
    receiver.respond = 500
    await change()
    await deliver()
    assert.notEqual((await call('GET', path)).body.failingSince, null)
    receiver.respond = 204
    now += 10_000
    await server.deliver()
    assert.equal((await call('GET', path)).body.failingSince, null)
  })
})
