import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBoundedCache } from '../../src/domain/bounded-cache.ts'

/** The keys that are found of those that were cache. */
function keptOf(find: (key: string) => string | undefined, count: number): number {
  return Array.from({ length: count }, (_, number) => find(`${number}`)).filter((found) => found !== undefined).length
}

describe('what is kept', () => {
  it('takes no more room than it has', () => {
    const cache = createBoundedCache<string>(100)
    cache.get(1, '')
    for (let number = 0; number < 1_000; number++) cache.set(1, `${number}`, 'found', 10)
    const found = keptOf((key) => cache.get(1, key), 1_000)
    assert.ok(found > 0 && found <= 10, `${found} are kept`)
  })

  it('holds on to what is asked for', () => {
    const cache = createBoundedCache<string>(100)
    cache.get(1, '')
    cache.set(1, 'asked', 'found', 10)
    for (let number = 0; number < 1_000; number++) {
      cache.set(1, `${number}`, 'found', 10)
      assert.equal(cache.get(1, 'asked'), 'found')
    }
  })

  it('is gone with a new version', () => {
    const cache = createBoundedCache<string>(100)
    cache.get(1, '')
    cache.set(1, 'key', 'found', 10)
    assert.equal(cache.get(1, 'key'), 'found')
    assert.equal(cache.get(2, 'key'), undefined)
    assert.equal(cache.get(1, 'key'), undefined)
  })

  it('takes nothing that was found out while the version changed', () => {
    const cache = createBoundedCache<string>(100)
    cache.get(1, 'key')
    cache.get(2, 'key')
    cache.set(1, 'key', 'found', 10)
    assert.equal(cache.get(2, 'key'), undefined)
  })

  it('takes nothing that is larger than half of the room', () => {
    const cache = createBoundedCache<string>(100)
    cache.get(1, '')
    cache.set(1, 'small', 'found', 10)
    cache.set(1, 'large', 'found', 60)
    assert.equal(cache.get(1, 'small'), 'found')
    assert.equal(cache.get(1, 'large'), undefined)
  })
})
