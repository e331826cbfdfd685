import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createKey } from '../../src/resources/tokens/tokens.ts'
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

/** Statements that make the table of kept answers refuse all rows, and take them again. */
const KEEP_NOTHING = {
  sqlite: `CREATE TRIGGER keep_nothing BEFORE INSERT ON idempotency_keys BEGIN SELECT RAISE(ABORT, 'keeps nothing'); END`,
  postgres: 'ALTER TABLE idempotency_keys ADD CONSTRAINT keep_nothing CHECK (FALSE) NOT VALID',
}
const KEEP_AGAIN = {
  sqlite: 'DROP TRIGGER keep_nothing',
  postgres: 'ALTER TABLE idempotency_keys DROP CONSTRAINT keep_nothing',
}

const DAY = 24 * 60 * 60 * 1000

/** Contract section 6. */
describe('idempotency', () => {
  it('replays the first answer with its status to the same request, and changes nothing', async () => {
    const headers = newKey()
    const body = { imei: makeImei() }
    const first = await demo.ask('POST', './devices', { body, headers })
    const second = await demo.ask('POST', './devices', { body, headers })
    assert.equal(first.status, 201)
    assert.equal(first.headers['idempotent-replayed'], undefined)
    assert.equal(second.status, 201)
    assert.equal(second.headers['idempotent-replayed'], 'true')
    assert.deepEqual(second.body, first.body)
    assert.equal((await demo.ask('POST', './devices/search', { body })).body.items.length, 1)
  })

  it('replays a deletion, though the object is gone', async () => {
    const device = await createDevice(demo)
    const headers = newKey()
    const first = await demo.ask('DELETE', `./devices/${device.id}`, { headers })
    const second = await demo.ask('DELETE', `./devices/${device.id}`, { headers })
    assert.equal(first.status, 200)
    assert.equal(second.status, 200)
    assert.deepEqual(second.body, device)
    assert.equal((await demo.ask('DELETE', `./devices/${device.id}`, { headers: newKey() })).status, 404)
  })

  it('replays what was, not what is', async () => {
    const headers = newKey()
    const body = { imei: makeImei(), name: 'first' }
    const { body: device } = await demo.ask('POST', './devices', { body, headers })
    await demo.ask('PATCH', `./devices/${device.id}`, { body: { name: 'second' } })
    assert.equal((await demo.ask('POST', './devices', { body, headers })).body.name, 'first')
  })

  it('replays searches too', async () => {
    const device = await createDevice(demo)
    const headers = newKey()
    const body = { imei: device.imei }
    const first = await demo.ask('POST', './devices/search', { body, headers })
    await demo.ask('DELETE', `./devices/${device.id}`)
    const second = await demo.ask('POST', './devices/search', { body, headers })
    assert.equal(second.headers['idempotent-replayed'], 'true')
    assert.deepEqual(second.body, first.body)
  })

  it('does not keep failures', async () => {
    const headers = newKey()
    const imei = makeImei()
    assert.equal((await demo.ask('POST', './devices', { body: { imei, name: '' }, headers })).status, 422)
    assert.equal((await demo.ask('POST', './devices', { body: { imei, user: 'usr_x' }, headers })).status, 404)
    assert.equal((await demo.ask('POST', './devices', { body: { imei }, headers })).status, 201)
  })

  it('refuses the same key with another body, path or method', async () => {
    const headers = newKey()
    const { body: device } = await demo.ask('POST', './devices', { body: { imei: makeImei() }, headers })
    const others = [
      await demo.ask('POST', './devices', { body: { imei: makeImei() }, headers }),
      await demo.ask('POST', './users', { body: { email: makeEmail() }, headers }),
      await demo.ask('DELETE', `./devices/${device.id}`, { headers }),
    ]
    assert.deepEqual(
      others.map(({ status }) => status),
      [422, 422, 422],
    )
    assert.equal((await demo.ask('GET', `./devices/${device.id}`)).status, 200)
  })

  it('answers 409 while the first request is in flight', async () => {
    const headers = newKey()
    const body = { imei: makeImei() }
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const held = server.registry.db.transaction(() => gate)
    const requests = [
      demo.ask('POST', './devices', { body, headers }),
      demo.ask('POST', './devices', { body, headers }),
    ]
    const early = await Promise.race(requests)
    open()
    await held
    assert.equal(early.status, 409)
    assert.equal(early.body.type, 'conflict')
    assert.deepEqual((await Promise.all(requests)).map(({ status }) => status).sort(), [201, 409])
    assert.equal((await demo.ask('POST', './devices', { body, headers })).headers['idempotent-replayed'], 'true')
  })

  it('never does a change twice, however many requests carry its key', async () => {
    const headers = newKey()
    const body = { imei: makeImei() }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => demo.ask('POST', './devices', { body, headers })),
    )
    const created = answers.filter(({ status, headers }) => status === 201 && !headers['idempotent-replayed'])
    assert.equal(created.length, 1)
    for (const { status } of answers) assert.ok(status === 409 || status === 201, String(status))
  })

  it('shares one space among all keys of a project, and has another for each user', async () => {
    const headers = newKey()
    const user = await createUser(demo)
    const asUser = await createUserClient(server, demo, user.id)
    const body = { imei: makeImei() }
    const first = await demo.ask('POST', './devices', { body, headers })
    const { token } = await createKey(server.registry, demo.project, { name: 'second' })
    const withSecondKey = await server.clientWith(token, 'demo')('POST', './devices', { body, headers })
    assert.equal(withSecondKey.headers['idempotent-replayed'], 'true')
    assert.deepEqual(withSecondKey.body, first.body)
    const withUserToken = await asUser('POST', './devices', { body, headers })
    assert.equal(withUserToken.status, 422)
    assert.equal(withUserToken.body.code, 'deviceImeiAlreadyExists')
  })

  it('is never replayed across projects', async () => {
    const other = await server.addProject('other', 'test')
    const headers = newKey()
    const body = { imei: makeImei() }
    const first = await demo.ask('POST', './devices', { body, headers })
    const second = await other.ask('POST', './devices', { body, headers })
    assert.equal(second.status, 201)
    assert.notEqual(second.body.id, first.body.id)
  })

  it('takes keys of 1 to 255 characters', async () => {
    for (const [key, status] of [
      ['', 422],
      ['k', 201],
      ['k'.repeat(255), 201],
      ['k'.repeat(256), 422],
    ] as const) {
      const headers = { 'idempotency-key': key }
      assert.equal((await demo.ask('POST', './devices', { body: { imei: makeImei() }, headers })).status, status)
    }
  })

  it('is ignored on other methods', async () => {
    const device = await createDevice(demo)
    const headers = newKey()
    for (const name of ['one', 'two']) {
      const { body } = await demo.ask('PATCH', `./devices/${device.id}`, { body: { name }, headers })
      assert.equal(body.name, name)
    }
    assert.equal((await demo.ask('GET', './devices', { headers: { 'idempotency-key': '' } })).status, 200)
  })

  it('commits the kept answer with the change: where it cannot be kept, nothing is changed', async () => {
    const { db } = server.registry
    const body = { imei: makeImei() }
    await db.run(KEEP_NOTHING[engine])
    const refused = await demo
      .ask('POST', './devices', { body, headers: newKey() })
      .finally(() => db.run(KEEP_AGAIN[engine]))
    assert.equal(refused.status, 500)
    assert.deepEqual((await demo.ask('POST', './devices/search', { body })).body.items, [])
  })

  it('is forgotten after 24 hours, and then swept', async () => {
    const headers = newKey()
    const body = { imei: makeImei() }
    const count = async () =>
      (await server.registry.db.get<{ n: number }>('SELECT COUNT(*) AS n FROM idempotency_keys'))?.n
    await demo.ask('POST', './devices', { body, headers })
    try {
      offset = DAY - 1_000
      assert.equal((await demo.ask('POST', './devices', { body, headers })).status, 201)
      offset = DAY + 1_000
      const late = await demo.ask('POST', './devices', { body, headers })
      assert.equal(late.body.code, 'deviceImeiAlreadyExists')
      assert.notEqual(await count(), 0)
      await sweep(server.registry, new AbortController().signal)
      assert.equal(await count(), 0)
    } finally {
      offset = 0
    }
  })
})
