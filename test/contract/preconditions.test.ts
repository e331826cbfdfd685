import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

async function tagOf(path: string): Promise<string> {
  const { headers } = await demo.call('GET', path)
  assert.match(headers.etag ?? '', /^"[!#-~]+"$/)
  return headers.etag as string
}

/** docs/contract.md §8; RFC 9110 §13. */
describe('entity tags', () => {
  it('are on single resources, and on no list', async () => {
    const user = await createUser(demo)
    const sim = await createSim(demo)
    const device = await createDevice(demo)
    const models = await demo.call('GET', '/deviceModels?limit=1')
    for (const path of [
      `./users/${user.id}`,
      `./sims/${sim.id}`,
      `./devices/${device.id}`,
      `/deviceModels/${models.body.items[0].id}`,
      '/projects/demo',
    ]) {
      await tagOf(path)
    }
    for (const path of ['./users', './sims', './devices', '/deviceModels', '/projects', '/deviceModelBrands']) {
      assert.equal((await demo.call('GET', path)).headers.etag, undefined)
    }
  })

  it('match those of the response that created or changed the object', async () => {
    const { body, headers } = await demo.call('POST', './users', { body: { email: 'tag@example.com' } })
    assert.equal(headers.etag, await tagOf(`./users/${body.id}`))
    const changed = await demo.call('PATCH', `./users/${body.id}`, { body: { fullName: 'New' } })
    assert.equal(changed.headers.etag, await tagOf(`./users/${body.id}`))
    assert.notEqual(changed.headers.etag, headers.etag)
  })

  it("change with a device's user, SIMs and model", async () => {
    const user = await createUser(demo)
    const sim = await createSim(demo)
    const device = await createDevice(demo, { user: user.id, sims: [sim.id] })
    const path = `./devices/${device.id}`
    const first = await tagOf(path)
    await demo.call('PATCH', `./users/${user.id}`, { body: { fullName: 'New' } })
    const second = await tagOf(path)
    await demo.call('PATCH', `./sims/${sim.id}`, { body: { status: 'active' } })
    const third = await tagOf(path)
    assert.equal(new Set([first, second, third]).size, 3)
  })
})

describe('If-None-Match', () => {
  it('returns 304 without a body while the copy is current, and 200 after a change', async () => {
    const device = await createDevice(demo)
    const path = `./devices/${device.id}`
    const headers = { 'if-none-match': await tagOf(path) }
    const same = await demo.call('GET', path, { headers })
    assert.equal(same.status, 304)
    assert.equal(same.body, undefined)
    assert.equal(same.headers.etag, headers['if-none-match'])
    await demo.call('PATCH', path, { body: { name: 'changed' } })
    assert.equal((await demo.call('GET', path, { headers })).status, 200)
  })

  it('matches one of several tags, a weak tag, and *, and works with HEAD', async () => {
    const device = await createDevice(demo)
    const path = `./devices/${device.id}`
    const tag = await tagOf(path)
    for (const field of [`"other", ${tag}`, `W/${tag}`, '*']) {
      assert.equal((await demo.call('GET', path, { headers: { 'if-none-match': field } })).status, 304, field)
    }
    assert.equal((await demo.call('HEAD', path, { headers: { 'if-none-match': tag } })).status, 304)
    assert.equal((await demo.call('GET', path, { headers: { 'if-none-match': '"other"' } })).status, 200)
  })
})

describe('If-Match', () => {
  const CHANGES: [string, (id: string, headers: Record<string, string>) => ReturnType<typeof demo.call>][] = [
    ['PATCH of a device', (id, headers) => demo.call('PATCH', `./devices/${id}`, { body: { name: 'x' }, headers })],
    ['DELETE of a device', (id, headers) => demo.call('DELETE', `./devices/${id}`, { headers })],
    ['PATCH of a user', (id, headers) => demo.call('PATCH', `./users/${id}`, { body: { fullName: 'x' }, headers })],
    ['DELETE of a user', (id, headers) => demo.call('DELETE', `./users/${id}`, { headers })],
    ['PATCH of a SIM', (id, headers) => demo.call('PATCH', `./sims/${id}`, { body: { provider: 'x' }, headers })],
    ['DELETE of a SIM', (id, headers) => demo.call('DELETE', `./sims/${id}`, { headers })],
  ]
  const kinds: Record<string, { path: string; make: () => Promise<{ id: string }> }> = {
    device: { path: 'devices', make: () => createDevice(demo) },
    user: { path: 'users', make: () => createUser(demo) },
    SIM: { path: 'sims', make: () => createSim(demo) },
  }

  for (const [name, change] of CHANGES) {
    const kind = kinds[name.split(' ').at(-1) as string]
    assert.ok(kind)
    it(`guards ${name}`, async () => {
      const { id } = await kind.make()
      const path = `./${kind.path}/${id}`
      const before = await demo.call('GET', path)
      for (const field of ['"other"', 'W/"other"', 'nonsense']) {
        const rejected = await change(id, { 'if-match': field })
        assert.equal(rejected.status, 412, field)
        assert.equal(rejected.body.type, 'preconditionFailed')
      }
      assert.deepEqual((await demo.call('GET', path)).body, before.body)
      assert.equal((await change(id, { 'if-match': `"other", ${before.headers.etag}` })).status, 200)
    })
  }

  it('matches a tag that a proxy changed when it compressed the response', async () => {
    const suffixes = ['-gzip', '--gzip', ';gzip', '-br', '-zstd', '-deflate']
    for (const change of [(tag: string) => `W/${tag}`, ...suffixes.map((suffix) => withSuffix(suffix))]) {
      const device = await createDevice(demo)
      const path = `./devices/${device.id}`
      const field = change(await tagOf(path))
      assert.equal((await demo.call('GET', path, { headers: { 'if-none-match': field } })).status, 304, field)
      const headers = { 'if-match': field }
      assert.equal((await demo.call('PATCH', path, { body: { name: 'x' }, headers })).status, 200, field)
      assert.equal((await demo.call('PATCH', path, { body: { name: 'y' }, headers })).status, 412, field)
    }
  })

  it('is 412 for If-None-Match with the current tag or *', async () => {
    const device = await createDevice(demo)
    const path = `./devices/${device.id}`
    const tag = await tagOf(path)
    for (const field of [tag, `"other", W/${tag}`, '*']) {
      const headers = { 'if-none-match': field }
      assert.equal((await demo.call('PATCH', path, { body: { name: 'x' }, headers })).status, 412, field)
      assert.equal((await demo.call('DELETE', path, { headers })).status, 412, field)
    }
    const headers = { 'if-none-match': '"other"' }
    assert.equal((await demo.call('DELETE', path, { headers })).status, 200)
  })

  it('lets only one of two writers succeed', async () => {
    const device = await createDevice(demo)
    const headers = { 'if-match': await tagOf(`./devices/${device.id}`) }
    const answers = await Promise.all(
      ['one', 'two'].map((name) => demo.call('PATCH', `./devices/${device.id}`, { body: { name }, headers })),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412])
  })

  it('is evaluated after 404 and 422', async () => {
    const headers = { 'if-match': '"other"' }
    const device = await createDevice(demo)
    assert.equal((await demo.call('PATCH', './devices/dev_x', { body: {}, headers })).status, 404)
    assert.equal((await demo.call('PATCH', `./devices/${device.id}`, { body: { name: '' }, headers })).status, 422)
    const sim = await createSim(demo)
    await createDevice(demo, { sims: [sim.id] })
    const conflict = await demo.call('PATCH', `./devices/${device.id}`, { body: { sims: [sim.id] }, headers })
    assert.equal(conflict.status, 422)
    assert.equal((await demo.call('DELETE', `./sims/${sim.id}`, { headers })).status, 422)
  })

  it('matches any existing object with *', async () => {
    const device = await createDevice(demo)
    const headers = { 'if-match': '*' }
    assert.equal((await demo.call('DELETE', `./devices/${device.id}`, { headers })).status, 200)
    assert.equal((await demo.call('DELETE', `./devices/${device.id}`, { headers })).status, 404)
  })
})

function withSuffix(suffix: string) {
  return (tag: string) => `${tag.slice(0, -1)}${suffix}"`
}
