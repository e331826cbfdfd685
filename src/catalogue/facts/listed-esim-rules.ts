import type { SimTypes } from '../../contract/device-kinds.ts'
import type { Rule } from './rule.ts'

/**
 * Families that the list of compatible devices of sellers of travel eSIMs names (Airalo, 2024 to 2026). The list says itself that
 * some countries have them without an eSIM, so the name alone does not decide.
 */
const LISTED: readonly (readonly [brand: string, name: RegExp])[] = [
  ['Alcatel', /^V3 Ultra\b/i],
  ['Asus', /^(?:ROG Phone 9|ZenFone 1[12] Ultra)\b/i],
  ['HMD', /^(?:XR21|Skyline|Fusion|Crest Max|Arc)\b/i],
  ['Honor', /^(?:90|200|400|X8)\b/i],
  ['Infinix', /^Note 60\b/i],
  ['Microsoft', /^Surface Duo\b/i],
  ['Motorola', /^(?:Edge\+|ThinkPhone\b|(?:Moto )?G(?:3[45]|5[2-5]J?|75|8[4-6])\b|Moto G(?: 5G)? \(202\d\))/i],
  ['Nokia', /^(?:XR21|X30|G60)\b/i],
  ['Nothing', /^Phone (?:\((?:3|3a Pro|4a Pro|2a Plus)\)|\(3a\) Pro|\(4a\) Pro|\(2a\) Plus|3$|3a Pro|4a Pro)/i],
  ['OnePlus', /^OnePlus Nord (?:3|4|CE ?4)\b/i],
  ['Oppo', /^(?:Reno1[2-9]\b|Reno ?[569] ?A$|Reno6 Pro\b|A55s\b)/i],
  ['Realme', /^(?:1[34] Pro\+|GT [78]\b)/i],
  ['Samsung', /^Galaxy (?:Fold\b|A(?:23 5G|26|3[56]|5[4-6])\b|XCover ?[67]\b)/i],
  ['Sharp', /^(?:Aquos (?:sense ?(?:4 lite|[6-9])|wish|zero ?6|R(?:[7-9]|10)\b)|Simple Sumaho ?6)/i],
  ['Sony', /^Xperia (?:10V|Ace III)\b/i],
  ['T-Mobile', /^Revvl 7\b/i],
  ['TCL', /^(?:[4-6]0(?:$| (?:5G|XE|XL|Pro|NxtPaper)\b)|NxtPaper [67]0\b)/i],
  ['Tecno', /^Camon 50 Ultra\b/i],
  ['Vivo', /^(?:X(?:80|90|[1-3]00)|V(?:29|[45]0)\b|iQOO 13\b)/i],
  ['Xiaomi', /^(?:12T Pro|Redmi Note (?:1[1-9] (?:Pro|5G)|10T)|Poco (?:X[78]|F7)|Mix (?:Flip|Fold))/i],
  ['ZTE', /^(?:Nubia Flip|Blade V60)/i],
]

export const LISTED_ESIM_RULES: readonly Rule<SimTypes>[] = LISTED.map(([brand, name]) => ({
  brand,
  name,
  value: null,
  reason: 'variants differ: sellers of eSIMs list it, but not every country has it with an eSIM',
}))
