import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { revokeKey } from '../../src/resources/api-keys/api-keys.ts'
import { createApiKey, createKeyClient } from '../support/factories.ts'
import { startServer, type TestProject } from '../support/server.ts'

let offset = 0
const server = await startServer({ clock: () => Date.now() + offset })
const demo = await server.addProject('demo', 'test')
const other = await server.addProject('other', 'live')

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

async function keyOf(project: TestProject): Promise<string> {
  const { body } = await project.call('GET', './apiKeys?limit=200')
  return body.items.at(-1).id
}

/** docs/contract.md §11. */
describe('API keys', () => {
  it('are created with the role editor by default, and show their token once', async () => {
    const { status, body } = await demo.call('POST', './apiKeys', { body: { name: 'backend' } })
    assert.equal(status, 201)
    const { id, token, prefix, createdAt, ...rest } = body
    assert.match(id, /^key_[0-9A-Za-z]{28}$/)
    assert.match(createdAt, TIME)
    assert.ok(token.startsWith(prefix))
    assert.deepEqual(rest, {
      object: 'apiKey',
      name: 'backend',
      role: 'editor',
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    })
    const { token: _, ...shown } = body
    assert.deepEqual((await demo.call('GET', `./apiKeys/${id}`)).body, shown)
    assert.equal((await server.clientWith(token, 'demo')('GET', './devices')).status, 200)
  })

  it('are listed newest first with cursors, revoked ones included', async () => {
    const project = await server.addProject('listed', 'test')
    const made = [await createApiKey(project, 'viewer'), await createApiKey(project, 'editor')]
    await project.call('DELETE', `./apiKeys/${made[0].id}`)
    const first = await project.call('GET', './apiKeys?limit=2')
    assert.deepEqual(
      first.body.items.map(({ id }: { id: string }) => id),
      [made[1].id, made[0].id],
    )
    assert.match(first.body.items[1].revokedAt, TIME)
    const second = await project.call('GET', `./apiKeys?limit=2&after=${first.body.moreItemsAfter}`)
    assert.deepEqual(
      second.body.items.map(({ name }: { name: string }) => name),
      ['test'],
    )
  })

  it('belong to their own project only', async () => {
    const { id } = await createApiKey(other, 'editor')
    assert.equal((await demo.call('GET', `./apiKeys/${id}`)).status, 404)
    assert.equal((await demo.call('DELETE', `./apiKeys/${id}`)).status, 404)
    const { body } = await demo.call('GET', './apiKeys?limit=200')
    assert.ok(body.items.every((key: { id: string }) => key.id !== id))
  })

  it('reject an unknown role, a missing or empty name, and a lifetime out of range', async () => {
    for (const [property, body] of [
      ['role', { name: 'x', role: 'owner' }],
      ['name', {}],
      ['name', { name: '' }],
      ['expiresIn', { name: 'x', expiresIn: 0 }],
      ['expiresIn', { name: 'x', expiresIn: 315_360_001 }],
    ] as const) {
      const response = await demo.call('POST', './apiKeys', { body })
      assert.equal(response.status, 422)
      assert.equal(response.body.details[0].property, property)
    }
  })

  it('end when they expire', async () => {
    const key = await createApiKey(demo, 'viewer', { expiresIn: 60 })
    assert.equal(Date.parse(key.expiresAt) - Date.parse(key.createdAt), 60_000)
    const call = server.clientWith(key.token, 'demo')
    assert.equal((await call('GET', './devices')).status, 200)
    offset = 61_000
    assert.equal((await call('GET', './devices')).status, 401)
    offset = 0
  })

  it('end when they are revoked, from the next request on; revoking again changes nothing', async () => {
    const key = await createApiKey(demo, 'admin')
    const call = server.clientWith(key.token, 'demo')
    assert.equal((await call('GET', './devices')).status, 200)
    const revoked = await call('DELETE', `./apiKeys/${key.id}`)
    assert.equal(revoked.status, 200)
    assert.match(revoked.body.revokedAt, TIME)
    assert.equal((await call('GET', './devices')).status, 401)
    offset = 61_000
    assert.equal((await demo.call('DELETE', `./apiKeys/${key.id}`)).body.revokedAt, revoked.body.revokedAt)
    offset = 0
  })

  it('replay the token of a creation only to the key that made the request', async () => {
    const request = { body: { name: 'once' }, headers: { 'idempotency-key': 'once' } }
    const first = await demo.call('POST', './apiKeys', request)
    const second = await demo.call('POST', './apiKeys', request)
    assert.equal(second.headers['idempotent-replayed'], 'true')
    assert.deepEqual(second.body, first.body)
    const another = await createKeyClient(server, demo, 'admin')
    assert.equal((await another('POST', './apiKeys', request)).status, 422)
  })

  it('always leave the project a valid admin key', async () => {
    const project = await server.addProject('lasting', 'test')
    const first = await keyOf(project)
    const second = await createApiKey(project, 'admin', { expiresIn: 60 })
    await createApiKey(project, 'editor')
    offset = 61_000
    const rejected = await project.call('DELETE', `./apiKeys/${first}`)
    assert.equal(rejected.status, 422)
    assert.equal(rejected.body.code, 'lastAdminKey')
    assert.equal((await project.call('DELETE', `./apiKeys/${second.id}`)).status, 200)
    offset = 0
    const third = await createApiKey(project, 'admin')
    assert.equal((await project.call('DELETE', `./apiKeys/${first}`)).status, 200)
    const call = server.clientWith(third.token, 'lasting')
    assert.equal((await call('DELETE', `./apiKeys/${third.id}`)).body.code, 'lastAdminKey')
    await revokeKey(server.context, project.project, third.id)
    assert.equal((await call('GET', './devices')).status, 401)
  })

  it('leave one even if all are revoked at the same time', async () => {
    const project = await server.addProject('contended', 'test')
    const keys = [{ id: await keyOf(project), token: project.token }]
    for (let made = 0; made < 4; made++) keys.push(await createApiKey(project, 'admin'))
    const statuses = await Promise.all(
      keys.map(async ({ id, token }) => {
        const { status } = await server.clientWith(token, 'contended')('DELETE', `./apiKeys/${id}`)
        return status
      }),
    )
    assert.deepEqual(statuses.sort(), [200, 200, 200, 200, 422])
  })

  it('show when they were last used, to the minute', async () => {
    const key = await createApiKey(demo, 'viewer')
    const call = server.clientWith(key.token, 'demo')
    const before = Date.now()
    assert.equal((await call('GET', './devices')).status, 200)
    const first = await lastUse(key.id, null)
    assert.ok(Date.parse(first) >= before - 1_000 && Date.parse(first) <= Date.now(), first)
    offset = 60_000
    assert.equal((await call('GET', './devices')).status, 200)
    const second = await lastUse(key.id, first)
    assert.ok(Date.parse(second) - Date.parse(first) >= 59_000, second)
    offset = 0
  })

  it('are used without a write for each request', async () => {
    const { id, token } = await createApiKey(demo, 'viewer')
    const call = server.clientWith(token, 'demo')
    await call('GET', './devices')
    await lastUse(id, null)
    const before = await countWrites()
    for (let made = 0; made < 20; made++) assert.equal((await call('GET', './devices')).status, 200)
    assert.equal(await countWrites(), before)
  })
})

/** How many single statements have changed the store, uses of keys among them. */
async function countWrites(): Promise<string | undefined> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  const [, count] = /^handset_store_duration_seconds_count\{call="run"\} (\d+)$/m.exec(metrics) ?? []
  assert.ok(count !== undefined, metrics)
  return count
}

/** The time of use of a key, once it is no longer `before`. */
async function lastUse(id: string, before: string | null): Promise<string> {
  for (;;) {
    const { body } = await demo.call('GET', `./apiKeys/${id}`)
    if (body.lastUsedAt !== before) return body.lastUsedAt
  }
}
