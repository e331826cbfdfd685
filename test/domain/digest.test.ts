import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf } from '../../src/domain/digest.ts'

describe('A digest', () => {
  // Computed with mmh3, the implementation for Python.
  const known: [text: string, hex: string][] = [
    ['', '00000000000000000000000000000000'],
    ['a', 'a794933c5556b01b5556b01b5556b01b'],
    ['The quick brown fox jumps over the lazy dog', '2f1583c3ecee2c675d7bf66ce5e91d2c'],
    ['I will not buy this record, it is scratched.', 'a0a9683b25ac5e40d9af2895890dddf5'],
    ['é'.repeat(9_000), '3adfbcc71678d18b2eed44ec3c7e4808'],
  ]

  for (const [text, hex] of known) {
    it(`is MurmurHash3 of the UTF-8 text: ${text.slice(0, 20) || 'an empty one'}`, () => {
      assert.equal(Buffer.from(digestOf(text), 'base64url').toString('hex'), hex)
    })
  }

  it('differs for texts that differ in one character at any place', () => {
    const text = 'x'.repeat(40)
    const digests = Array.from(text, (_, at) => digestOf(`${text.slice(0, at)}y${text.slice(at + 1)}`))
    assert.equal(new Set([digestOf(text), ...digests]).size, text.length + 1)
  })

  it('does not depend on the texts before', () => {
    const before = digestOf('short')
    digestOf('a much longer text, whose bytes stay in memory')
    assert.equal(digestOf('short'), before)
  })
})
