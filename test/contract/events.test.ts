import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventsOf, newestEvent } from '../support/events.ts'
import { createDevice, createSim, createUser, createUserClient, makeEmail, makeImei } from '../support/factories.ts'
import { startServer, type TestProject } from '../support/server.ts'

const server = await startServer({ nodes: 2, settings: { publicUrl: 'https://devices.example.com' } })

const list = async ({ call }: TestProject, query: string) => {
  const { status, body } = await call('GET', `./events?${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

/** docs/contract.md §13. */
describe('an event', () => {
  it('states what changed, when, by whom and with which request', async () => {
    const project = await server.addProject('stated', 'test')
    const user = await createUser(project)
    const before = await createDevice(project, { user: user.id, name: 'Old' })
    const start = Date.now()
    const [event] = await eventsOf(project, () =>
      project.call('PATCH', `./devices/${before.id}`, {
        body: { name: 'New' },
        headers: { 'x-request-id': 'my-request' },
      }),
    )
    const { id, time, actor, ...rest } = event as unknown as { id: string; time: string; actor: { apiKey: string } }
    assert.match(id, /^evt_[0-9A-Za-z]{28}$/)
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.ok(Date.parse(time) >= start - 1 && Date.parse(time) <= Date.now())
    assert.match(actor.apiKey, /^key_/)
    assert.deepEqual(actor, { type: 'apiKey', apiKey: actor.apiKey, name: 'test' })
    assert.deepEqual(rest, {
      object: 'event',
      type: 'com.gigs.device.updated',
      project: 'stated',
      source: 'https://devices.example.com',
      specversion: '1.0',
      datacontenttype: 'application/json',
      version: '2026-11-26',
      requestId: 'my-request',
      data: { ...before, name: 'New' },
      previousData: { name: 'Old' },
    })
    const { body } = await project.call('GET', `./events/${id}`)
    assert.deepEqual(body, event)
  })

  it('names the user whose token made the change', async () => {
    const project = await server.addProject('by-user', 'test')
    const user = await createUser(project)
    const client = await createUserClient(server, project, user.id)
    const [event] = await eventsOf(project, () => client('POST', './devices', { body: { imei: makeImei() } }))
    assert.deepEqual(event?.actor, { type: 'user', user: user.id })
  })

  it('is not written by a request that fails, is replayed, or changes nothing', async () => {
    const project = await server.addProject('silent', 'test')
    const device = await createDevice(project, { name: 'Phone' })
    const email = makeEmail()
    const create = () => project.call('POST', './users', { body: { email }, headers: { 'idempotency-key': 'once' } })
    await create()
    const events = await eventsOf(project, async () => {
      assert.equal((await create()).headers['idempotent-replayed'], 'true')
      assert.equal((await project.call('POST', './devices', { body: { imei: device.imei } })).status, 422)
      assert.equal((await project.call('PATCH', `./devices/${device.id}`, { body: { name: 'Phone' } })).status, 200)
      assert.equal((await project.call('PATCH', `./devices/${device.id}`, { body: {} })).status, 200)
      const raced = { body: { name: 'Other' }, headers: { 'if-match': '"other"' } }
      assert.equal((await project.call('PATCH', `./devices/${device.id}`, raced)).status, 412)
    })
    assert.deepEqual(events, [])
  })

  it('is shown to nobody else', async () => {
    const [mine, other] = [await server.addProject('mine', 'test'), await server.addProject('not-mine', 'test')]
    await createUser(mine)
    const id = await newestEvent(mine)
    assert.equal((await other.call('GET', `./events/${id}`)).status, 404)
    const { status, body } = await other.call('GET', `./events?after=${id}`)
    assert.deepEqual([status, body.code], [422, 'cursorExpired'])
  })

  it('of a key or a token is shown only to roles that may see these', async () => {
    const project = await server.addProject('roles', 'test')
    const user = await createUser(project)
    await project.call('POST', `./users/${user.id}/tokens`, { body: {} })
    const seen: Record<string, string[]> = {}
    for (const role of ['viewer', 'editor', 'admin']) {
      const { token } = (await project.call('POST', './apiKeys', { body: { name: role, role } })).body
      await eventsOf(project, async () => {})
      const { body } = await server.clientWith(token, 'roles')('GET', './events?limit=200')
      seen[role] = [...new Set((body.items as { type: string }[]).map(({ type }) => type))].sort()
    }
    assert.deepEqual(seen, {
      viewer: ['com.gigs.user.created'],
      editor: ['com.gigs.user.created', 'handset.userToken.created'],
      admin: ['com.gigs.apiKey.created', 'com.gigs.user.created', 'handset.userToken.created'],
    })
    const client = await createUserClient(server, project, user.id)
    assert.equal((await client('GET', './events')).status, 403)
  })
})

describe('the list of events', async () => {
  const project = await server.addProject('listed', 'test')
  const [one, two] = [await createUser(project), await createUser(project)]
  const sim = await createSim(project)
  const device = await createDevice(project, { user: one.id, sims: [sim.id] })
  await project.call('PATCH', `./sims/${sim.id}`, { body: { status: 'active' } })
  await project.call('PATCH', `./devices/${device.id}`, { body: { user: two.id } })
  await project.call('PATCH', `./sims/${sim.id}`, { body: { provider: 'p9' } })
  await project.call('DELETE', `./devices/${device.id}`)
  await eventsOf(project, async () => {})
  const typesOf = async (query: string) =>
    (await list(project, `limit=200&${query}`)).items.map(({ type }: { type: string }) =>
      type.replace(/^com\.gigs\./, ''),
    )

  it('filters by object', async () => {
    assert.deepEqual(await typesOf(`object=${device.id}`), ['device.deleted', 'device.updated', 'device.created'])
  })

  it('filters by user, and shows the transfer of a device to both users', async () => {
    assert.deepEqual(await typesOf(`user=${one.id}`), [
      ...['device.updated', 'sim.activated', 'sim.updated', 'device.created', 'user.created'],
    ])
    assert.deepEqual(await typesOf(`user=${two.id}`), [
      ...['device.deleted', 'sim.updated', 'device.updated', 'user.created'],
    ])
  })

  it('filters by types and by kinds', async () => {
    assert.deepEqual(await typesOf('type=com.gigs.sim.*'), [
      'sim.updated',
      'sim.activated',
      'sim.updated',
      'sim.created',
    ])
    assert.deepEqual(await typesOf('type=com.gigs.device.deleted,com.gigs.sim.created'), [
      'device.deleted',
      'sim.created',
    ])
    assert.equal((await project.call('GET', './events?type=com.gigs.phone.created')).status, 422)
  })

  it('filters by actor', async () => {
    assert.deepEqual(await typesOf('actor=system'), ['apiKey.created'])
  })

  it('filters by time', async () => {
    const { items } = await list(project, `object=${device.id}`)
    const [deleted, updated] = items
    assert.deepEqual(await typesOf(`object=${device.id}&createdAfter=${deleted.time}`), ['device.deleted'])
    const between = `createdAfter=${updated.time}&createdBefore=${deleted.time}`
    assert.deepEqual(await typesOf(`object=${device.id}&${between}`), ['device.updated'])
  })

  it('has cursors in both directions', async () => {
    const { items } = await list(project, 'limit=200')
    const ids = items.map(({ id }: { id: string }) => id)
    const forwards: string[] = []
    for (let after: string | null = null; ; ) {
      const page = await list(project, `limit=3${after === null ? '' : `&after=${after}`}`)
      forwards.push(...page.items.map(({ id }: { id: string }) => id))
      after = page.moreItemsAfter
      if (after === null) break
    }
    assert.deepEqual(forwards, ids)
    const backwards: string[] = []
    for (let before: string | null = ids.at(-1); before !== null; ) {
      const page = await list(project, `limit=3&before=${before}`)
      backwards.unshift(...page.items.map(({ id }: { id: string }) => id))
      before = page.moreItemsBefore
    }
    assert.deepEqual([...backwards, ids.at(-1)], ids)
  })

  it('rejects a cursor that names no event', async () => {
    const id = `evt_${'0'.repeat(28)}`
    for (const parameter of ['after', 'before']) {
      const { status, body } = await project.call('GET', `./events?${parameter}=${id}`)
      assert.deepEqual([status, body.code, body.details[0].property], [422, 'cursorExpired', parameter])
    }
  })
})

describe('a request that waits for events', () => {
  it('gets the next event as soon as it is written', async () => {
    const project = await server.addProject('waiting', 'test')
    const newest = await newestEvent(project)
    const start = performance.now()
    const waiting = list(project, `before=${newest}&wait=30`)
    const user = await createUser(project)
    const { items } = await waiting
    assert.equal(items[0].data.id, user.id)
    assert.ok(performance.now() - start < 10_000)
  })

  it('gets an empty list after the time it may wait', async () => {
    const project = await server.addProject('patient', 'test')
    const newest = await newestEvent(project)
    assert.deepEqual((await list(project, `before=${newest}&wait=1`)).items, [])
  })

  it('does not count as a request in progress, but a token can have only ten', async () => {
    const busy = await startServer({ settings: { tokenConcurrent: 12 } })
    const project = await busy.addProject('busy', 'test')
    const newest = await newestEvent(project)
    const all = Array.from({ length: 11 }, () => project.call('GET', `./events?before=${newest}&wait=5`))
    const settled = await Promise.race(all)
    assert.equal(settled.status, 429)
    // Once this is stored, all ten are waiting. As many requests as the limit allows still succeed.
    await createUser(project)
    const others = await Promise.all(Array.from({ length: 12 }, () => project.call('GET', './users')))
    assert.deepEqual(new Set(others.map(({ status }) => status)), new Set([200]))
    const statuses = (await Promise.all(all)).map(({ status }) => status).sort()
    assert.deepEqual(statuses, [...Array(10).fill(200), 429])
  })

  it('ends when its key is revoked', async () => {
    const project = await server.addProject('revoked', 'test')
    const { id, token } = (await project.call('POST', './apiKeys', { body: { name: 'old', role: 'admin' } })).body
    const newest = await newestEvent(project)
    const waiting = server.clientWith(token, 'revoked')('GET', `./events?before=${newest}&wait=30`)
    await project.call('DELETE', `./apiKeys/${id}`)
    assert.ok([200, 401].includes((await waiting).status))
  })
})
