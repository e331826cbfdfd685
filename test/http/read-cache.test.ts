import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { systemCaller } from '../../src/caller.ts'
import type { Context } from '../../src/context.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openSqlite } from '../../src/db/sqlite/open.ts'
import { createKey, listApiKeys, revokeKey } from '../../src/resources/api-keys/api-keys.ts'
import { updateDevice } from '../../src/resources/devices/devices.ts'
import { requireProject } from '../../src/resources/projects/projects.ts'
import { makeDirectory } from '../support/directory.ts'
import { createDevice, createUser, createUserClient, makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'
import { startServerProcess } from '../support/server-process.ts'
import { contextOf, engine } from '../support/store.ts'

let now = Date.now()
const server = await startServer({ clock: () => now, settings: { corsOrigins: ['https://app.example.com'] } })

/** A server in its own process with a device, and a second handle on its store. */
async function startBeside() {
  const data = await makeDirectory()
  const { key, clientWith, stop } = await startServerProcess({ HANDSET_DATA: data })
  const call = clientWith(key as string)
  const context: Context = contextOf(openSqlite(join(data, 'handset.db')))
  const project = await requireProject(context, 'demo')
  const { body: device } = await call('POST', './devices', { body: { imei: makeImei(), name: 'old' } })
  const end = async () => {
    await context.db.close()
    await stop()
  }
  return { call, clientWith, context, project, device, end }
}

describe('a cached response', {
  skip: engine !== 'sqlite' && 'PostgreSQL has no cheap way to read a version of its data',
}, () => {
  it('is not served after another process has changed the data', async () => {
    const { call, context, project, device, end } = await startBeside()
    const caller = { ...systemCaller(project), tokenId: 'another process' }
    for (const name of ['one', 'two', 'three']) {
      const before = await call('GET', `./devices/${device.id}`)
      for (const _ of [2, 3]) assert.deepEqual((await call('GET', `./devices/${device.id}`)).body, before.body)
      await updateDevice(context, caller, device.id, { name }, null)
      const after = await call('GET', `./devices/${device.id}`, {
        headers: { 'if-none-match': before.headers.etag ?? '' },
      })
      assert.equal(after.status, 200)
      assert.equal(after.body.name, name)
      assert.equal((await call('GET', './devices')).body.items[0].name, name)
    }
    await end()
  })

  it('is not served to another caller', async () => {
    const project = await server.addProject('cached', 'test')
    const other = await server.addProject('other', 'test')
    const owner = await createUser(project)
    const stranger = await createUser(project)
    const device = await createDevice(project, { user: owner.id })
    const askAsStranger = await createUserClient(server, project, stranger.id)
    const path = `/projects/cached/devices/${device.id}`
    for (const _ of [1, 2, 3]) {
      assert.equal((await project.call('GET', path)).status, 200)
      assert.equal((await askAsStranger('GET', path)).status, 404)
      assert.equal((await askAsStranger('GET', './devices')).body.items.length, 0)
      assert.equal((await project.call('GET', './devices')).body.items.length, 1)
      assert.equal((await other.call('GET', path)).status, 404)
      assert.equal((await server.callOpenly('GET', path)).status, 401)
    }
  })

  it('has the headers of the first response', async () => {
    const { call } = await server.addProject('headers', 'test')
    const { body: device } = await call('POST', './devices', { body: { imei: makeImei(), name: 'Zoë' } })
    for (const path of [`./devices/${device.id}`, './devices']) {
      const first = await call('GET', path)
      await call('GET', path) // Only the response to a repeated request is stored.
      const second = await call('GET', path)
      assert.deepEqual(second.body, first.body)
      assert.deepEqual(Object.keys(second.headers).sort(), Object.keys(first.headers).sort())
      for (const name of ['cache-control', 'content-length', 'content-type', 'etag', 'ratelimit-policy', 'vary']) {
        assert.equal(second.headers[name], first.headers[name])
      }
      assert.notEqual(second.headers['x-request-id'], first.headers['x-request-id'])
      assert.notEqual(second.headers.ratelimit, first.headers.ratelimit)
    }
  })

  it('is not served across origins', async () => {
    const { call } = await server.addProject('origins', 'test')
    await call('POST', './devices', { body: { imei: makeImei() } })
    const read = (headers: Record<string, string>) => call('GET', './devices', { headers })
    const allowed = () => read({ origin: 'https://app.example.com' })
    const other = () => read({ origin: 'https://other.example.com' })
    for (const _ of [1, 2, 3]) {
      assert.equal((await allowed()).headers['access-control-allow-origin'], 'https://app.example.com')
      assert.equal((await read({})).headers['access-control-allow-origin'], undefined)
      assert.notEqual((await other()).headers['access-control-allow-origin'], 'https://other.example.com')
    }
  })

  it('becomes 304 without a body for a matching tag, and not for another', async () => {
    const { call } = await server.addProject('unchanged', 'test')
    const { body: device } = await call('POST', './devices', { body: { imei: makeImei() } })
    const read = (headers: Record<string, string>) => call('GET', `./devices/${device.id}`, { headers })
    const { headers } = await read({})
    const etag = headers.etag as string
    for (const field of [etag, etag, `W/${etag}`, '*']) {
      const answer = await read({ 'if-none-match': field })
      assert.equal(answer.status, 304)
      assert.equal(answer.body, undefined)
      assert.equal(answer.headers.etag, etag)
      assert.equal(answer.headers['content-length'], undefined)
      assert.equal(answer.headers['content-type'], undefined)
    }
    assert.equal((await read({ 'if-none-match': '"other"' })).body.id, device.id)
  })

  it('echoes the id of the current request', async () => {
    const { call } = await server.addProject('request-ids', 'test')
    for (const id of ['one', 'two', 'three']) {
      const { headers } = await call('GET', './devices', { headers: { 'x-request-id': id } })
      assert.equal(headers['x-request-id'], id)
    }
  })

  it('changes with every change of the data it is built from', async () => {
    const { call } = await server.addProject('parts', 'test')
    const { body: user } = await call('POST', './users', { body: { email: 'a@example.com', fullName: 'A' } })
    const { body: device } = await call('POST', './devices', { body: { imei: makeImei(), user: user.id } })
    const readOnce = async () => (await call('GET', `./devices/${device.id}`)).body
    const read = async () => [await readOnce(), await readOnce(), await readOnce()].at(-1)
    assert.equal((await read()).user.fullName, 'A')
    await call('PATCH', `./users/${user.id}`, { body: { fullName: 'B' } })
    assert.equal((await read()).user.fullName, 'B')
    await call('DELETE', `./devices/${device.id}`)
    assert.equal((await call('GET', `./devices/${device.id}`)).status, 404)
  })
})

describe('an authenticated caller', () => {
  it('is rejected on the next request after another process has revoked the key', {
    skip: engine !== 'sqlite',
  }, async () => {
    const { clientWith, context, project, end } = await startBeside()
    const { id, token } = await createKey(context, project, { name: 'short-lived', role: 'admin' })
    const call = clientWith(token)
    for (const _ of [1, 2, 3]) assert.equal((await call('GET', './devices')).status, 200)
    await revokeKey(context, project, id)
    assert.equal((await call('GET', './devices')).status, 401)
    assert.equal(JSON.parse(await listApiKeys(context, systemCaller(project), {})).items.length, 2)
    await end()
  })

  it('is rejected once the token has expired', async () => {
    const project = await server.addProject('expiry', 'test')
    const user = await createUser(project)
    const call = await createUserClient(server, project, user.id, 60)
    for (const _ of [1, 2]) assert.equal((await call('GET', './devices')).status, 200)
    now += 60_000
    assert.equal((await call('GET', './devices')).status, 401)
  })

  it('is rejected once the user is deleted', async () => {
    const project = await server.addProject('ended', 'test')
    const user = await createUser(project)
    const call = await createUserClient(server, project, user.id)
    for (const _ of [1, 2]) assert.equal((await call('GET', './devices')).status, 200)
    await project.call('DELETE', `./users/${user.id}`)
    assert.equal((await call('GET', './devices')).status, 401)
  })
})

describe('the version of a store', { skip: engine !== 'sqlite' }, () => {
  it('is read once for callers in the same turn of the event loop, and again after that', async () => {
    const path = join(await makeDirectory(), 'handset.db')
    const [reading, writing] = [openSqlite(path), openSqlite(path)]
    await migrate(reading, Date.now)
    const [one, two] = [{}, {}]
    const count = async () =>
      (await reading.get<{ rows: number }>('SELECT COUNT(*) AS rows FROM schema_migrations'))?.rows
    const first = reading.version(one)
    const rows = await count()
    await writing.run('DELETE FROM schema_migrations')
    const again = reading.version(one)
    assert.notEqual(again, first)
    assert.equal(reading.version(two), again)
    assert.notEqual(await count(), rows)
    await reading.run("INSERT INTO schema_migrations (version, name, applied_at) VALUES (1, 'one', '')")
    assert.notEqual(reading.version(two), again)
    assert.equal(await count(), 1)
    await Promise.all([reading.close(), writing.close()])
  })
})
