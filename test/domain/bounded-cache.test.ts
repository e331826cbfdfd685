import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBoundedCache } from '../../src/domain/bounded-cache.ts'

/** Returns how many of these keys are cached. */
function countCached(find: (key: string) => string | undefined, count: number): number {
  return Array.from({ length: count }, (_, number) => find(`${number}`)).filter((found) => found !== undefined).length
}

describe('a bounded cache', () => {
  it('never exceeds its capacity', () => {
    const cache = createBoundedCache<string>(100)
    cache.get(1, '')
    for (let number = 0; number < 1_000; number++) cache.set(1, `${number}`, 'found', 10)
    const found = countCached((key) => cache.get(1, key), 1_000)
    assert.ok(found > 0 && found <= 10, `${found} are cached`)
  })

  it('retains a value that is read often', () => {
    const cache = createBoundedCache<string>(100)
    cache.get(1, '')
    cache.set(1, 'asked', 'found', 10)
    for (let number = 0; number < 1_000; number++) {
      cache.set(1, `${number}`, 'found', 10)
      assert.equal(cache.get(1, 'asked'), 'found')
    }
  })

  it('is emptied by a new version', () => {
    const cache = createBoundedCache<string>(100)
    cache.get(1, '')
    cache.set(1, 'key', 'found', 10)
    assert.equal(cache.get(1, 'key'), 'found')
    assert.equal(cache.get(2, 'key'), undefined)
    assert.equal(cache.get(1, 'key'), undefined)
  })

  it('ignores a value that was read while the version changed', () => {
    const cache = createBoundedCache<string>(100)
    cache.get(1, 'key')
    cache.get(2, 'key')
    cache.set(1, 'key', 'found', 10)
    assert.equal(cache.get(2, 'key'), undefined)
  })

  it('ignores a value larger than half of its capacity', () => {
    const cache = createBoundedCache<string>(100)
    cache.get(1, '')
    cache.set(1, 'small', 'found', 10)
    cache.set(1, 'large', 'found', 60)
    assert.equal(cache.get(1, 'small'), 'found')
    assert.equal(cache.get(1, 'large'), undefined)
  })
})
