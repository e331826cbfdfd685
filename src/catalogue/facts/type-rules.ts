import type { DeviceType } from '../../contract/device-kinds.ts'
import { EARLY_PHONE_RULES } from './early-phone-rules.ts'
import { MACHINE_RULES } from './machine-rules.ts'
import { createFinder, type Rule, valuesOf } from './rule.ts'

/**
 * Devices sold since about 2010. The first rule that matches applies. Rules that name no source are general knowledge.
 */
const MODERN_RULES: readonly Rule<DeviceType>[] = [
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
    name: /\bPad\b/i,
    value: 'tablet',
    reason: 'Xiaomi, Redmi, Mi and Poco Pad are tablets',
  },
  {
    brand: 'Xiaomi',
    name: /^(?:Redmi|Poco|Civi|Mi \d|Mi A\d|Mi (?:CC|Max|Mix|Note|Play)\b|Mix (?:\d|Flip|Fold)|1[1-7](?:[SX]|T|i)?\b)/i,
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
  { brand: 'OnePlus', name: /^OnePlus Pad\b/i, value: 'tablet', reason: 'OnePlus Pad is a tablet' },
  { brand: 'OnePlus', name: /\bWatch\b/i, value: 'smartwatch', reason: 'OnePlus Watch is a smartwatch' },
  {
    brand: 'OnePlus',
    name: /^OnePlus (?:Ace|CPH\d{4}|Nord|One|Open|Turbo|X\b|\d)/i,
    value: 'smartphone',
    reason: 'OnePlus phones are smartphones',
  },
  { brand: 'Fairphone', name: /^Fairphone (?:\d|\(Gen\b)/i, value: 'smartphone', reason: 'Fairphones are smartphones' },
  { brand: 'Huawei', name: /^(?:MediaPad|MatePad)\b/i, value: 'tablet', reason: 'MediaPad and MatePad are tablets' },
  { brand: 'Huawei', name: /^MateBook\b/i, value: 'laptop', reason: 'MateBooks are laptops' },
  { brand: 'Huawei', name: /^Watch\b/i, value: 'smartwatch', reason: 'Huawei Watches are smartwatches' },
  {
    brand: 'Huawei',
    name: /^(?:P\d{1,2}|P smart|Pura|Mate ?\d{1,2}|Mate (?:SE?|XT|X(?:[2-9]|Ts|s)?)|Ascend|Y\d{1,2}[a-z]?|nova|Enjoy|Pocket)\b/i,
    value: 'smartphone',
    reason: 'P, Pura, Mate, Ascend, Y, nova, Enjoy and Pocket are smartphones',
  },
  { brand: 'Honor', name: /^(?:Pad\b|MagicPad)/i, value: 'tablet', reason: 'Honor Pad and MagicPad are tablets' },
  { brand: 'Honor', name: /^MagicBook\b/i, value: 'laptop', reason: 'MagicBooks are laptops' },
  { brand: 'Honor', name: /^Watch\b/i, value: 'smartwatch', reason: 'Honor Watches are smartwatches' },
  {
    brand: 'Honor',
    name: /^(?:Magic ?(?:\d|Flip|V\b|V\d|Vs)|\d{1,3}[A-Z]?\b|[VX]\d{1,2}[a-z]?\b|Play ?\d|View ?\d|Play$)/i,
    value: 'smartphone',
    reason: 'Magic, Play, View, V, X and the numbers of Honor are smartphones',
  },
  { brand: 'Oppo', name: /^Pad\b/i, value: 'tablet', reason: 'Oppo Pad is a tablet' },
  { brand: 'Oppo', name: /^Watch\b/i, value: 'smartwatch', reason: 'Oppo Watch is a smartwatch' },
  {
    brand: 'Oppo',
    name: /^(?:Find\b|Reno|AX\d|[AFK]\d{1,2}[a-z]?\b|R(?:5|7|9|1[0-9])[a-z]?\b|CPH\d{4})/i,
    value: 'smartphone',
    reason: 'Find, Reno, the A, F, K and R families of one or two digits and the codes CPH are smartphones',
  },
  {
    brand: 'Nothing',
    name: /^(?:CMF )?Phone\b/i,
    value: 'smartphone',
    reason: 'Nothing and CMF Phones are smartphones',
  },
  {
    brand: 'Vivo',
    name: /^(?:iQOO(?! (?:Pad|TWS|Watch))|Jovi|NEX|[STVXY]\d|X (?:Flip|Fold|Note)|V[12]\d{3}|[XY]play|Xshot|U\d|Z\d|APEX)/i,
    value: 'smartphone',
    reason: 'iQOO, NEX and the Vivo families named by a letter and a number are smartphones',
  },
  { brand: 'Realme', name: /^Pad\b/i, value: 'tablet', reason: 'Realme Pad is a tablet' },
  {
    brand: 'Realme',
    name: /^(?:GT|Narzo|Note|RMX\d{4}|[CPQVX]\d|\d|U1|XT)/i,
    value: 'smartphone',
    reason: 'Realme GT, Narzo, Note and the names of a letter or number are smartphones',
  },
  {
    brand: 'Infinix',
    name: /^(?:Hot|Note|Smart|Zero|GT|X6\d{2,3}[A-Z]?)\b/i,
    value: 'smartphone',
    reason: 'Infinix Hot, Note, Smart, Zero, GT and the codes X6 are smartphones',
  },
  {
    brand: 'Tecno',
    name: /^(?:Camon|Spark|Pova|Phantom|Pop)\b/i,
    value: 'smartphone',
    reason: 'Tecno Camon, Spark, Pova, Phantom and Pop are smartphones',
  },
  {
    brand: 'LG',
    name: /^G Pad\b/i,
    value: 'tablet',
    reason: 'LG G Pads are tablets',
  },
  { brand: 'LG', name: /^(?:G )?Watch\b/i, value: 'smartwatch', reason: 'LG Watches are smartwatches' },
  {
    brand: 'LG',
    name: /^(?:Optimus|Velvet|Wing|Stylo|Aristo|G[2-8]|V[2-6]0|K(?:[3-9]|[1-9][0-9])|Q(?:[6-9]|[5-9][0-9]))\b/i,
    value: 'smartphone',
    reason: 'LG Optimus, Velvet, Wing, Stylo, Aristo and the G, V, K and Q families are smartphones',
  },
  {
    brand: 'HTC',
    name: /^(?:Flyer|Jetstream|EVO View|A10[0-9])\b/i,
    value: 'tablet',
    reason: 'HTC Flyer, Jetstream, EVO View and A100 are tablets',
  },
  {
    brand: 'HTC',
    name: /^(?:One|Desire|Sensation|Wildfire|Incredible|Legend|Hero|Magic|Dream|Tattoo|Explorer|Rhyme|Salsa|ChaCha|Amaze|Titan|Radar|HD2|HD7|Touch|TyTN|Windows Phone|Butterfly|EVO (?:3D|4G|Design)|10|U(?:11|12|19|20|23|24|Ultra|Play)|P[346]\d{3})\b/i,
    value: 'smartphone',
    reason: 'these families of HTC run Android or Windows Mobile',
  },
  {
    brand: 'Asus',
    name: /^(?:ZenPad|Transformer|MeMO Pad|Eee Pad|VivoTab)\b/i,
    value: 'tablet',
    reason: 'Asus ZenPad, Transformer, MeMO Pad, Eee Pad and VivoTab are tablets',
  },
  {
    brand: 'Asus',
    name: /^(?:ZenFone|ROG Phone|PadFone)\b/i,
    value: 'smartphone',
    reason: 'ZenFone, ROG Phone and PadFone are smartphones',
  },
  {
    brand: 'TCL',
    name: /^(?:Tab \d|NxtPaper 1[0-9])/i,
    value: 'tablet',
    reason: 'TCL Tab and NxtPaper with a number are tablets',
  },
  {
    brand: 'TCL',
    name: /^(?:[1-6]0(?:\+|[A-Z]{1,2})?(?:$| (?:5G|SE|Pro|Plus|Lite|NxtPaper|Ace)\b)|Plex$)/i,
    value: 'smartphone',
    reason: 'TCL 10 to 60 and Plex are smartphones',
  },
  {
    brand: 'Alcatel',
    name: /^(?:Pixi|Idol|Pop \d|Shine Lite)\b/i,
    value: 'smartphone',
    reason: 'Alcatel Pixi, Idol, Pop and Shine run Android',
  },
  { brand: 'Motorola', name: /^(?:Xoom|Moto Tab)\b/i, value: 'tablet', reason: 'Xoom and Moto Tab are tablets' },
  {
    brand: 'Motorola',
    name: /^(?:Droid|Atrix|Milestone|Photon|Defy(?! Satellite))\b/i,
    value: 'smartphone',
    reason: 'Droid, Atrix, Milestone, Photon and Defy run Android',
  },
  { brand: 'BlackBerry', name: /^PlayBook\b/i, value: 'tablet', reason: 'PlayBook is a tablet' },
  {
    brand: 'BlackBerry',
    name: /^(?:Pearl|Curve|Bold|Storm|Torch|Tour|Style|Passport|Priv|Classic|Leap|Key(?:one|2)|DTEK|Aurora|Motion|Z[13]0|Q(?:5|10|20)|[789]\d{3}[a-z]?)\b/i,
    value: 'smartphone',
    reason: 'BlackBerry phones with these names, or a number from 7000 on, are smartphones',
  },
  ...['Palm', 'Handspring'].map(
    (brand): Rule<DeviceType> => ({
      brand,
      name: /^(?:Treo|Pre|Pixi)\b/i,
      value: 'smartphone',
      reason: 'Treo, Pre and Pixi are smartphones',
    }),
  ),
  { brand: 'Amazon', name: /^Fire Phone\b/i, value: 'smartphone', reason: 'the Fire Phone runs Android' },
  { brand: 'Amazon', name: /^(?:Kindle|Fire)\b/i, value: 'tablet', reason: 'Kindle and Fire are tablets and e-books' },
  {
    brand: 'itel',
    name: /^it[25]\d{3}\b/i,
    value: 'feature-phone',
    reason: 'itel phones named it2 and it5 with three more digits have keys',
  },
  { brand: 'TP-Link', name: /^Neffos\b/i, value: 'smartphone', reason: 'Neffos phones run Android' },
]

const TYPE_RULES = [...MODERN_RULES, ...EARLY_PHONE_RULES, ...MACHINE_RULES]

export const TYPE_RULE_FACTS = valuesOf(TYPE_RULES)

/** The type of a model by the rules, or null if no rule matches. */
export const ruleType = createFinder(TYPE_RULES)
