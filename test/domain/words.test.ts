import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { indexedWords, parseSearch, wordsOf } from '../../src/domain/words.ts'

const metadata = {}

/** docs/contract.md §12. */
describe('the words of an object', () => {
  it('are runs of letters and digits, without case and accents, each once', () => {
    const words = wordsOf({ fullName: 'Zoë Ćosić-Weiß', email: 'zoe@example.com', metadata: { note: 'Ｘ7 zoe' } })
    assert.equal(words, ' zoe cosic weiss example com x7')
  })

  it('hold a metadata value that is a number, from its end and without leading zeros', () => {
    assert.equal(wordsOf({ metadata: { phone: '+41 79 123 45 67' } }), ' 41 79 123 45 67 <76543219714')
    assert.equal(wordsOf({ metadata: { phone: '0791' } }), ' 0791 <197')
    assert.equal(wordsOf({ metadata: { short: '079', zeros: '0000', mixed: 'x 0791' } }), ' 079 0000 x 0791')
  })

  it('hold an ICCID from both ends', () => {
    assert.equal(wordsOf({ iccid: '8988307000000753711', metadata }), ' >8988307000000753711 <1173570000007038898')
  })

  it('are indexed by their first 40 characters', () => {
    const long = '\u{1d400}'.repeat(60)
    assert.deepEqual(indexedWords(wordsOf({ name: long, metadata })), ['a'.repeat(40)])
    assert.deepEqual(indexedWords(wordsOf({ name: '\u{20000}'.repeat(60), metadata })), ['\u{20000}'.repeat(40)])
  })
})

describe('a search', () => {
  it('is a term for each word', () => {
    assert.deepEqual(parseSearch('Ánna dub'), [[['anna']], [['dub']]])
  })

  it('treats digits and the separators between them as one number, or as separate words', () => {
    assert.deepEqual(parseSearch('+41 (0)79/123-45.67'), [
      [['<765432197014'], ['>410791234567'], ['41', '0', '79', '123', '45', '67']],
    ])
    assert.deepEqual(parseSearch('anna 079 12 3 dub'), [
      [['anna']],
      [['<32197'], ['>79123'], ['079', '12', '3']],
      [['dub']],
    ])
  })

  it('treats fewer than four digits, zeros alone, and digits next to letters as words', () => {
    assert.deepEqual(parseSearch('079'), [[['079']]])
    assert.deepEqual(parseSearch('0000'), [[['0000']]])
    assert.deepEqual(parseSearch('abc1234, 12x'), [[['abc1234']], [['12x']]])
  })
})
