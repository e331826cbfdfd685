import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LOCAL_WEBHOOKS, startServer } from '../support/server.ts'

const server = await startServer({ settings: { webhooks: LOCAL_WEBHOOKS } })
const { call, project } = await server.addProject('hooks', 'test')
const URL = 'https://example.com/webhooks'

async function create(body: object = {}) {
  const { status, body: created } = await call('POST', './webhookEndpoints', { body: { url: URL, ...body } })
  assert.equal(status, 201)
  return created
}

describe('webhook endpoints', () => {
  it('are created with a secret, which is shown only this once', async () => {
    const { secret, ...endpoint } = await create({
      description: 'Billing',
      eventTypes: ['com.gigs.device.*', 'com.gigs.user.created'],
      metadata: { team: 'billing' },
    })
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
    assert.deepEqual(endpoint, {
      object: 'webhookEndpoint',
      id: endpoint.id,
      metadata: { team: 'billing' },
      createdAt: endpoint.createdAt,
      url: URL,
      description: 'Billing',
      eventTypes: ['com.gigs.device.*', 'com.gigs.user.created'],
      status: 'enabled',
      disabledReason: null,
      failingSince: null,
    })
    const path = `./webhookEndpoints/${endpoint.id}`
    assert.deepEqual((await call('GET', path)).body, endpoint)
    assert.deepEqual((await call('GET', './webhookEndpoints')).body.items[0], endpoint)
    assert.deepEqual((await call('DELETE', path)).body, endpoint)
    assert.equal((await call('GET', path)).status, 404)
  })

  it('accept a secret of 24 to 64 bytes', async () => {
    for (const bytes of [24, 64]) {
      const secret = `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`
      const endpoint = await create({ secret })
      assert.equal(endpoint.secret, secret)
      await call('DELETE', `./webhookEndpoints/${endpoint.id}`)
    }
    for (const secret of [
      `whsec_${Buffer.alloc(23).toString('base64')}`,
      `whsec_${Buffer.alloc(65).toString('base64')}`,
      Buffer.alloc(32).toString('base64'),
      'whsec_',
      `whsec_${'*'.repeat(44)}`,
    ]) {
      const { status, body } = await call('POST', './webhookEndpoints', { body: { url: URL, secret } })
      assert.deepEqual([status, body.code], [422, 'webhookSecretInvalid'], secret)
    }
  })

  it('reject URLs that are not http or https, or hold credentials', async () => {
    for (const url of [
      '',
      'example.com',
      '/webhooks',
      'ftp://example.com',
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https:example.com',
      'http://',
      'https://user@example.com',
      'https://:secret@example.com',
      'https://example.com/#fragment',
    ]) {
      const { status, body } = await call('POST', './webhookEndpoints', { body: { url } })
      assert.deepEqual([status, body.code], [422, 'webhookUrlInvalid'], url)
    }
  })

  it('reject types of events that do not exist, with a suggestion', async () => {
    const { status, body } = await call('POST', './webhookEndpoints', {
      body: { url: URL, eventTypes: ['com.gigs.device.*', 'com.gigs.device.create', 'com.gigs.*'] },
    })
    assert.deepEqual([status, body.code], [422, 'eventTypeUnknown'])
    assert.deepEqual(
      body.details.map(({ property, suggestion }: Record<string, string>) => [property, suggestion]),
      [
        ['eventTypes[1]', 'com.gigs.device.created'],
        ['eventTypes[2]', 'com.gigs.sim.*'],
      ],
    )
  })

  it('reject types of events that are not text, whatever they are', async () => {
    const { id } = await create()
    for (const type of [7, null, {}, [], [{ toString: false }]]) {
      const { status } = await call('POST', `./webhookEndpoints/${id}/test`, { body: { type } })
      assert.equal(status, 422, JSON.stringify(type))
    }
  })

  it('are changed, disabled and enabled', async () => {
    const { id } = await create()
    const path = `./webhookEndpoints/${id}`
    const changed = await call('PATCH', path, {
      body: { url: 'https://example.com/other', description: null, eventTypes: [], metadata: { a: 'b' } },
    })
    assert.equal(changed.body.url, 'https://example.com/other')
    const disabled = await call('PATCH', path, { body: { status: 'disabled' } })
    assert.deepEqual([disabled.body.status, disabled.body.disabledReason], ['disabled', 'manual'])
    const enabled = await call('PATCH', path, { body: { status: 'enabled', metadata: { a: null } } })
    assert.deepEqual([enabled.body.status, enabled.body.disabledReason], ['enabled', null])
    assert.deepEqual(enabled.body.metadata, {})
    assert.equal((await call('PATCH', path, { body: { url: 'nope' } })).body.code, 'webhookUrlInvalid')
    const guarded = await call('PATCH', path, { body: {}, headers: { 'if-match': '"other"' } })
    assert.equal(guarded.status, 412)
    await call('DELETE', path)
  })

  it('are at most 20 in a project', async () => {
    const { call: callOther } = await server.addProject('many-hooks', 'test')
    const body = { url: URL }
    for (let count = 0; count < 20; count++) await callOther('POST', './webhookEndpoints', { body })
    const { status, body: error } = await callOther('POST', './webhookEndpoints', { body })
    assert.deepEqual([status, error.code], [422, 'webhookEndpointLimitReached'])
    const { body: list } = await callOther('GET', './webhookEndpoints?limit=200')
    assert.equal(list.items.length, 20)
    await callOther('DELETE', `./webhookEndpoints/${list.items[0].id}`)
    assert.equal((await callOther('POST', './webhookEndpoints', { body })).status, 201)
  })

  it('replay a created endpoint with its secret only to the key that created it', async () => {
    const headers = { 'idempotency-key': 'endpoint-1' }
    const first = await call('POST', './webhookEndpoints', { body: { url: URL }, headers })
    const again = await call('POST', './webhookEndpoints', { body: { url: URL }, headers })
    assert.equal(again.body.secret, first.body.secret)
    assert.equal(again.headers['idempotent-replayed'], 'true')
    await call('DELETE', `./webhookEndpoints/${first.body.id}`)
  })

  it('produce events without secrets', async () => {
    const { id, secret } = await create()
    const path = `./webhookEndpoints/${id}`
    const rotated = await call('POST', `${path}/rotateSecret`, { body: {} })
    await call('PATCH', path, { body: { status: 'disabled' } })
    await call('PATCH', path, { body: { status: 'disabled' } })
    await call('DELETE', path)
    await server.ordered()
    const { body } = await call('GET', `./events?object=${id}`)
    assert.deepEqual(
      body.items.map(({ type, previousData }: Record<string, unknown>) => [type, previousData]),
      [
        ['handset.webhookEndpoint.deleted', undefined],
        ['handset.webhookEndpoint.updated', { status: 'enabled', disabledReason: null }],
        ['handset.webhookEndpoint.created', undefined],
      ],
    )
    for (const each of [secret, rotated.body.secret]) assert.ok(!JSON.stringify(body).includes(each))
    assert.equal(body.items[0].project, project.id)
  })

  it('of another project do not exist', async () => {
    const { id } = await create()
    const { call: callOther } = await server.addProject('other-hooks', 'test')
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/test'],
      ['POST', '/rotateSecret'],
      ['POST', '/replay'],
      ['GET', '/deliveries'],
    ] as const) {
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} }
      assert.equal((await callOther(method, `./webhookEndpoints/${id}${path}`, body)).status, 404)
    }
    await call('DELETE', `./webhookEndpoints/${id}`)
  })
})
