import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { migrate } from '../../src/db/migrate.ts'
import type { Database } from '../../src/db/port.ts'
import { createSequencer } from '../../src/events/sequencer.ts'
import { insertUnordered, newestPosition } from '../../src/events/store.ts'
import { makeStore, openStore } from '../support/store.ts'

/** How many attempts fail, a second apart. */
const FAILURES = 2

describe('the sequencer', () => {
  it('reports an outage of the store once, and its end', async () => {
    const db = openStore(await makeStore())
    after(() => db.close())
    await migrate(db, Date.now)
    await insertUnordered(db, [event('evt_0000000000000000000000000001')])
    let attempts = 0
    const failing: Database = {
      ...db,
      get(...query) {
        attempts += 1
        if (attempts <= FAILURES) throw new Error('The store is unreachable')
        return db.get(...query)
      },
    }
    const { promise: ordered, resolve: onOrdered } = Promise.withResolvers<string>()
    const sequencer = createSequencer({ db: failing, onOrdered })
    const reports: unknown[] = []
    const stopping = new AbortController()
    sequencer.watchAll(stopping.signal, {
      began: (error, project) => reports.push([project, (error as Error).message]),
      ended: (project) => reports.push([project, 'ended']),
    })
    sequencer.nudge('demo')
    assert.equal(await ordered, 'demo')
    stopping.abort()
    await sequencer.settled()
    assert.equal(await newestPosition(db, 'demo'), 1)
    assert.deepEqual(reports, [
      ['demo', 'The store is unreachable'],
      ['demo', 'ended'],
    ])
  })
})

function event(id: string) {
  return {
    ...({ project_id: 'demo', id, type: 'com.gigs.user.created', object_id: 'usr_1', user_id: 'usr_1' } as const),
    ...{ previous_user_id: null, actor: 'system', actor_name: null, request_id: null, data: '{}', previous_data: null },
  }
}
