import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { mergeMetadata } from '../../src/domain/metadata.ts'

const key = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', '1', '0', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  fc.string({ minLength: 1, maxLength: 5 }),
)
const changes = fc.array(fc.tuple(key, fc.option(fc.string({ maxLength: 10 }))), { maxLength: 8 })

type Metadata = Record<string, string>

function merged(current: Metadata, sent: Record<string, string | null>): Metadata {
  const { metadata, problems } = mergeMetadata(current, sent, 'metadata')
  assert.deepEqual(problems, [])
  return metadata
}

/** docs/contract.md §5. */
describe('merging metadata', () => {
  it('sets and removes keys like a map, and rejects more than 10 keys', () => {
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 8 }), (patches) => {
        let current: Metadata = {}
        let model = new Map<string, string>()
        for (const patch of patches) {
          const sent = Object.fromEntries(patch)
          const expected = new Map(model)
          for (const [name, value] of Object.entries(sent)) {
            if (value === null) expected.delete(name)
            else expected.set(name, value)
          }
          if (expected.size > 10) {
            const { problems } = mergeMetadata(current, sent, 'metadata')
            assert.deepEqual(
              problems.map(({ code, property }) => [code, property]),
              [['propertyInvalid', 'metadata']],
            )
          } else {
            current = merged(current, sent)
            model = expected
            assert.deepEqual(new Map(Object.entries(current)), model)
          }
        }
      }),
    )
  })

  it('changes nothing for {}, and is idempotent', () => {
    fc.assert(
      fc.property(changes, changes, (first, second) => {
        const sent = Object.fromEntries(second.slice(0, 2))
        const current = merged({}, Object.fromEntries(first))
        assert.equal(JSON.stringify(merged(current, {})), JSON.stringify(current))
        const once = merged(current, sent)
        assert.equal(JSON.stringify(merged(once, sent)), JSON.stringify(once))
      }),
    )
  })
})
