import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sweep } from '../../src/serve/jobs/sweep.ts'
import { eventsOf, newestEvent } from '../support/events.ts'
import { createDevice, createUser } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const DAY = 24 * 60 * 60 * 1000
let now = Date.now()
const server = await startServer({ clock: () => now })
const sweepNow = () => sweep(server.context, new AbortController().signal)

/** docs/contract.md §13. */
describe('a sweep', () => {
  it('deletes events older than thirty days, and keeps the newest without its data', async () => {
    const project = await server.addProject('old', 'test')
    const first = await newestEvent(project)
    for (let count = 0; count < 120; count++) await createUser(project)
    const newest = await newestEvent(project)
    now += 31 * DAY
    await sweepNow()
    const { body } = await project.call('GET', './events?limit=200')
    assert.deepEqual(
      body.items.map(({ id, data }: { id: string; data: unknown }) => ({ id, data })),
      [{ id: newest, data: null }],
    )
    assert.equal((await project.call('GET', `./events?before=${first}`)).body.code, 'cursorExpired')
    const later = await createUser(project)
    const next = await project.call('GET', `./events?before=${newest}&wait=10`)
    assert.deepEqual(next.body.items[0].data, later)
  })

  it('removes the personal data of a user that was deleted seven days ago', async () => {
    const project = await server.addProject('erased', 'test')
    const personal = { fullName: 'Anna Kern', birthday: '1990-01-02', metadata: { customer: '4711' } }
    const user = await createUser(project, { email: 'anna.kern@example.com', ...personal })
    const other = await createUser(project, { fullName: 'Bea Kern' })
    const events = await eventsOf(project, async () => {
      const device = await createDevice(project, { user: user.id, name: 'Phone' })
      await project.call('PATCH', `./users/${user.id}`, { body: { fullName: 'Anna Schmid' } })
      await project.call('PATCH', `./devices/${device.id}`, { body: { name: 'Other' } })
      await project.call('DELETE', `./users/${user.id}`)
    })
    assert.equal(events.length, 5)
    const shown = async () => JSON.stringify((await project.call('GET', './events?limit=200')).body)

    now += 7 * DAY - 60_000
    await sweepNow()
    assert.match(await shown(), /Anna Kern/)
    now += 120_000
    await sweepNow()
    assert.doesNotMatch(await shown(), /Anna|anna\.kern|1990-01-02|4711/)
    assert.match(await shown(), /Bea Kern/)
    assert.ok((await shown()).includes(other.email))
    const { body } = await project.call('GET', `./events?user=${user.id}&limit=200`)
    assert.equal(body.items.length, 6)
    const [deleted, released] = body.items
    const erased = { email: null, fullName: null, birthday: null, metadata: {} }
    assert.deepEqual(deleted.data, { ...user, ...erased })
    assert.deepEqual(released.previousData.user, { ...user, ...erased })
  })
})

describe('a server that keeps events for 0 days', async () => {
  const silent = await startServer({ settings: { eventDays: 0 } })
  const project = await silent.addProject('none', 'test')

  it('writes none', async () => {
    await createDevice(project, { user: (await createUser(project)).id })
    assert.deepEqual((await project.call('GET', './events')).body.items, [])
    const unordered = await silent.context.db.all('SELECT id FROM unordered_events WHERE project_id = $1', ['none'])
    assert.equal(unordered.length, 0)
  })
})
