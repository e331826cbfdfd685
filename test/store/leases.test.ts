import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { isHeldByOther, releaseLease, takeLease } from '../../src/db/leases.ts'
import { migrate } from '../../src/db/migrate.ts'
import { createProject } from '../../src/resources/projects/projects.ts'
import { sweep } from '../../src/serve/jobs/sweep.ts'
import { contextOf, makeStore, openStore } from '../support/store.ts'

const db = openStore(await makeStore())
after(() => db.close())
await migrate(db, Date.now)

const NOW = '2026-01-01T00:00:00.000Z'
const LATER = '2026-01-01T00:00:10.000Z'
const AFTER_THAT = '2026-01-01T00:00:10.001Z'

describe('a lease', () => {
  it('belongs to the process that took it, until it expires or is released', async () => {
    const name = { projectId: 'acme', job: 'count' }
    assert.ok(await takeLease(db, name, { holder: 'one', until: LATER }, NOW))
    assert.ok(await isHeldByOther(db, name, 'two', NOW))
    assert.ok(!(await takeLease(db, name, { holder: 'two', until: AFTER_THAT }, NOW)))
    assert.ok(!(await isHeldByOther(db, name, 'one', NOW)))
    assert.ok(!(await isHeldByOther(db, name, 'two', AFTER_THAT)))
    assert.ok(await takeLease(db, name, { holder: 'two', until: AFTER_THAT }, LATER))
    await releaseLease(db, name, 'one')
    assert.ok(await isHeldByOther(db, name, 'one', NOW))
    await releaseLease(db, name, 'two')
    assert.ok(await takeLease(db, name, { holder: 'one', until: LATER }, NOW))
  })

  it('is taken by one of several processes that ask at the same time', async () => {
    const name = { projectId: 'acme', job: 'count together' }
    const holders = Array.from({ length: 8 }, (_, index) => `process ${index}`)
    const taken = await Promise.all(holders.map((holder) => takeLease(db, name, { holder, until: LATER }, NOW)))
    assert.equal(taken.filter((isTaken) => isTaken).length, 1)
  })

  it('is for one job of one project', async () => {
    const lease = { holder: 'one', until: LATER }
    assert.ok(await takeLease(db, { projectId: 'one', job: 'count' }, lease, NOW))
    const other = { holder: 'two', until: LATER }
    assert.ok(await takeLease(db, { projectId: 'other', job: 'count' }, other, NOW))
    assert.ok(await takeLease(db, { projectId: 'one', job: 'recount' }, other, NOW))
  })
})

describe('the sweep', () => {
  it('of a project runs on one node, and on another once that one is gone', async () => {
    let time = Date.parse(NOW)
    const context = contextOf(db, () => time)
    await createProject(context, { id: 'swept', type: 'test' })
    const addExpired = () =>
      db.run(
        `INSERT INTO idempotency_keys (project_id, key_hash, fingerprint, status, answer, expires_at)
         VALUES ('swept', $1, '', 200, '{}', $2)`,
        [String(time), '2000-01-01T00:00:00.000Z'],
      )
    const sweepAs = (node: string) => sweep(context, new AbortController().signal, node)
    await addExpired()
    assert.equal(await sweepAs('one'), 1)
    time += 10 * 60_000
    await addExpired()
    assert.equal(await sweepAs('two'), 0)
    assert.equal(await sweepAs('one'), 1)
    time += 20 * 60_000
    await addExpired()
    assert.equal(await sweepAs('two'), 1)
  })
})
