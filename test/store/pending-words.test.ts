import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { systemCaller } from '../../src/caller.ts'
import type { Context } from '../../src/context.ts'
import { migrate } from '../../src/db/migrate.ts'
import type { Database, Queries } from '../../src/db/port.ts'
import { createWordMerger } from '../../src/db/search/merger.ts'
import { createProject } from '../../src/resources/projects/projects.ts'
import { createUser, listUsers, removeUser, updateUser } from '../../src/resources/users/users.ts'
import { examine } from '../../src/serve/jobs/doctor.ts'
import { sweep } from '../../src/serve/jobs/sweep.ts'
import { makeEmail } from '../support/factories.ts'
import { contextOf, makeStore, openStore } from '../support/store.ts'

const db = openStore(await makeStore())
after(() => db.close())
await migrate(db, Date.now)
const context = contextOf(db)
const project = await createProject(context, { id: 'acme', type: 'test' })
const caller = systemCaller(project)

async function createUsers(names: readonly string[], within: Context = context): Promise<string[]> {
  const users = names.map((fullName) => createUser(within, caller, { email: makeEmail(), fullName }))
  return (await Promise.all(users)).map((json) => JSON.parse(json).id)
}

function namesOf(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) => `${word} Number${number}`)
}

/** The names of the users that a search finds. */
async function found(q: string): Promise<string[]> {
  const { items } = JSON.parse(await listUsers(context, caller, { q, limit: 200 }))
  return items.map(({ fullName }: { fullName: string }) => fullName).sort()
}

async function countPending(): Promise<number> {
  const sql = 'SELECT COUNT(*) AS count FROM search_pending WHERE project_id = $1'
  return Number((await db.get<{ count: number }>(sql, [project.id]))?.count)
}

async function assertIntact(): Promise<void> {
  assert.deepEqual((await examine(db)).findings, [])
}

/** A store that fails when it inserts rows into this table. */
function failingAt(table: string): Database {
  const failing = (tx: Queries): Queries => ({
    ...tx,
    insert: (into, ...rows) => (into === table ? Promise.reject(new Error('fails')) : tx.insert(into, ...rows)),
  })
  return { ...db, transaction: (work) => db.transaction((tx) => work(failing(tx))) }
}

/** docs/contract.md §12: a search finds what is pending and what is in the index. */
describe('the words of a new object', () => {
  it('are pending until a merge moves them into the index', async () => {
    await createUsers(['Adalbert One', 'Adalbert Two'])
    assert.equal(await countPending(), 2)
    await assertIntact()
    await context.words.merge(project.id)
    assert.equal(await countPending(), 0)
    await assertIntact()
    assert.deepEqual(await found('adalbert'), ['Adalbert One', 'Adalbert Two'])
  })

  it('are merged in the background once there are enough', async () => {
    await createUsers(namesOf('Background', 1_100))
    await context.words.settled()
    assert.ok((await countPending()) < 1_000)
    assert.equal((await found('background')).length, 200)
    await assertIntact()
  })

  it('are merged by the sweep if there are few', async () => {
    await createUsers(['Swept Person'])
    await sweep(context, new AbortController().signal)
    assert.equal(await countPending(), 0)
    assert.deepEqual(await found('swept'), ['Swept Person'])
  })

  it('go straight into the index while merges are behind', async () => {
    await context.words.merge(project.id)
    await createUsers(['Hasty Person'], contextOf(db, Date.now, { ...context.words, isBehind: () => true }))
    assert.equal(await countPending(), 0)
    assert.deepEqual(await found('hasty'), ['Hasty Person'])
  })
})

describe('a search by several words', () => {
  it('finds the users that have a word for each, pending or in the index', async () => {
    const names = ['Albin', 'Alma', 'Bela'].flatMap((first) =>
      ['Kern', 'Keller', 'Moser'].flatMap((second) =>
        ['Zaugg', 'Zbinden', 'Yersin'].map((third) => [first, second, third]),
      ),
    )
    const texts = names.map((words) => words.join(' '))
    await createUsers(texts)
    await context.words.merge(project.id)
    await createUsers(texts.slice(0, 9))
    const all = [...texts, ...texts.slice(0, 9)]
    for (const q of ['al ke z', 'za alm', 'bela moser yersin', 'ker be', 'a k z', 'alma kern zz', 'kel mos']) {
      const starts = q.split(' ')
      const expected = all.filter((text) =>
        starts.every((start) => text.split(' ').some((word) => word.toLowerCase().startsWith(start))),
      )
      // Other tests create users too.
      assert.deepEqual(
        (await found(q)).filter((name) => texts.includes(name)),
        expected.sort(),
        q,
      )
    }
  })
})

describe('a merge', () => {
  it('loses no change or deletion that is made at the same time', async () => {
    const ids = await createUsers(namesOf('Concurrent', 60))
    const others = [createWordMerger(db), createWordMerger(db)]
    const merges = [context.words, ...others].map((words) => words.merge(project.id))
    const changes = ids.map((id, number) => {
      if (number % 3 === 0) return removeUser(context, caller, id, null)
      if (number % 3 === 1) return updateUser(context, caller, id, { fullName: `Renamed Number${number}` }, null)
      return undefined
    })
    await Promise.all([...merges, ...changes, createUsers(namesOf('Later', 20))])
    assert.equal((await found('concurrent')).length, 20)
    assert.equal((await found('renamed')).length, 20)
    assert.equal((await found('later')).length, 20)
    await assertIntact()
    await context.words.merge(project.id)
    assert.equal((await found('renamed')).length, 20)
    await assertIntact()
  })

  it('that fails leaves the words pending, and reports the error if it was in the background', async () => {
    await context.words.merge(project.id)
    await createUsers(['Failing Person'])
    const words = createWordMerger(failingAt('search_words'))
    await assert.rejects(words.merge(project.id), /fails/)
    const errors: unknown[] = []
    words.reportErrors((error) => errors.push(error))
    words.committed(project.id, 1_000)
    await words.settled()
    assert.match(String(errors), /fails/)
    assert.equal(await countPending(), 1)
    assert.deepEqual(await found('failing'), ['Failing Person'])
    await assertIntact()
  })
})
