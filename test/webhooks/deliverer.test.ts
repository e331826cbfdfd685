import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { Webhook as SvixWebhook } from 'svix'
import { createWebhooks } from '../../src/events/webhooks/webhooks.ts'
import { createDeliverer } from '../../src/serve/jobs/deliver.ts'
import { sweep } from '../../src/serve/jobs/sweep.ts'
import { startReceiver } from '../support/receiver.ts'
import { LOCAL_WEBHOOKS, startServer } from '../support/server.ts'
import { addEndpoint } from '../support/webhook-endpoint.ts'

const KEY = Buffer.alloc(32, 1)
const sealing = { ...LOCAL_WEBHOOKS, secretKeys: [KEY] }
let ahead = 0
const server = await startServer({ clock: () => Date.now() + ahead, settings: { webhooks: sealing } })
const { context, log } = server

/** Another process that delivers from the same store. */
function anotherDeliverer(webhooks = createWebhooks(sealing)) {
  return createDeliverer({ context, webhooks, source: () => server.url, logger: log.logger })
}

/** Resolves when the condition becomes true. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
}

describe('the deliverer', () => {
  it('has at most ten requests to an endpoint in flight', async () => {
    const { receiver, change } = await addEndpoint(server, 'in-flight')
    const held: ServerResponse[] = []
    let most = 0
    receiver.respond = (response) => {
      most = Math.max(most, held.push(response))
      setImmediate(() => held.shift()?.writeHead(200).end())
    }
    for (let count = 0; count < 60; count++) await change()
    await server.deliver()
    assert.equal(receiver.received.length, 60)
    assert.ok(most > 1 && most <= 10, `${most} in flight`)
  })

  it('does not let a slow endpoint hold up the others', async () => {
    const slow = await addEndpoint(server, 'slow')
    const held: ServerResponse[] = []
    slow.receiver.respond = (response) => held.push(response)
    for (let count = 0; count < 30; count++) await slow.change()
    await server.ordered()
    await server.deliverer.poll()
    await until(() => held.length === 10)

    const fast = await addEndpoint(server, 'fast')
    const inSameProject = await startReceiver()
    await slow.call('POST', './webhookEndpoints', { body: { url: inSameProject.url, eventTypes: ['com.gigs.user.*'] } })
    for (let count = 0; count < 30; count++) await Promise.all([fast.change(), slow.change()])
    await server.ordered()
    await server.deliverer.poll()
    await until(() => fast.receiver.received.length === 30 && inSameProject.received.length === 30)
    assert.equal(held.length, 10)

    slow.receiver.respond = 200
    for (const response of held) response.writeHead(200).end()
    await server.deliver()
    assert.equal(new Set(slow.receiver.received.map(({ event }) => event.id)).size, 60)
  })

  it('starts no delivery while another process holds the lease of the endpoint', async () => {
    const { receiver, change } = await addEndpoint(server, 'leases')
    const others = [anotherDeliverer(), anotherDeliverer(), anotherDeliverer()]
    for (let count = 0; count < 40; count++) await change()
    await server.ordered()
    for (let rounds = 0; rounds < 3; rounds++) {
      await Promise.all([server.deliverer, ...others].map((deliverer) => deliverer.poll()))
    }
    await Promise.all([server.deliverer, ...others].map((deliverer) => deliverer.settled()))
    assert.equal(receiver.received.length, 40)
    assert.equal(new Set(receiver.received.map(({ event }) => event.id)).size, 40)
  })

  it('seals secrets, and opens them with any of its keys', async () => {
    const { receiver, change, secret, path, deliveries } = await addEndpoint(server, 'sealed')
    const rows = await context.db.all<{ secret: string }>('SELECT secret FROM webhook_secrets')
    for (const row of rows) assert.match(row.secret, /^sealed:/)
    await change()
    await server.ordered()
    const rotated = anotherDeliverer(createWebhooks({ ...sealing, secretKeys: [Buffer.alloc(32, 2), KEY] }))
    await rotated.poll()
    await rotated.settled()
    const [received] = receiver.received
    new SvixWebhook(secret).verify(received?.body ?? '', received?.headers as Record<string, string>)

    await change()
    await server.ordered()
    const keyless = anotherDeliverer(createWebhooks(LOCAL_WEBHOOKS))
    await keyless.poll()
    await keyless.settled()
    const [{ attempts }] = await deliveries()
    assert.match(attempts[0].error, /HANDSET_SECRET_KEY/)
    assert.equal(receiver.received.length, 1)
    assert.ok(path.length > 0)
  })

  it('does what a receiver of the hosted API expects', async () => {
    const { call, receiver, secret } = await addEndpoint(server, 'hosted', { eventTypes: [] })
    const created = await call('POST', './devices', { body: { imei: '492388841798923' } })
    await call('PATCH', `./devices/${created.body.id}`, { body: { name: 'Phone' } })
    await call('PATCH', `./devices/${created.body.id}`, { body: { sims: ['sim_test_esim'] } })
    await server.deliver()
    const activated: string[] = []
    for (const { headers, body } of receiver.received) {
      new SvixWebhook(secret).verify(body, {
        'svix-id': String(headers['svix-id']),
        'svix-timestamp': String(headers['svix-timestamp']),
        'svix-signature': String(headers['svix-signature']),
      })
      const { type, data, previousData } = JSON.parse(body)
      if (type !== 'com.gigs.device.updated') continue
      if (!('sims' in previousData) && !('imei' in previousData)) continue
      activated.push(data.sims[0].type)
    }
    assert.deepEqual(activated, ['eSIM'])
  })

  it('counts attempts and pending deliveries', async () => {
    const { receiver, change } = await addEndpoint(server, 'counts')
    const { succeeded, failed } = server.deliverer.counts
    receiver.respond = 500
    await change()
    await server.deliver()
    ahead += 2_000
    await server.deliverer.poll()
    const { counts } = server.deliverer
    assert.deepEqual([counts.succeeded, counts.failed], [succeeded, failed + 1])
    assert.ok(counts.failingEndpoints >= 1)
    assert.ok(counts.oldestPending >= 2)
  })

  it('sweeps deliveries whose event or endpoint is gone', async () => {
    const { call, change, path, deliveries } = await addEndpoint(server, 'swept')
    const { project } = { project: 'swept' }
    await change()
    await change()
    await server.deliver()
    const [newest] = await deliveries()
    await context.db.run('DELETE FROM events WHERE project_id = $1 AND id < $2', [project, newest.event])
    await sweep(context, new AbortController().signal)
    assert.deepEqual(
      (await deliveries()).map(({ id }) => id),
      [newest.id],
    )
    await call('DELETE', path)
    await sweep(context, new AbortController().signal)
    const left = 'SELECT COUNT(*) AS count FROM webhook_deliveries WHERE project_id = $1'
    assert.deepEqual(await context.db.get(left, [project]), { count: 0 })
  })
})
