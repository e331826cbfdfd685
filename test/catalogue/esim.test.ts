import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { identify } from '../../src/catalogue/facts/names.ts'
import { ruleSimTypes } from '../../src/catalogue/facts/sim-rules.ts'
import { ESIM_PHONES } from './esim-phones.ts'

describe('phones that take an eSIM in at least one variant', () => {
  for (const [brand, names] of ESIM_PHONES) {
    for (const name of names.split('|')) {
      it(`are never denied an eSIM by a rule: ${brand} ${name}`, () => {
        const identity = identify(brand, name)
        const value = ruleSimTypes(identity.brand, identity.name)?.value
        assert.ok(!value || value.includes('eSIM'), `${identity.brand} ${identity.name}: ${value}`)
      })
    }
  }

  it('number more than two hundred', () => {
    assert.ok(ESIM_PHONES.flatMap(([, names]) => names.split('|')).length >= 215)
  })
})
