import type { SimTypes } from '../../contract/device-kinds.ts'
import { LISTED_ESIM_RULES } from './listed-esim-rules.ts'
import { createFinder, type Rule, valuesOf } from './rule.ts'

const PSIM: SimTypes = ['pSIM']
const ESIM: SimTypes = ['eSIM']
const BOTH: SimTypes = ['eSIM', 'pSIM']

const BEFORE_ESIM = 'no phone took an eSIM before the Pixel 2 of October 2017'
const IPHONE_VARIANTS =
  'variants differ: in mainland China they take physical SIMs only, in the US from iPhone 14 on eSIM only'

/** The first rule that matches applies. */
const SIM_RULES: readonly Rule<SimTypes>[] = [
  // Apple: support.apple.com/en-us/118669 (dual SIM with eSIM), 2025.
  { brand: 'Apple', name: /^iPhone Air\b/i, value: ESIM, reason: 'iPhone Air takes eSIM only, everywhere' },
  {
    brand: 'Apple',
    name: /^iPhone (?:1[4-9]|[2-9]\d).*\((?:US|USA|United States)\)/i,
    value: ESIM,
    reason: 'iPhone 14 and later sold in the United States take eSIM only',
  },
  // apple.com/newsroom, 2025-09-09.
  {
    brand: 'Apple',
    name: /^iPhone 17\b.*\((?:Bahrain|Canada|Guam|Japan|Kuwait|Mexico|Oman|Qatar|Saudi Arabia|UAE|United Arab Emirates|U\.?S\.? Virgin Islands)\)/i,
    value: ESIM,
    reason: 'iPhone 17, 17 Pro and 17 Pro Max take eSIM only in twelve countries and regions',
  },
  {
    brand: 'Apple',
    name: /^iPhone (?:X[SR]|1\d|SE \((?:2nd|3rd)).*\((?:(?:mainland )?China|China mainland)\)/i,
    value: PSIM,
    reason: 'iPhones sold in mainland China take physical SIMs only',
  },
  {
    brand: 'Apple',
    name: /^iPhone(?: (?:3GS?|4S?|5[SC]?|6S?(?: Plus)?|7(?: Plus)?|8(?: Plus)?|X|SE \(1st generation\)))?$/i,
    value: PSIM,
    reason: 'no iPhone took an eSIM before the iPhone XS of September 2018',
  },
  { brand: 'Apple', name: /^iPhone\b/i, value: null, reason: IPHONE_VARIANTS },
  {
    brand: 'Apple',
    name: /^(?:Apple )?Watch\b/i,
    value: ESIM,
    reason: 'Apple Watches with cellular have no slot for a SIM',
  },
  {
    brand: 'Apple',
    name: /^iPad(?: 2| mini(?: 2)?| Air)?$/i,
    value: PSIM,
    reason: 'no iPad had a built-in SIM before 2016',
  },
  // support.apple.com/en-us/118669, and the technical specifications of these iPads, 2024 and 2025.
  {
    brand: 'Apple',
    name: /^iPad(?: Pro| Air| mini)?\b.*\((?:M[45]|A16|A17 Pro)\)|^iPad Air\b.*\(M[23]\)/i,
    value: ESIM,
    reason: 'iPads since May 2024 (Pro M4, Air M2, mini A17 Pro, A16) take eSIM only, everywhere',
  },
  { brand: 'Apple', name: /^iPad\b/i, value: null, reason: 'iPads differ by generation and country' },

  // Google: support.google.com/pixelphone/answer/9449293 (Pixel SIM types), 2025.
  { brand: 'Google', name: /^Pixel(?: XL)?$/i, value: PSIM, reason: BEFORE_ESIM },
  { brand: 'Google', name: /^Pixel Watch\b/i, value: ESIM, reason: 'Pixel Watches with LTE have no slot for a SIM' },
  {
    brand: 'Google',
    name: /^Pixel (?:[4-9]a?\b|Fold$)/i,
    value: BOTH,
    reason: 'Pixel 4 to Pixel 9 take an eSIM and a nano-SIM in all countries',
  },
  {
    brand: 'Google',
    name: /^Pixel 10 Pro Fold\b/i,
    value: BOTH,
    reason: 'Pixel 10 Pro Fold kept its slot in all countries',
  },
  {
    brand: 'Google',
    name: /^Pixel 2/i,
    value: null,
    reason: 'the eSIM of the Pixel 2 works with Google Fi alone',
  },
  {
    brand: 'Google',
    name: /^Pixel 3/i,
    value: null,
    reason: 'variants differ: some carriers and countries, Japan among them, had the Pixel 3 and 3a without eSIM',
  },
  {
    brand: 'Google',
    name: /^Pixel 1\d.*\((?:US|USA|United States)\)/i,
    value: ESIM,
    reason: 'Pixel 10 sold in the United States takes eSIM only',
  },
  {
    brand: 'Google',
    name: /^Pixel 1\d/i,
    value: null,
    reason: 'variants differ: those sold in the United States take eSIM only',
  },
  { brand: 'Google', name: /^Nexus\b/i, value: PSIM, reason: BEFORE_ESIM },

  {
    brand: 'Samsung',
    name: /^Galaxy Watch/i,
    value: ESIM,
    reason: 'Galaxy Watches that have an IMEI support LTE and have no slot for a SIM',
  },
  {
    brand: 'Samsung',
    name: /^Galaxy S(?:[2-9]| I+|III|10)?(?:e|\+|5G)?(?: (?:edge|active|mini|Duos|Plus|5G|Lite|Neo|LTE-A))*$/i,
    value: PSIM,
    reason: 'no Galaxy S took an eSIM before the S20 of 2020',
  },
  {
    brand: 'Samsung',
    name: /^Galaxy Note ?(?:[2-9]|FE|edge)?(?: (?:edge|Duos|3G|Neo))*$/i,
    value: PSIM,
    reason: 'no Galaxy Note took an eSIM before the Note20 of 2020; what the Note10 takes differs by country',
  },
  { brand: 'Samsung', name: /^Galaxy J\d/i, value: PSIM, reason: 'the Galaxy J family (2013 to 2018) takes no eSIM' },
  {
    brand: 'Samsung',
    name: /^Galaxy A(?:[35789]|[1-9][01]s?|01)(?: \(20\d\d\))?$/i,
    value: PSIM,
    reason: 'the Galaxy A families of 2014 to 2020 take no eSIM',
  },
  { brand: 'Samsung', name: /^Galaxy [SZ]|^Galaxy Note/i, value: null, reason: 'variants differ by country' },

  { brand: 'Motorola', name: /^Razr \(2019\)/i, value: ESIM, reason: 'the Razr of 2019 takes eSIM only' },
  {
    brand: 'Motorola',
    name: /^(?:Edge (?:[3-9]\d|\(202[2-9]\))|Razr (?:[3-9]\d|5G|\(202\d\)|Plus|Ultra)|Razr\+)/i,
    value: null,
    reason: 'variants differ: in some countries they take two physical SIMs, in others an eSIM',
  },
  {
    brand: 'Motorola',
    name: /^Moto G(?:$| (?:Power|Play|Stylus)\b)/i,
    value: null,
    reason: 'the name has been used for a new phone every year since 2020, and later ones take an eSIM',
  },
  {
    brand: 'Motorola',
    name: /^Moto (?:C|E[2-7]?|G[2-8]?|M|X[24]?|Z[2-4]?)(?: (?:Plus|Play|Power|Force|Style|Pure|Turbo|Style|Pro))*$/i,
    value: PSIM,
    reason: 'no Moto of these families (2013 to 2020) takes an eSIM',
  },
  {
    brand: 'OnePlus',
    name: /^OnePlus (?:One|X|[2-9][A-Z]?|10[RT]?)(?= |$)/i,
    value: PSIM,
    reason: 'no OnePlus took an eSIM before the OnePlus 11',
  },
  {
    brand: 'OnePlus',
    name: /^OnePlus (?:1[1-9][RST]?|Open)\b/i,
    value: null,
    reason: 'variants differ: those sold in mainland China take physical SIMs only',
  },
  {
    brand: 'Huawei',
    name: /^P(?:[6-9]|10|20|30)\b/i,
    value: PSIM,
    reason: 'no Huawei P took an eSIM before the P40 of 2020',
  },
  {
    brand: 'Huawei',
    name: /^Mate ?(?:[1-9]|10|20|30)\b(?! X)/i,
    value: PSIM,
    reason: 'no Huawei phone took an eSIM before the P40 of 2020',
  },
  {
    brand: 'Huawei',
    name: /^(?:Pura\b|P[456]0\b|Mate ?(?:[4-9]0|X))/i,
    value: null,
    reason: 'variants differ: those sold in mainland China take physical SIMs only',
  },
  {
    brand: 'Honor',
    name: /^(?:[4-9]|10|20|30|50)[ACSX]?(?: (?:Lite|Pro|Plus|Pro\+|SE|Youth))?$/i,
    value: PSIM,
    reason: 'no Honor took an eSIM before the Magic4 Pro of 2022',
  },
  {
    brand: 'Honor',
    name: /^Magic ?(?:[4-9]|V)/i,
    value: null,
    reason: 'variants differ: those sold in mainland China take physical SIMs only',
  },
  {
    brand: 'Oppo',
    name: /^Find (?:X[3-9]|N\d)/i,
    value: null,
    reason: 'variants differ: those sold in mainland China take physical SIMs only',
  },
  {
    brand: 'Nothing',
    name: /^Phone \((?:1|2|2a)\)$/i,
    value: PSIM,
    reason: 'Nothing Phone (1), (2) and (2a) take two physical SIMs and no eSIM',
  },
  {
    brand: 'Xiaomi',
    name: /^1[3-7](?:[SX]|T|i)?\b/i,
    value: null,
    reason: 'variants differ: those sold in mainland China take physical SIMs only',
  },
  {
    brand: 'Xiaomi',
    name: /^Mi [1-9]\b/i,
    value: PSIM,
    reason: 'no Xiaomi took an eSIM before the 12T Pro of 2022',
  },
  {
    brand: 'Xiaomi',
    name: /^Redmi (?:Note )?[1-9][A-Z]?\b/i,
    value: PSIM,
    reason: 'no Redmi up to the 9 and Note 9 takes an eSIM',
  },
  {
    brand: 'Sony',
    name: /^Xperia (?:[CEJLMPSTUVXZ]\d?|X[AZ]\d?|SP|Z[LR])\b/i,
    value: PSIM,
    reason: 'no Xperia named by letters (to 2018) takes an eSIM',
  },
  {
    brand: 'Sony',
    name: /^Xperia (?:1|5|10)(?: Plus)?(?: II)?$/i,
    value: PSIM,
    reason: 'no Xperia took an eSIM before the 10 III Lite of 2021',
  },
  {
    brand: 'Sony',
    name: /^Xperia (?:1|5|10) (?:III|IV|V|VI|VII)\b/i,
    value: null,
    reason: 'variants differ: in some countries they take two physical SIMs, in others an eSIM',
  },
  {
    brand: 'Fairphone',
    name: /^Fairphone [1-3]\+?$/i,
    value: PSIM,
    reason: 'no Fairphone took an eSIM before the Fairphone 4',
  },
  {
    brand: 'Fairphone',
    name: /^Fairphone (?:[456]\b|\(Gen\.? 6\))/i,
    value: BOTH,
    reason: 'Fairphone 4 and later take an eSIM and a nano-SIM',
  },
  { brand: 'Nokia', name: /^Lumia\b/i, value: PSIM, reason: BEFORE_ESIM },
  { brand: 'Microsoft', name: /^Lumia\b/i, value: PSIM, reason: BEFORE_ESIM },
  {
    brand: 'Nokia',
    name: /^\d{4}[a-z]{0,2}\b/i,
    value: PSIM,
    reason: 'no Nokia with a four-digit number takes an eSIM',
  },
  ...['BenQ-Siemens', 'Dancall Telecom', 'Handspring', 'Maxon', 'Sendo', 'Sony Ericsson'].map((brand) => ({
    brand,
    name: /^/,
    value: PSIM,
    reason: `${brand} made its last phone before 2017: ${BEFORE_ESIM}`,
  })),
  { brand: 'Rakuten', name: /^(?:Mini|Hand)\b/i, value: ESIM, reason: 'Rakuten Mini and Hand take eSIM only' },
  { brand: 'Rakuten', name: /^Big\b/i, value: BOTH, reason: 'Rakuten Big takes an eSIM and a nano-SIM' },
  ...LISTED_ESIM_RULES,
]

export const SIM_RULE_FACTS = valuesOf(SIM_RULES)

/** The SIM types of a model by the rules, or null if no rule matches. A value of null means that variants differ. */
export const ruleSimTypes = createFinder(SIM_RULES)
