import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ruleSimTypes, ruleType } from '../../src/catalogue/rules.ts'

/** Models as their makers describe them: brand, name, type, SIM types; `?` where variants differ, '' where no rule speaks. */
const KNOWN: readonly (readonly [brand: string, name: string, type: string, simTypes: string])[] = [
  ['Apple', 'iPhone', 'smartphone', 'pSIM'],
  ['Apple', 'iPhone 4S', 'smartphone', 'pSIM'],
  ['Apple', 'iPhone 6s Plus', 'smartphone', 'pSIM'],
  ['Apple', 'iPhone 8 Plus', 'smartphone', 'pSIM'],
  ['Apple', 'iPhone X', 'smartphone', 'pSIM'],
  ['Apple', 'iPhone SE', 'smartphone', 'pSIM'],
  ['Apple', 'iPhone XS', 'smartphone', '?'],
  ['Apple', 'iPhone XR (mainland China)', 'smartphone', 'pSIM'],
  ['Apple', 'iPhone SE (2nd generation)', 'smartphone', '?'],
  ['Apple', 'iPhone 13', 'smartphone', '?'],
  ['Apple', 'iPhone 13 (USA)', 'smartphone', '?'],
  ['Apple', 'iPhone 14', 'smartphone', '?'],
  ['Apple', 'iPhone 14 (USA)', 'smartphone', 'eSIM'],
  ['Apple', 'iPhone 15 Pro Max (China mainland)', 'smartphone', 'pSIM'],
  ['Apple', 'iPhone Air', 'smartphone', 'eSIM'],
  ['Apple', 'iPad 2', 'tablet', 'pSIM'],
  ['Apple', 'iPad Pro 11-inch', 'tablet', '?'],
  ['Apple', 'Watch Series 9', 'smartwatch', 'eSIM'],
  ['Apple', 'Apple Watch Ultra', 'smartwatch', 'eSIM'],
  ['Google', 'Pixel', 'smartphone', 'pSIM'],
  ['Google', 'Pixel 2 XL', 'smartphone', '?'],
  ['Google', 'Pixel 3', 'smartphone', '?'],
  ['Google', 'Pixel 3a XL', 'smartphone', '?'],
  ['Google', 'Pixel 4a (5G)', 'smartphone', 'eSIM+pSIM'],
  ['Google', 'Pixel 9 Pro XL', 'smartphone', 'eSIM+pSIM'],
  ['Google', 'Pixel Fold', 'smartphone', 'eSIM+pSIM'],
  ['Google', 'Pixel 10', 'smartphone', '?'],
  ['Google', 'Pixel 10 (USA)', 'smartphone', 'eSIM'],
  ['Google', 'Pixel 10 Pro Fold', 'smartphone', 'eSIM+pSIM'],
  ['Google', 'Pixel Watch 2', 'smartwatch', 'eSIM'],
  ['Google', 'Nexus 5X', 'smartphone', 'pSIM'],
  ['Google', 'Nexus 7', 'tablet', 'pSIM'],
  ['Samsung', 'Galaxy S7 edge', 'smartphone', 'pSIM'],
  ['Samsung', 'Galaxy S10e', 'smartphone', 'pSIM'],
  ['Samsung', 'Galaxy S10 5G', 'smartphone', 'pSIM'],
  ['Samsung', 'Galaxy S20', 'smartphone', '?'],
  ['Samsung', 'Galaxy S24 Ultra', 'smartphone', '?'],
  ['Samsung', 'Galaxy Note9', 'smartphone', 'pSIM'],
  ['Samsung', 'Galaxy Note10+', 'smartphone', '?'],
  ['Samsung', 'Galaxy Z Flip5', 'smartphone', '?'],
  ['Samsung', 'Galaxy A51', 'smartphone', 'pSIM'],
  ['Samsung', 'Galaxy A5 (2017)', 'smartphone', 'pSIM'],
  ['Samsung', 'Galaxy A54 5G', 'smartphone', ''],
  ['Samsung', 'Galaxy J5 (2016)', 'smartphone', 'pSIM'],
  ['Samsung', 'Galaxy Tab S9 5G', 'tablet', ''],
  ['Samsung', 'Galaxy Note 10.1', 'tablet', '?'],
  ['Samsung', 'Galaxy Watch4 LTE (40mm)', 'smartwatch', 'eSIM'],
  ['Samsung', 'Galaxy Book Go', 'laptop', ''],
  ['Samsung', 'SGH-E250', '', ''],
  ['Nokia', '3310', 'feature-phone', 'pSIM'],
  ['Nokia', '3310 3G', 'feature-phone', 'pSIM'],
  ['Nokia', '3650', 'smartphone', 'pSIM'],
  ['Nokia', '6600', 'smartphone', 'pSIM'],
  ['Nokia', '6310i', '', 'pSIM'],
  ['Nokia', 'Lumia 950', 'smartphone', 'pSIM'],
  ['Nokia', 'X20', '', ''],
  ['Sony Ericsson', 'K750i', '', 'pSIM'],
  ['Sony', 'Xperia XZ1', 'smartphone', 'pSIM'],
  ['Sony', 'Xperia 1 IV', 'smartphone', ''],
  ['Motorola', 'Moto G5 Plus', 'smartphone', 'pSIM'],
  ['Motorola', 'Moto G84 5G', 'smartphone', ''],
  ['Motorola', 'Razr (2019)', '', 'eSIM'],
  ['Motorola', 'RAZR V3', '', ''],
  ['OnePlus', 'OnePlus 7T Pro', 'smartphone', 'pSIM'],
  ['OnePlus', 'OnePlus 11', 'smartphone', ''],
  ['Huawei', 'P20 Pro', 'smartphone', 'pSIM'],
  ['Huawei', 'P40', 'smartphone', ''],
  ['Xiaomi', 'Redmi Note 7', 'smartphone', 'pSIM'],
  ['Xiaomi', 'Redmi Note 12', 'smartphone', ''],
  ['Fairphone', 'Fairphone 2', 'smartphone', 'pSIM'],
  ['Fairphone', 'Fairphone 5', 'smartphone', 'eSIM+pSIM'],
  ['Unheard Of', 'iPhone 4', '', ''],
]

describe('the rules of facts', () => {
  for (const [brand, name, type, simTypes] of KNOWN) {
    it(`know of the ${brand} ${name} what they can: ${type || 'no type'}, ${simTypes || 'no SIM types'}`, () => {
      assert.equal(ruleType(brand, name)?.value ?? '', type)
      const ruled = ruleSimTypes(brand, name)
      assert.equal(ruled === null ? '' : (ruled.value?.join('+') ?? '?'), simTypes)
    })
  }

  it('give their reason', () => {
    assert.match(ruleSimTypes('Apple', 'iPhone 15')?.reason ?? '', /mainland China takes physical SIMs only/)
    assert.match(ruleType('Apple', 'iPhone 15')?.reason ?? '', /iPhones are smartphones/)
  })
})
