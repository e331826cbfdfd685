import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { base62, createIdSource, idPattern, newProjectTag } from '../../src/domain/id.ts'

/** 2010 to 2100, in milliseconds. */
const time = fc.integer({ min: 1_262_304_000_000, max: 4_102_444_800_000 })

function timeOf(id: string): number {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  return [...id.slice(4, 12)].reduce((sum, digit) => sum * 62 + alphabet.indexOf(digit), 0)
}

/** docs/contract.md §3. */
describe('an id source', () => {
  it('never repeats or goes backwards, however the clock jumps', () => {
    const readings = fc.array(fc.oneof(time, fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_005 })), {
      minLength: 2,
      maxLength: 100,
    })
    fc.assert(
      fc.property(readings, (clock) => {
        let position = 0
        const newId = createIdSource(() => clock[position] as number)
        let latest = ''
        let furthest = 0
        for (; position < clock.length; position++) {
          furthest = Math.max(furthest, clock[position] as number)
          const { id, createdAt } = newId('dev', '0000Az')
          assert.ok(id > latest, `${id} after ${latest}`)
          assert.equal(timeOf(id), furthest)
          assert.equal(createdAt, new Date(furthest).toISOString().replace(/\.\d+Z$/, 'Z'))
          latest = id
        }
      }),
    )
  })

  it('creates 100,000 ids within one millisecond in order', () => {
    const newId = createIdSource(() => 1_700_000_000_000)
    let latest = ''
    for (let made = 0; made < 100_000; made++) {
      const { id } = newId('sim', '00000A')
      assert.ok(id > latest)
      latest = id
    }
  })

  it('orders ids of all kinds and projects by creation', () => {
    const newId = createIdSource(() => 1_700_000_000_000)
    const parts = [newId('dev', 'zzzzzz'), newId('usr', '000000'), newId('dmd'), newId('sim', 'AAAAAA')].map(({ id }) =>
      id.slice(-14),
    )
    assert.deepEqual([...parts].sort(), parts)
  })

  it('creates ids that match their pattern', () => {
    fc.assert(
      fc.property(time, (now) => {
        const newId = createIdSource(() => now)
        const tag = newProjectTag()
        for (const prefix of ['dev', 'sim', 'usr'] as const) {
          const { id } = newId(prefix, tag)
          assert.match(id, new RegExp(`^${prefix}_[0-9A-Za-z]{28}$`))
          assert.match(id, new RegExp(idPattern(prefix)))
          assert.equal(id.slice(12, 18), tag)
        }
        const { id } = newId('dmd')
        assert.match(id, /^dmd_[0-9A-Za-z]{22}$/)
        assert.match(id, new RegExp(idPattern('dmd')))
      }),
    )
  })

  it('shares no random part with another source at the same time', () => {
    const ids = Array.from({ length: 1_000 }, () => createIdSource(() => 1_700_000_000_000)('dmd').id)
    assert.equal(new Set(ids).size, 1_000)
  })
})

describe('base 62', () => {
  it('has its digits in ASCII order', () => {
    assert.equal(base62(0n, 3), '000')
    assert.equal(base62(9n, 3), '009')
    assert.equal(base62(10n, 3), '00A')
    assert.equal(base62(35n, 3), '00Z')
    assert.equal(base62(36n, 3), '00a')
    assert.equal(base62(61n, 3), '00z')
    assert.equal(base62(62n, 3), '010')
    assert.equal(base62(2n ** 32n - 1n, 6), '4gfFC3')
  })

  it('sorts as text in the order of its numbers', () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 80n - 1n })
    fc.assert(
      fc.property(number, number, (a, b) => {
        assert.equal(base62(a, 14) < base62(b, 14), a < b)
        assert.equal(base62(a, 14).length, 14)
      }),
    )
  })
})
