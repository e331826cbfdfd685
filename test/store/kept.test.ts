import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createKept } from '../../src/kept.ts'

/** The keys that are found of those that were kept. */
function keptOf(find: (key: string) => string | undefined, count: number): number {
  return Array.from({ length: count }, (_, number) => find(`${number}`)).filter((found) => found !== undefined).length
}

describe('what is kept', () => {
  it('takes no more room than it has', () => {
    const kept = createKept<string>(100)
    kept.find(1, '')
    for (let number = 0; number < 1_000; number++) kept.keep(1, `${number}`, 'found', 10)
    const found = keptOf((key) => kept.find(1, key), 1_000)
    assert.ok(found > 0 && found <= 10, `${found} are kept`)
  })

  it('holds on to what is asked for', () => {
    const kept = createKept<string>(100)
    kept.find(1, '')
    kept.keep(1, 'asked', 'found', 10)
    for (let number = 0; number < 1_000; number++) {
      kept.keep(1, `${number}`, 'found', 10)
      assert.equal(kept.find(1, 'asked'), 'found')
    }
  })

  it('is gone with a new version', () => {
    const kept = createKept<string>(100)
    kept.find(1, '')
    kept.keep(1, 'key', 'found', 10)
    assert.equal(kept.find(1, 'key'), 'found')
    assert.equal(kept.find(2, 'key'), undefined)
    assert.equal(kept.find(1, 'key'), undefined)
  })

  it('takes nothing that was found out while the version changed', () => {
    const kept = createKept<string>(100)
    kept.find(1, 'key')
    kept.find(2, 'key')
    kept.keep(1, 'key', 'found', 10)
    assert.equal(kept.find(2, 'key'), undefined)
  })

  it('takes nothing that is larger than half of the room', () => {
    const kept = createKept<string>(100)
    kept.find(1, '')
    kept.keep(1, 'small', 'found', 10)
    kept.keep(1, 'large', 'found', 60)
    assert.equal(kept.find(1, 'small'), 'found')
    assert.equal(kept.find(1, 'large'), undefined)
  })
})
