import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SetupError } from '../../src/errors.ts'
import { createProject } from '../../src/resources/projects/projects.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test', ['de-CH', 'fr-CH'])
const other = await server.addProject('other', 'live')

/** docs/contract.md §3 and §9. */
describe('projects', () => {
  it('are retrieved with id, name, type, locales and creation time', async () => {
    const { status, body } = await demo.call('GET', '/projects/demo')
    assert.equal(status, 200)
    const { createdAt, ...rest } = body
    assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.deepEqual(rest, {
      object: 'project',
      id: 'demo',
      name: 'demo',
      type: 'test',
      locales: ['de-CH', 'fr-CH'],
    })
  })

  it('are listed if the token can see them', async () => {
    for (const [{ call }, id] of [
      [demo, 'demo'],
      [other, 'other'],
    ] as const) {
      const { status, body } = await call('GET', '/projects')
      assert.equal(status, 200)
      assert.deepEqual(body, {
        object: 'list',
        items: [(await call('GET', `/projects/${id}`)).body],
        moreItemsAfter: null,
        moreItemsBefore: null,
      })
    }
  })

  it('of another token look the same as those that do not exist', async () => {
    for (const path of ['', '/devices', '/users', '/sims']) {
      const foreign = await demo.call('GET', `/projects/other${path}`)
      const absent = await demo.call('GET', `/projects/nobody${path}`)
      assert.equal(foreign.status, 404)
      assert.equal(absent.status, 404)
      assert.deepEqual(foreign.body, absent.body)
    }
  })

  it('are listed with cursors that reveal nothing about other projects', async () => {
    const list = async (query: string) => {
      const { status, body } = await demo.call('GET', `/projects?${query}`)
      assert.equal(status, 200)
      return body.items.map(({ id }: { id: string }) => id)
    }
    assert.deepEqual(await list('after=demo'), [])
    assert.deepEqual(await list('before=demo'), [])
    assert.deepEqual(await list('after=other'), ['demo'])
    assert.deepEqual(await list('before=other'), [])
    assert.deepEqual(await list('limit=0'), [])
    const bad = await demo.call('GET', '/projects?after=Demo')
    assert.equal(bad.status, 422)
    assert.equal(bad.body.details[0].property, 'after')
  })

  it('cannot be created, changed or deleted through the API', async () => {
    for (const [method, path] of [
      ['POST', '/projects'],
      ['PATCH', '/projects/demo'],
      ['DELETE', '/projects/demo'],
    ] as const) {
      const { status, headers } = await demo.call(method, path)
      assert.equal(status, 405)
      assert.equal(headers.allow, 'GET, HEAD')
    }
  })

  it('have a slug of 3 to 30 characters as their id', async () => {
    for (const id of ['abc', 'a-1', `a${'b'.repeat(29)}`]) {
      assert.equal((await createProject(server.context, { id, type: 'test' })).id, id)
    }
    for (const id of ['ab', `a${'b'.repeat(30)}`, 'Abc', '1ab', '-ab', 'ab-', 'a_b', 'äbc', 'abc\n', '']) {
      await assert.rejects(createProject(server.context, { id, type: 'test' }), SetupError)
    }
  })

  it('cannot be created twice with one id', async () => {
    await assert.rejects(createProject(server.context, { id: 'demo', type: 'live' }), {
      message: 'Project demo already exists',
    })
    assert.equal((await demo.call('GET', '/projects/demo')).body.type, 'test')
  })
})
