import type { DeviceType } from '../../contract/model.ts'
import { firstMatch, type Rule, type Ruled, valuesOf } from './rule.ts'

/** Nokia phones with a four-digit number that ran Symbian or Windows: smartphones among feature phones. */
const NOKIA_SMARTPHONES =
  '(?:3230|3250|3600|3620|3650|3660|5228|5230|5233|5235|5250|5320|5500|5530|5630|5700|5730|5800|6120|6121|6122|6124|6260|6290|6600|6620|6630|6670|6680|6681|6682|6708|6710|6720|6730|6760|6788|6790|7610|7650|7710|9110|9210|9290|9300|9500)'

/** The first rule that matches applies. */
const TYPE_RULES: readonly Rule<DeviceType>[] = [
  { brand: 'Apple', name: /^iPhone\b/i, value: 'smartphone', reason: 'iPhones are smartphones' },
  { brand: 'Apple', name: /^iPad\b/i, value: 'tablet', reason: 'iPads are tablets' },
  { brand: 'Apple', name: /^(?:Apple )?Watch\b/i, value: 'smartwatch', reason: 'Apple Watches are smartwatches' },
  { brand: 'Samsung', name: /^Galaxy Tab\b/i, value: 'tablet', reason: 'Galaxy Tabs are tablets' },
  {
    brand: 'Samsung',
    name: /^(?:Galaxy )?(?:Watch|Gear S)/i,
    value: 'smartwatch',
    reason: 'Galaxy Watch and Gear S are smartwatches',
  },
  { brand: 'Samsung', name: /^Galaxy Book/i, value: 'laptop', reason: 'Galaxy Books are laptops' },
  { brand: 'Samsung', name: /^Galaxy (?:Camera|NX)\b/i, value: 'other', reason: 'Galaxy Camera and NX are cameras' },
  {
    brand: 'Samsung',
    name: /^Galaxy (?:Fit|View|Chromebook|Player)\b/i,
    value: null,
    reason: 'not families of phones',
  },
  {
    brand: 'Samsung',
    name: /^Galaxy Note (?:8\.0|10\.1|Pro|12\.2)/i,
    value: 'tablet',
    reason: 'Galaxy Note 8.0, 10.1 and Pro are tablets',
  },
  { brand: 'Samsung', name: /^Galaxy\b/i, value: 'smartphone', reason: 'all other Galaxy families are smartphones' },
  { brand: 'Google', name: /^Pixel Watch\b/i, value: 'smartwatch', reason: 'Pixel Watch is a smartwatch' },
  { brand: 'Google', name: /^Pixel (?:Tablet|C|Slate)\b/i, value: 'tablet', reason: 'Pixel Tablet and C are tablets' },
  { brand: 'Google', name: /^Pixelbook\b/i, value: 'laptop', reason: 'Pixelbook is a laptop' },
  { brand: 'Google', name: /^Pixel\b/i, value: 'smartphone', reason: 'Pixels are smartphones' },
  { brand: 'Google', name: /^Nexus (?:7|9|10)\b/i, value: 'tablet', reason: 'Nexus 7, 9 and 10 are tablets' },
  { brand: 'Google', name: /^Nexus\b/i, value: 'smartphone', reason: 'other Nexus devices are smartphones' },
  {
    brand: 'Xiaomi',
    name: /^(?:(?:Redmi|Mi) )?Pad\b/i,
    value: 'tablet',
    reason: 'Xiaomi, Redmi and Mi Pad are tablets',
  },
  { brand: 'Xiaomi', name: /^Poco Pad\b/i, value: 'tablet', reason: 'Poco Pad is a tablet' },
  {
    brand: 'Xiaomi',
    name: /^(?:Redmi|Poco|Civi|Mi \d|Mi (?:A|Max|Mix|Note)\b|Mix (?:\d|Flip|Fold)|1[1-7](?:[SX]|T|i)?\b)/i,
    value: 'smartphone',
    reason: 'Redmi, Poco, Civi, Mi, Mix and the numbers from 11 on are smartphones',
  },
  { brand: 'Sony', name: /^Xperia (?:Z\d? )?Tablet\b/i, value: 'tablet', reason: 'Xperia Tablet is a tablet' },
  { brand: 'Sony', name: /^Xperia\b/i, value: 'smartphone', reason: 'Xperia phones are smartphones' },
  { brand: 'Sony Ericsson', name: /^Xperia\b/i, value: 'smartphone', reason: 'Xperia phones are smartphones' },
  {
    brand: 'Motorola',
    name: /^Moto (?:[CEGMXZ]\d*|One)\b/i,
    value: 'smartphone',
    reason: 'Moto C, E, G, M, X, Z and One are smartphones',
  },
  {
    brand: 'Motorola',
    name: /^(?:Edge|Motorola One|One)\b/i,
    value: 'smartphone',
    reason: 'Edge and One are smartphones',
  },
  {
    brand: 'Motorola',
    name: /^(?:Razr (?:\(20\d\d\)|5G|\d\d|Plus|Ultra)|Razr\+|ThinkPhone\b)/i,
    value: 'smartphone',
    reason:
      'Razrs since 2019 fold and run Android, as ThinkPhone does; the RAZR of 2004 to 2007 is not named by year or number',
  },
  {
    brand: 'Nokia',
    name: /^(?:C[1-3]\d|G\d{2,3}|X[1-3]0|XR2\d|\d\.\d)\b/,
    value: 'smartphone',
    reason:
      'Nokia phones by HMD whose name is C, G or X with two digits, XR, or a number with a decimal point run Android',
  },
  {
    brand: 'HMD',
    name: /^(?:Arc|Aura|Crest|Fusion|Key|Pulse|Skyline|Vibe|XR21)\b/i,
    value: 'smartphone',
    reason: 'HMD Arc to Vibe and XR21 run Android',
  },
  { brand: 'Nokia', name: /^Lumia 2520\b/i, value: 'tablet', reason: 'Lumia 2520 is a tablet' },
  { brand: 'Nokia', name: /^Lumia\b/i, value: 'smartphone', reason: 'Lumia phones run Windows Phone' },
  { brand: 'Microsoft', name: /^Lumia\b/i, value: 'smartphone', reason: 'Lumia phones run Windows' },
  {
    brand: 'Nokia',
    name: new RegExp(`^${NOKIA_SMARTPHONES}\\b`),
    value: 'smartphone',
    reason: 'Nokia phones with this number are smartphones',
  },
  {
    brand: 'Nokia',
    name: /^[1238]\d{3}[a-z]?\b/i,
    value: 'feature-phone',
    reason:
      'Nokia phones with a four-digit number that starts with 1, 2, 3 or 8 are feature phones, with a few exceptions',
  },
  { brand: 'OnePlus', name: /^OnePlus Pad\b/i, value: 'tablet', reason: 'OnePlus Pad is a tablet' },
  { brand: 'OnePlus', name: /^OnePlus Watch\b/i, value: 'smartwatch', reason: 'OnePlus Watch is a smartwatch' },
  {
    brand: 'OnePlus',
    name: /^OnePlus (?:Ace|Nord|One|Open|Turbo|X|\d)/i,
    value: 'smartphone',
    reason: 'OnePlus phones are smartphones',
  },
  { brand: 'Fairphone', name: /^Fairphone (?:\d|\(Gen\b)/i, value: 'smartphone', reason: 'Fairphones are smartphones' },
  { brand: 'Huawei', name: /^(?:MediaPad|MatePad)\b/i, value: 'tablet', reason: 'MediaPad and MatePad are tablets' },
  { brand: 'Huawei', name: /^MateBook\b/i, value: 'laptop', reason: 'MateBooks are laptops' },
  { brand: 'Huawei', name: /^Watch\b/i, value: 'smartwatch', reason: 'Huawei Watches are smartwatches' },
  {
    brand: 'Huawei',
    name: /^(?:P\d{1,2}|P smart|Pura|Mate ?\d{1,2}|Mate X(?:[2-9T]|Ts|s)?|nova|Enjoy|Pocket)\b/i,
    value: 'smartphone',
    reason: 'P, Pura, Mate, nova, Enjoy and Pocket are smartphones',
  },
  { brand: 'Honor', name: /^(?:Pad|MagicPad)\b/i, value: 'tablet', reason: 'Honor Pad and MagicPad are tablets' },
  { brand: 'Honor', name: /^MagicBook\b/i, value: 'laptop', reason: 'MagicBooks are laptops' },
  { brand: 'Honor', name: /^Watch\b/i, value: 'smartwatch', reason: 'Honor Watches are smartwatches' },
  {
    brand: 'Honor',
    name: /^(?:Magic ?(?:\d|Flip|V\b|V\d|Vs)|\d{1,3}[A-Z]?\b|[VX]\d{1,2}[a-d]?\b|Play\b|View\b)/i,
    value: 'smartphone',
    reason: 'Magic, Play, View, V, X and the numbers of Honor are smartphones',
  },
  { brand: 'Oppo', name: /^Pad\b/i, value: 'tablet', reason: 'Oppo Pad is a tablet' },
  { brand: 'Oppo', name: /^Watch\b/i, value: 'smartwatch', reason: 'Oppo Watch is a smartwatch' },
  {
    brand: 'Oppo',
    name: /^(?:Find\b|Reno|A\d{1,2}[a-z]?\b)/i,
    value: 'smartphone',
    reason: 'Find, Reno and the A families of one or two digits are smartphones',
  },
  {
    brand: 'Nothing',
    name: /^(?:CMF )?Phone\b/i,
    value: 'smartphone',
    reason: 'Nothing and CMF Phones are smartphones',
  },
  {
    brand: 'Vivo',
    name: /^(?!Pad|Watch|TWS)/i,
    value: 'smartphone',
    reason: 'all Vivo devices but Pad and Watch are smartphones',
  },
  { brand: 'Realme', name: /^(?:Pad)\b/i, value: 'tablet', reason: 'Realme Pad is a tablet' },
  {
    brand: 'Realme',
    name: /^(?:GT|Narzo|Note|X|Q|V|C\d|P\d|\d|U1)/i,
    value: 'smartphone',
    reason: 'Realme GT, Narzo, Note and the names of a letter or number are smartphones',
  },
  {
    brand: 'Infinix',
    name: /^(?:Hot|Note|Smart|Zero|GT)\b/i,
    value: 'smartphone',
    reason: 'Infinix Hot, Note, Smart, Zero and GT are smartphones',
  },
  {
    brand: 'Tecno',
    name: /^(?:Camon|Spark|Pova|Phantom|Pop)\b/i,
    value: 'smartphone',
    reason: 'Tecno Camon, Spark, Pova, Phantom and Pop are smartphones',
  },
  ...['Quectel', 'SIMCom', 'Telit', 'u-blox', 'Cinterion', 'Fibocom'].map(
    (brand): Rule<DeviceType> => ({
      brand,
      name: /^/,
      value: 'iot',
      reason: `${brand} makes modules for other devices`,
    }),
  ),
  { brand: 'Netgear', name: /^/, value: 'router', reason: 'Netgear makes routers and hotspots' },
  {
    brand: 'Sierra Wireless',
    name: /^(?:EM|MC|WP|HL|RC|AR|SL|BC)\d{3,4}/i,
    value: 'iot',
    reason: 'Sierra Wireless names its modules with these letters and a number',
  },
  {
    brand: 'Huawei',
    name: /^(?:B\d{3,4}|E5\d{3})(?![0-9])/i,
    value: 'router',
    reason: 'Huawei B and E5 with a number are routers and hotspots',
  },
]

export const TYPE_RULE_FACTS = valuesOf(TYPE_RULES)

/** The type of a model by the rules, or null if no rule matches. */
export function ruleType(brand: string, name: string): Ruled<DeviceType> | null {
  return firstMatch(TYPE_RULES, brand, name)
}
