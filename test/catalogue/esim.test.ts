import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { identify } from '../../src/catalogue/facts/names.ts'
import { ruleSimTypes } from '../../src/catalogue/facts/sim-rules.ts'
import { ESIM_PHONES } from './esim-phones.ts'

/** What the rules say about the eSIM of a phone, by the name that a list writes. */
function answerTo(brand: string, name: string): 'yes' | 'no' | 'depends' | 'unknown' {
  const identity = identify(brand, name)
  const rule = ruleSimTypes(identity.brand, identity.name)
  if (rule === null) return 'unknown'
  if (rule.value === null) return 'depends'
  return rule.value.includes('eSIM') ? 'yes' : 'no'
}

describe('phones that take an eSIM in at least one variant', () => {
  const phones = ESIM_PHONES.flatMap(([brand, names]) => names.split('|').map((name) => ({ brand, name })))

  it('are never answered no by a rule, however their name is written', () => {
    for (const { brand, name } of phones) {
      for (const written of [name, name.toUpperCase(), `${brand} ${name}`]) {
        assert.notEqual(answerTo(brand, written), 'no', `${brand}: ${written}`)
      }
    }
  })

  it('are known to the rules, except those of makers with few such phones', () => {
    const unknown = phones.filter(({ brand, name }) => answerTo(brand, name) === 'unknown')
    assert.ok(phones.length >= 215)
    assert.ok(unknown.length < phones.length / 10, unknown.map(({ brand, name }) => `${brand} ${name}`).join(', '))
  })
})
