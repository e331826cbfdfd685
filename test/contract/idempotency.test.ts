import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createKey } from '../../src/resources/api-keys/api-keys.ts'
import { sweep } from '../../src/serve/jobs/sweep.ts'
import { createDevice, createUser, createUserClient, makeEmail, makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'
import { engine } from '../support/store.ts'

let offset = 0
const server = await startServer({ clock: () => Date.now() + offset })
const demo = await server.addProject('demo', 'test')

let keys = 0
function newKey(): Record<string, string> {
  keys += 1
  return { 'idempotency-key': `key-${keys}` }
}

/** Statements that make the idempotency table reject all rows, and accept them again. */
const KEEP_NOTHING = {
  sqlite: `CREATE TRIGGER reject_all BEFORE INSERT ON idempotency_keys BEGIN SELECT RAISE(ABORT, 'rejected'); END`,
  postgres: 'ALTER TABLE idempotency_keys ADD CONSTRAINT reject_all CHECK (FALSE) NOT VALID',
}
const KEEP_AGAIN = {
  sqlite: 'DROP TRIGGER reject_all',
  postgres: 'ALTER TABLE idempotency_keys DROP CONSTRAINT reject_all',
}

const DAY = 24 * 60 * 60 * 1000

/** docs/contract.md §6. */
describe('idempotency', () => {
  it('replays the first response and its status for the same request, and changes nothing', async () => {
    const headers = newKey()
    const body = { imei: makeImei() }
    const first = await demo.call('POST', './devices', { body, headers })
    const second = await demo.call('POST', './devices', { body, headers })
    assert.equal(first.status, 201)
    assert.equal(first.headers['idempotent-replayed'], undefined)
    assert.equal(second.status, 201)
    assert.equal(second.headers['idempotent-replayed'], 'true')
    assert.deepEqual(second.body, first.body)
    assert.equal((await demo.call('POST', './devices/search', { body })).body.items.length, 1)
  })

  it('replays a request that is written differently', async () => {
    const headers = newKey()
    const imei = makeImei()
    const first = await demo.call('POST', './devices', { body: { imei, metadata: { a: '1', b: '2' } }, headers })
    for (const path of ['/projects/demo/devices', '/projects/demo/devices?', '/projects/d%65mo/%64evices']) {
      const again = await fetch(server.url + path, {
        method: 'POST',
        body: `{ "metadata": {"b":"\\u0032", "a":"1"}, "imei": "${imei}" }`,
        headers: { ...headers, 'content-type': 'application/json', authorization: `Bearer ${demo.token}` },
      })
      assert.equal(again.headers.get('idempotent-replayed'), 'true', path)
      assert.deepEqual(await again.json(), first.body)
    }
  })

  it('replays a deletion although the object is gone', async () => {
    const device = await createDevice(demo)
    const headers = newKey()
    const first = await demo.call('DELETE', `./devices/${device.id}`, { headers })
    const second = await demo.call('DELETE', `./devices/${device.id}`, { headers })
    assert.equal(first.status, 200)
    assert.equal(second.status, 200)
    assert.deepEqual(second.body, device)
    assert.equal((await demo.call('DELETE', `./devices/${device.id}`, { headers: newKey() })).status, 404)
  })

  it('replays the original response, not the current state', async () => {
    const headers = newKey()
    const body = { imei: makeImei(), name: 'first' }
    const { body: device } = await demo.call('POST', './devices', { body, headers })
    await demo.call('PATCH', `./devices/${device.id}`, { body: { name: 'second' } })
    assert.equal((await demo.call('POST', './devices', { body, headers })).body.name, 'first')
  })

  it('replays searches as well', async () => {
    const device = await createDevice(demo)
    const headers = newKey()
    const body = { imei: device.imei }
    const first = await demo.call('POST', './devices/search', { body, headers })
    await demo.call('DELETE', `./devices/${device.id}`)
    const second = await demo.call('POST', './devices/search', { body, headers })
    assert.equal(second.headers['idempotent-replayed'], 'true')
    assert.deepEqual(second.body, first.body)
  })

  it('does not store failures', async () => {
    const headers = newKey()
    const imei = makeImei()
    assert.equal((await demo.call('POST', './devices', { body: { imei, name: '' }, headers })).status, 422)
    assert.equal((await demo.call('POST', './devices', { body: { imei, user: 'usr_x' }, headers })).status, 404)
    assert.equal((await demo.call('POST', './devices', { body: { imei }, headers })).status, 201)
  })

  it('rejects the same key with another body, path or method', async () => {
    const headers = newKey()
    const { body: device } = await demo.call('POST', './devices', { body: { imei: makeImei() }, headers })
    const others = [
      await demo.call('POST', './devices', { body: { imei: makeImei() }, headers }),
      await demo.call('POST', './users', { body: { email: makeEmail() }, headers }),
      await demo.call('DELETE', `./devices/${device.id}`, { headers }),
    ]
    assert.deepEqual(
      others.map(({ status }) => status),
      [422, 422, 422],
    )
    assert.equal((await demo.call('GET', `./devices/${device.id}`)).status, 200)
  })

  it('returns 409 while the first request is in flight', async () => {
    const headers = newKey()
    const body = { imei: makeImei() }
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const held = server.context.db.transaction(() => gate)
    const requests = [
      demo.call('POST', './devices', { body, headers }),
      demo.call('POST', './devices', { body, headers }),
    ]
    const early = await Promise.race(requests)
    open()
    await held
    assert.equal(early.status, 409)
    assert.equal(early.body.type, 'conflict')
    assert.deepEqual((await Promise.all(requests)).map(({ status }) => status).sort(), [201, 409])
    assert.equal((await demo.call('POST', './devices', { body, headers })).headers['idempotent-replayed'], 'true')
  })

  it('never applies a change twice, however many requests carry its key', async () => {
    const headers = newKey()
    const body = { imei: makeImei() }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => demo.call('POST', './devices', { body, headers })),
    )
    const created = answers.filter(({ status, headers }) => status === 201 && !headers['idempotent-replayed'])
    assert.equal(created.length, 1)
    for (const { status } of answers) assert.ok(status === 409 || status === 201, String(status))
  })

  it('has one key space for all API keys of a project, and one for each user', async () => {
    const headers = newKey()
    const user = await createUser(demo)
    const asUser = await createUserClient(server, demo, user.id)
    const body = { imei: makeImei() }
    const first = await demo.call('POST', './devices', { body, headers })
    const { token } = await createKey(server.context, demo.project, { name: 'second', role: 'admin' })
    const withSecondKey = await server.clientWith(token, 'demo')('POST', './devices', { body, headers })
    assert.equal(withSecondKey.headers['idempotent-replayed'], 'true')
    assert.deepEqual(withSecondKey.body, first.body)
    const withUserToken = await asUser('POST', './devices', { body, headers })
    assert.equal(withUserToken.status, 422)
    assert.equal(withUserToken.body.code, 'deviceImeiAlreadyExists')
  })

  it('never replays across projects', async () => {
    const other = await server.addProject('other', 'test')
    const headers = newKey()
    const body = { imei: makeImei() }
    const first = await demo.call('POST', './devices', { body, headers })
    const second = await other.call('POST', './devices', { body, headers })
    assert.equal(second.status, 201)
    assert.notEqual(second.body.id, first.body.id)
  })

  it('accepts keys of 1 to 255 characters', async () => {
    for (const [key, status] of [
      ['', 422],
      ['k', 201],
      ['k'.repeat(255), 201],
      ['k'.repeat(256), 422],
    ] as const) {
      const headers = { 'idempotency-key': key }
      assert.equal((await demo.call('POST', './devices', { body: { imei: makeImei() }, headers })).status, status)
    }
  })

  it('ignores the header on other methods', async () => {
    const device = await createDevice(demo)
    const headers = newKey()
    for (const name of ['one', 'two']) {
      const { body } = await demo.call('PATCH', `./devices/${device.id}`, { body: { name }, headers })
      assert.equal(body.name, name)
    }
    assert.equal((await demo.call('GET', './devices', { headers: { 'idempotency-key': '' } })).status, 200)
  })

  it('commits the stored response with the change: if it cannot be stored, nothing changes', async () => {
    const { db } = server.context
    const body = { imei: makeImei() }
    await db.run(KEEP_NOTHING[engine])
    const rejected = await demo
      .call('POST', './devices', { body, headers: newKey() })
      .finally(() => db.run(KEEP_AGAIN[engine]))
    assert.equal(rejected.status, 500)
    assert.deepEqual((await demo.call('POST', './devices/search', { body })).body.items, [])
  })

  it('expires keys after 24 hours and then deletes them', async () => {
    const headers = newKey()
    const body = { imei: makeImei() }
    const count = async () =>
      (await server.context.db.get<{ n: number }>('SELECT COUNT(*) AS n FROM idempotency_keys'))?.n
    await demo.call('POST', './devices', { body, headers })
    try {
      offset = DAY - 1_000
      assert.equal((await demo.call('POST', './devices', { body, headers })).status, 201)
      offset = DAY + 1_000
      const late = await demo.call('POST', './devices', { body, headers })
      assert.equal(late.body.code, 'deviceImeiAlreadyExists')
      assert.notEqual(await count(), 0)
      await sweep(server.context, new AbortController().signal)
      assert.equal(await count(), 0)
    } finally {
      offset = 0
    }
  })
})
