import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser } from '../support/factories.ts'
import { startServer, type TestProject } from '../support/server.ts'

const START = Date.parse('2021-02-14T19:38:34.987Z')
const HOUR = 3_600_000
let now = START

const server = await startServer({ clock: () => now })
const demo = await server.addProject('demo', 'test')
const other = await server.addProject('other', 'live')

const makers = { devices: createDevice, sims: createSim, users: createUser }
const prefixes = { devices: 'dev', sims: 'sim', users: 'usr' }
const kinds = ['devices', 'sims', 'users'] as const

async function makeOneOfEach(project: TestProject): Promise<{ id: string; createdAt: string }[]> {
  const made = []
  for (const kind of kinds) made.push(await makers[kind](project))
  return made
}

/** Unix milliseconds, from the first 8 characters after the prefix. */
function timeOf(id: string): number {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  return [...id.slice(4, 12)].reduce((time, digit) => time * 62 + digits.indexOf(digit), 0)
}

function tagOf(id: string): string {
  return id.slice(12, 18)
}

/** docs/contract.md §3. */
describe('ids', () => {
  for (const kind of kinds) {
    it(`of ${kind} consist of ${prefixes[kind]}_ and 28 letters and digits`, async () => {
      const { id } = await makers[kind](demo)
      assert.match(id, new RegExp(`^${prefixes[kind]}_[0-9A-Za-z]{28}$`))
    })
  }

  it('of device models consist of dmd_ and 22 letters and digits', async () => {
    const { body } = await demo.call('GET', '/deviceModels')
    assert.ok(body.items.length > 0)
    for (const { id } of body.items) assert.match(id, /^dmd_[0-9A-Za-z]{22}$/)
  })

  it('contain the time of their creation, which is createdAt to the second', async () => {
    for (const time of [START + HOUR, START + HOUR + 1, START + HOUR + 12, START + HOUR + 13]) {
      now = time
      for (const { id, createdAt } of await makeOneOfEach(demo)) {
        assert.equal(timeOf(id), time)
        assert.equal(createdAt, time < START + HOUR + 13 ? '2021-02-14T20:38:34Z' : '2021-02-14T20:38:35Z')
      }
    }
  })

  it('identify their project: the same 6 characters throughout a project, different ones in another', async () => {
    const here = [...(await makeOneOfEach(demo)), ...(await makeOneOfEach(demo))].map(({ id }) => tagOf(id))
    const there = (await makeOneOfEach(other)).map(({ id }) => tagOf(id))
    assert.equal(new Set(here).size, 1)
    assert.equal(new Set(there).size, 1)
    assert.notEqual(here[0], there[0])
  })

  it('order by creation within one millisecond, so that lists are newest first', async () => {
    const project = await server.addProject('order', 'test')
    for (const kind of kinds) {
      const made: string[] = []
      for (let count = 0; count < 30; count++) made.push((await makers[kind](project)).id)
      assert.deepEqual([...made].sort(), made)
      const { body } = await project.call('GET', `./${kind}?limit=200`)
      assert.deepEqual(
        body.items.map((item: { id: string }) => item.id),
        made.toReversed(),
      )
    }
  })

  it('keep increasing when the clock is set back, and createdAt with them', async () => {
    const project = await server.addProject('clock', 'test')
    now = START + 3 * HOUR
    const before = await createDevice(project)
    now = START
    const after = await createDevice(project)
    assert.ok(after.id > before.id)
    assert.equal(before.createdAt, '2021-02-14T22:38:34Z')
    assert.equal(after.createdAt, '2021-02-14T22:38:34Z')
    const { body } = await project.call('GET', './devices')
    assert.deepEqual(
      body.items.map((item: { id: string }) => item.id),
      [after.id, before.id],
    )
  })

  it('never repeat, however many requests arrive together', async () => {
    const made = await Promise.all(Array.from({ length: 200 }, () => createUser(demo)))
    assert.equal(new Set(made.map(({ id }) => id)).size, 200)
  })

  it('stay the same through updates', async () => {
    const device = await createDevice(demo)
    const { body } = await demo.call('PATCH', `./devices/${device.id}`, { body: { name: 'renamed' } })
    assert.equal(body.id, device.id)
    assert.equal(body.createdAt, device.createdAt)
  })
})

describe('times', () => {
  it('are in UTC to the second, on projects too', async () => {
    const { body } = await demo.call('GET', '/projects/demo')
    assert.equal(body.createdAt, '2021-02-14T19:38:34Z')
  })
})
