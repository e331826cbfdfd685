import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createDevice, fillDevices, makeImei } from '../support/factories.ts'
import { startServer, type TestProject } from '../support/server.ts'

const server = await startServer()

function fill(project: TestProject, count: number): Promise<string[]> {
  const devices = Array.from({ length: count }, () => ({ imei: makeImei(), name: null }))
  return fillDevices(server.context, project, devices)
}

interface Page {
  items: string[]
  moreItemsAfter: string | null
  moreItemsBefore: string | null
}

async function page(project: TestProject, query: string): Promise<Page> {
  const { status, body } = await project.call('GET', `./devices?${query}`)
  assert.equal(status, 200)
  return { ...body, items: body.items.map((item: { id: string }) => item.id) }
}

/** Reads a list to its end in one direction and returns its pages. */
async function walk(project: TestProject, direction: 'after' | 'before', from: string | null, limit: number) {
  const pages: Page[] = []
  let cursor = from
  do {
    const next = await page(project, `limit=${limit}${cursor === null ? '' : `&${direction}=${cursor}`}`)
    pages.push(next)
    cursor = direction === 'after' ? next.moreItemsAfter : next.moreItemsBefore
  } while (cursor !== null)
  return pages
}

let projects = 0

/** docs/contract.md §4. */
describe('paging through a list', () => {
  it('visits everything exactly once, forwards and backwards, with any limit and from any position', async () => {
    const cases = fc.record({
      count: fc.integer({ min: 1, max: 25 }),
      deleted: fc.uniqueArray(fc.nat(24), { maxLength: 8 }),
      start: fc.nat(24),
      limit: fc.integer({ min: 1, max: 30 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ count, deleted, start, limit }) => {
        projects += 1
        const project = await server.addProject(`walk-${projects}`, 'test')
        const all = await fill(project, count)
        const cursor = all[start % count] as string
        for (const position of deleted) {
          if (position < count) await project.call('DELETE', `./devices/${all[position]}`)
        }
        const remaining = all.filter((_, position) => !deleted.includes(position))
        const older = remaining.filter((id) => id < cursor)
        const newer = remaining.filter((id) => id > cursor)

        const whole = await walk(project, 'after', null, limit)
        assert.deepEqual(
          whole.flatMap(({ items }) => items),
          remaining,
        )
        const down = await walk(project, 'after', cursor, limit)
        assert.deepEqual(
          down.flatMap(({ items }) => items),
          older,
        )
        const up = await walk(project, 'before', cursor, limit)
        assert.deepEqual(
          up.toReversed().flatMap(({ items }) => items),
          newer,
        )
        const back = await walk(project, 'before', `dev_${'0'.repeat(28)}`, limit)
        assert.deepEqual(
          back.toReversed().flatMap(({ items }) => items),
          remaining,
        )

        for (const { items, moreItemsAfter, moreItemsBefore } of [...whole, ...down, ...up, ...back]) {
          const [first, last] = [items[0] ?? null, items.at(-1) ?? null]
          assert.ok(items.length <= limit)
          assert.equal(moreItemsAfter, last !== null && remaining.some((id) => id < last) ? last : null)
          assert.equal(moreItemsBefore, first !== null && remaining.some((id) => id > first) ? first : null)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('visits each of 10,000 unchanged devices exactly once while others are created and deleted', async () => {
    const project = await server.addProject('large', 'test')
    const ids = await fill(project, 10_000)
    const deleted = new Set<string>()
    let walking = true

    async function remove(id: string): Promise<void> {
      deleted.add(id)
      const { status } = await project.call('DELETE', `./devices/${id}`)
      assert.equal(status, 200)
    }

    async function createAndDelete(worker: number): Promise<number> {
      let rounds = 0
      for (; walking; rounds++) {
        const made = await createDevice(project)
        const victim = ids[(worker * 2_500 + rounds * 7) % ids.length] as string
        if (!deleted.has(victim)) await remove(victim)
        if (rounds % 2 === 0) await remove(made.id)
      }
      return rounds
    }
    const workers = [0, 1, 2, 3].map(createAndDelete)

    const visited: string[] = []
    let cursor: string | null = null
    do {
      const next: Page = await page(project, `limit=100${cursor === null ? '' : `&after=${cursor}`}`)
      visited.push(...next.items)
      cursor = next.moreItemsAfter
      if (cursor !== null && visited.length % 500 === 0 && !deleted.has(cursor)) await remove(cursor)
    } while (cursor !== null)
    walking = false
    const rounds = await Promise.all(workers)

    for (const count of rounds) assert.ok(count > 10, `a worker ran ${count} rounds`)
    const seen = new Set(visited)
    assert.equal(seen.size, visited.length, 'no device is visited twice')
    const survivors = ids.filter((id) => !deleted.has(id))
    assert.ok(survivors.length > 5_000)
    assert.deepEqual(
      survivors.filter((id) => !seen.has(id)),
      [],
    )
  })
})
