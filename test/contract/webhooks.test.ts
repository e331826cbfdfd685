import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { webhooks } from '../../sdk/src/handset.ts'
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts'
import { LOCAL_WEBHOOKS, startServer } from '../support/server.ts'
import { addEndpoint } from '../support/webhook-endpoint.ts'

let ahead = 0
const server = await startServer({ clock: () => Date.now() + ahead, settings: { webhooks: LOCAL_WEBHOOKS } })

async function verify({ headers, body }: Received, secret: string): Promise<unknown> {
  const named = headers as Record<string, string>
  new StandardWebhook(secret).verify(body, named)
  new SvixWebhook(secret).verify(body, named)
  return webhooks.verify(body, headers, secret)
}

const typesOf = ({ received }: Receiver) => received.map(({ event }) => event.type)

describe('webhooks', () => {
  it('send the bytes of each event, signed', async () => {
    const { call, receiver, secret, deliveries, change } = await addEndpoint(server, 'bytes')
    const created = await change()
    await call('PATCH', `./users/${created.id}`, { body: { fullName: 'Zoë “Z” 📱' } })
    await server.deliver()
    assert.deepEqual(typesOf(receiver).sort(), ['com.gigs.user.created', 'com.gigs.user.updated'])
    for (const received of receiver.received) {
      const { headers, event, body } = received
      assert.deepEqual(await verify(received, secret), event)
      assert.equal(headers['content-type'], 'application/json')
      assert.equal(headers['webhook-id'], event.id)
      assert.deepEqual(
        ['id', 'timestamp', 'signature'].map((name) => headers[`svix-${name}`]),
        ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`]),
      )
      assert.deepEqual((await call('GET', `./events/${event.id}`)).body, JSON.parse(body))
    }
    const list = await deliveries()
    assert.deepEqual(
      list.map(({ status, nextAttemptAt, attempts }: Record<string, unknown[]>) => [
        status,
        nextAttemptAt,
        attempts?.length,
      ]),
      [
        ['succeeded', null, 1],
        ['succeeded', null, 1],
      ],
    )
    const { at, milliseconds, ...attempt } = list[0].attempts[0]
    assert.deepEqual(attempt, { statusCode: 200, error: null, response: 'thanks' })
  })

  it('send only the types that an endpoint asks for, and nothing while it is disabled', async () => {
    const { call, receiver, path, change } = await addEndpoint(server, 'types', {
      eventTypes: ['com.gigs.user.created', 'com.gigs.sim.*'],
    })
    const created = await change()
    await call('DELETE', `./users/${created.id}`)
    await server.ordered()
    await call('PATCH', path, { body: { status: 'disabled' } })
    await change()
    await server.ordered()
    await call('PATCH', path, { body: { status: 'enabled' } })
    await server.deliver()
    assert.deepEqual(typesOf(receiver), ['com.gigs.user.created'])
    assert.equal(receiver.received[0]?.event.data.id, created.id)
  })

  it('disable an endpoint that responds with 410', async () => {
    const { call, receiver, path, deliveries, change } = await addEndpoint(server, 'gone')
    receiver.respond = 410
    await change()
    await server.deliver()
    const { status, disabledReason } = (await call('GET', path)).body
    assert.deepEqual([status, disabledReason], ['disabled', 'gone'])
    assert.equal((await deliveries())[0].status, 'failed')
  })

  it('follow no redirects, and treat every status but 2xx as a failure', async () => {
    const { receiver, deliveries, change } = await addEndpoint(server, 'statuses')
    const target = await startReceiver()
    for (const status of [301, 302, 307, 308, 400, 404, 429, 503]) {
      receiver.respond = (response) => response.writeHead(status, { location: target.url }).end()
      await change()
      await server.deliver()
      const [delivery] = await deliveries()
      assert.deepEqual([delivery.status, delivery.attempts[0].statusCode], ['pending', status])
    }
    assert.equal(target.connections(), 0)
  })

  it('record why there was no response', async () => {
    const { call, receiver, path, deliveries, change } = await addEndpoint(server, 'errors')
    receiver.respond = (response) => response.destroy()
    await change()
    await server.deliver()
    await call('PATCH', path, { body: { url: 'http://127.0.0.1:1/' } })
    await change()
    await server.deliver()
    const items = await deliveries()
    for (const { attempts } of items) assert.deepEqual([attempts[0].statusCode, attempts[0].response], [null, null])
    assert.match(items[0].attempts[0].error, /ECONNREFUSED/)
    assert.match(items[1].attempts[0].error, /hang up|ECONNRESET/)
  })

  it('store at most a kilobyte of a response, as text', async () => {
    const { receiver, deliveries, change } = await addEndpoint(server, 'responses')
    receiver.respond = (response) => response.writeHead(200).end(`a\0${'é'.repeat(100_000)}`)
    await change()
    await server.deliver()
    const { response } = (await deliveries())[0].attempts[0]
    assert.equal(response, `a${'é'.repeat(511)}`)
  })

  it('are sent again on request: one delivery, or the events of a period', async () => {
    const { call, receiver, path, deliveries, change } = await addEndpoint(server, 'replay')
    const since = new Date(Date.now() + ahead).toISOString()
    receiver.respond = 410
    await change()
    await server.deliver()
    ahead += 1_000
    const until = new Date(Date.now() + ahead).toISOString()
    await change()
    await server.ordered()
    const [{ id, status }] = await deliveries()
    assert.equal(status, 'failed')
    const disabled = await call('POST', `${path}/deliveries/${id}/retry`)
    assert.deepEqual([disabled.status, disabled.body.message], [422, 'The webhook endpoint is disabled'])
    assert.equal((await call('POST', `${path}/replay`, { body: { since, only: 'all' } })).status, 422)

    await call('PATCH', path, { body: { status: 'enabled' } })
    receiver.respond = 200
    receiver.received = []
    const failed = await call('POST', `${path}/replay`, { body: { since, only: 'failed' } })
    assert.deepEqual([failed.status, failed.body], [202, { object: 'webhookReplay', deliveries: 1 }])
    await server.deliver()
    const missing = await call('POST', `${path}/replay`, { body: { since, only: 'missing' } })
    assert.equal(missing.body.deliveries, 1)
    await server.deliver()
    assert.equal(receiver.received.length, 2)
    assert.equal((await call('POST', `${path}/replay`, { body: { since, only: 'missing' } })).body.deliveries, 0)
    assert.equal((await call('POST', `${path}/replay`, { body: { since, only: 'all' } })).body.deliveries, 2)
    await server.deliver()
    const past = await call('POST', `${path}/replay`, { body: { since, until, only: 'all' } })
    assert.equal(past.body.deliveries, 1)
    await server.deliver()

    const retried = await call('POST', `${path}/deliveries/${id}/retry`)
    assert.deepEqual([retried.status, retried.body.status], [200, 'pending'])
    await server.deliver()
    assert.equal(receiver.received.length, 6)
    assert.equal((await call('GET', `${path}/deliveries/${id}`)).body.attempts.length, 3)
    const { event } = retried.body
    assert.equal((await deliveries(`&event=${event}`)).length, 3)
    assert.equal((await deliveries('&status=pending,failed')).length, 0)
    assert.equal((await deliveries('&status=succeeded')).length, 5)
  })

  it('are tested with a sample of each type', async () => {
    const { call, receiver, path, secret, deliveries } = await addEndpoint(server, 'samples', {
      eventTypes: ['com.gigs.sim.*'],
    })
    const tested = await call('POST', `${path}/test`, { body: {} })
    assert.deepEqual([tested.status, tested.body.statusCode, tested.body.response], [200, 200, 'thanks'])
    for (const type of ['com.gigs.device.updated', 'com.gigs.apiKey.created', 'handset.userToken.deleted']) {
      await call('POST', `${path}/test`, { body: { type } })
    }
    assert.deepEqual(typesOf(receiver), [
      'com.gigs.sim.created',
      'com.gigs.device.updated',
      'com.gigs.apiKey.created',
      'handset.userToken.deleted',
    ])
    for (const received of receiver.received) await verify(received, secret)
    assert.equal(receiver.received[1]?.event.data.imei, '492388841798923')
    const unknown = await call('POST', `${path}/test`, { body: { type: 'com.gigs.device.*' } })
    assert.deepEqual([unknown.status, unknown.body.code], [422, 'eventTypeUnknown'])
    receiver.respond = 500
    assert.equal((await call('POST', `${path}/test`, { body: {} })).body.statusCode, 500)
    await server.deliver()
    assert.equal((await deliveries()).length, 0)
    assert.equal((await call('GET', path)).body.failingSince, null)
  })

  it('sign with both secrets while a secret is rotated', async () => {
    const { call, receiver, path, secret, change } = await addEndpoint(server, 'rotation')
    const first = (await call('POST', `${path}/rotateSecret`, { body: { gracePeriod: 3_600 } })).body.secret
    const second = (await call('POST', `${path}/rotateSecret`, { body: { gracePeriod: 60 } })).body.secret
    await change()
    await server.deliver()
    for (const received of receiver.received) for (const each of [secret, first, second]) await verify(received, each)

    ahead += 61_000
    receiver.received = []
    await change()
    await server.deliver()
    const [received] = receiver.received as [Received]
    assert.equal((received.headers['webhook-signature'] as string).split(' ').length, 2)
    await verify(received, second)
    await verify(received, secret)
    await assert.rejects(verify(received, first))

    const third = (await call('POST', `${path}/rotateSecret`, { body: { gracePeriod: 0 } })).body.secret
    ahead += 3_600_000
    const { headers } = await server.deliver().then(async () => {
      receiver.received = []
      await change()
      await server.deliver()
      return receiver.received[0] as Received
    })
    assert.equal((headers['webhook-signature'] as string).split(' ').length, 1)
    assert.ok(third.startsWith('whsec_'))
  })
})
