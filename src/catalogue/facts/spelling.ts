// How names are spelled. Words in capitals get ordinary case, which never changes what a name means, since names are
// compared ignoring case. Spellings of one phone become one: each of these rules merges models, so each has a test in
// both directions.

/**
 * Words of names, as their makers write them. Other words in capitals stay so, unless the whole name is in capitals.
 */
const WORDS =
  'Ace Action Active Air Alpha Aquaris Aristo Axon Black Blade Bold Book Camon Chat Civi Classic Club Color Compact Core Cruise ' +
  'Curve Dash Defy Desire Droid Dual Duos Easy Edition Elite Enjoy Express Fame Find Fit Flip Fold Force Fun Fusion Galaxy Gear ' +
  'Gen Generation Go Gold Grand Hero Hot Hybrid Idol Infinity King Leo Life Lite Lumia Macro Magic Master Mate Max Maxx Mega Mi ' +
  'Mini Mix Mobile Moto Music Neo Next Nexus Nord Note One Open Optimus Pad Pen Pearl Phantom Phone Pixel Pixi Play Plus Pocket ' +
  'Poco Pop Pova Power Premier Prime Pro Pura Pure Quantum Race Razr Reno Sensation Series Shine Silver Slim Smart Spark Special ' +
  'Speed Sport Star StarTAC Storm Style Stylo Stylus Super Tab Tablet Torch Touch Trend Turbo Ultra Velvet Vibe View Vision Watch ' +
  'Wildfire Wing XCover Xperia Young Zenfone Zero Zoom iPad iPhone iQOO'

/** Words that a brand writes in its own way. */
const WORDS_OF: Readonly<Record<string, string>> = {
  Apple: 'mini generation',
  Asus: 'ZenFone ZenPad PadFone',
  Huawei: 'nova lite smart MatePad MediaPad MateBook',
  Motorola: 'Edge',
  Realme: 'Narzo',
  Samsung: 'Edge',
  Xiaomi: 'Redmi',
}

/** Abbreviations that stay in capitals even if the whole name is in capitals. */
const ABBREVIATIONS = new Set(
  'APAC CDMA CECT DBTEL EDGE EVDO FOMA HSDPA HSPA HSUPA IDEN OKWAP QUAD RAKS UMTS WIMAX WLAN'.split(' '),
)

/** A number with the letters after it, as its maker writes them: `6S`, `4A`, `A05S`. */
const NUMBERS: readonly (readonly [brand: string, written: RegExp])[] = [
  ['Apple', /^(?:5[CS]|6S|1\dE)$/],
  ['Google', /^\dA$/],
  ['Infinix', /^\d{1,2}[IS]$/],
  ['Oppo', /^A\d{1,2}[ESX]$/],
  ['Samsung', /^[AFJM]\d{2}[ES]$|^S10E$|^S5E$/],
]

/** Remarks of databases, which are not part of a name. */
const REMARK = / \((?:variant|model) unknown\)$/i

/** Operators whose name some databases put before the name of a family. */
const OPERATORS =
  /^(?:AT&T|AU|Boost(?: Mobile)?|C Spire|Cricket|KDDI|MetroPCS|(?:NTT )?Docomo|SoftBank|Sprint|T-Mobile|TracFone|US Cellular|Verizon|2degrees) (?=(?:Galaxy|iPad|iPhone|Moto|Pixel|Xperia)\b)/i

/** Spellings that the maker of a phone does not use, and the maker's own spelling, in this order. */
const SPELLINGS: readonly (readonly [brand: string, written: RegExp, made: string])[] = [
  ['Apple', /^(iPhone|iPad)(?=\d)/, '$1 '],
  ['Apple', /^iPhone (\d) (GS|[CGS])\b/i, 'iPhone $1$2'],
  ['Apple', /^iPhone SE ?(?:\(?(?:2016|1st gen(?:eration)?)\)?)$/i, 'iPhone SE (1st generation)'],
  ['Apple', /^iPhone SE ?(?:\(?(?:2|2020|2nd gen(?:eration)?)\)?)$/i, 'iPhone SE (2nd generation)'],
  ['Apple', /^iPhone SE ?(?:\(?(?:3|2022|3rd gen(?:eration)?)\)?)$/i, 'iPhone SE (3rd generation)'],

  // The list that Google publishes writes "S2" and "Note2" for the "S II" and "Note II".
  ['Samsung', /^Galaxy (S|Note) ?III\b/i, 'Galaxy $13'],
  ['Samsung', /^Galaxy (S|Note) ?II\b/i, 'Galaxy $12'],
  ['Samsung', /^Galaxy Note (\d{1,2})(?=$|[ +(])/i, 'Galaxy Note$1'],
  ['Samsung', /^Galaxy (S|A|J|M|F) (\d{1,2})(?=$|[ +(])/i, 'Galaxy $1$2'],
  // Samsung writes "S8+"; others type "S8 Plus".
  ['Samsung', /^(Galaxy (?:S|Note|Tab S|Tab A|A|J)\d{1,2}) Plus\b/i, '$1+'],
  ['Samsung', /^Galaxy Z (Fold|Flip) (\d)\b/i, 'Galaxy Z $1$2'],
  ['Samsung', /^Galaxy Tab ([2-4]) (?=\d{1,2}\.\d)/i, 'Galaxy Tab$1 '],
  // "Tab A 8" may be the Tab A 8.0 of 2018 or the Tab A8 of 2021.
  ['Samsung', /^Galaxy Tab S (\d{1,2})(?=$|[ +(])/i, 'Galaxy Tab S$1'],
  ['Samsung', /^Galaxy Tab([ESA])(?=\d{0,2} ?\d)/i, 'Galaxy Tab $1'],
  ['Samsung', /^(Galaxy (?:Ace|Core|Folder|Grand|Mega|Pocket|Trend|Win|Young)) (\d)(?=$| )/i, '$1$2'],
  ['Samsung', /^(Galaxy (?:Ace|Pocket|S|Star|Tab 7\.[07]|Trend))\+$/i, '$1 Plus'],
  ['Samsung', /^(Galaxy .*[^ (])\((20\d\d)\)$/, '$1 ($2)'],
  ['Samsung', /^Galaxy Watch (\d)\b/i, 'Galaxy Watch$1'],
  // Samsung has never sold these without 5G, and sells the later ones without "5G" in the name.
  ['Samsung', /^(Galaxy S21(?:\+| Ultra| FE)?|Galaxy Z (?:Fold[23]|Flip3))$/, '$1 5G'],
  ['Samsung', /^(Galaxy A(?:25|26|3[3-6]|42|52s|5[3-6]|73|90))$/, '$1 5G'],
  ['Samsung', /^(Galaxy (?:S2[2-6](?:\+| Ultra| FE| Edge)?|Z (?:Fold|Flip)[4-8])) 5G$/, '$1'],
  ['Samsung', /^(SGH|SCH|SPH|SHV|SHW|GT|SM)[ -]?(?=[A-Z]?\d{3})/, '$1-'],
  ...['Huawei', 'Motorola', 'Samsung'].map(
    (brand) => [brand, /^((?:Galaxy|Moto|Edge|Razr|One|P smart|Y\d)\b(?:.*[^(\s])?) (20[12]\d)$/i, '$1 ($2)'] as const,
  ),

  ['Motorola', /^Moto (?=(?:Edge|One|Razr)\b)/, ''],
  ['Motorola', /^Moto ([EGXZ]) ?\((\d)\)/, 'Moto $1$2'],
  ['Huawei', /^Mate(?=\d)/, 'Mate '],
  ['Xiaomi', /^(Redmi Note \d{1,2} Pro) Plus\b/, '$1+'],
  ['Xiaomi', /^(Redmi (?:Note )?\d{1,2}) ([ACST])(?= |$)/, '$1$2'],
  ['Oppo', /^Reno (\d{1,2})\b/, 'Reno$1'],
  ['Oppo', /^Find X (\d)\b/, 'Find X$1'],
  ['OnePlus', /^OnePlus 1\+ (?=CPH)/i, 'OnePlus '],
  ['HTC', /^One M([789])\b/, 'One (M$1)'],
  ['Alcatel', /^(?:OT|One ?Touch)[ -]?(?=\d{3}|Easy|Club|Max|View|Com|Gum|Pocket|Pro)/i, 'One Touch '],
  ['Maxon', /^MX[- ]?(?=\d{4})/, 'MX-'],
  ['Sagem', /^my ?X[- ]?(?=\d-\d)/i, 'myX'],
  ['Sagem', /^my ?X[- ]?(?=\d(?![\d-]))/i, 'myX-'],
  ['Sony', /^CMD[ -]?(?=[A-Z]\d)/, 'CMD-'],
]

/** Letters and a number that databases write with and without a space: `MC 940`, `P 30 Pro`. */
const SPACED_CODE = /^(?!GT|HD|SE|CE|FE|TV|AI|GO|UP|MI)([A-Z]{1,2}) (?=\d{2,4}[A-Za-z]{0,2}(?: |$))/

export const SPELLING_FACTS = [
  ...[WORDS, WORDS_OF, [...ABBREVIATIONS], NUMBERS, REMARK, OPERATORS, SPELLINGS, SPACED_CODE],
]

const words = new Map(WORDS.split(' ').map((word) => [word.toUpperCase(), word]))
const wordsOf = new Map(
  Object.entries(WORDS_OF).map(([brand, own]) => [
    brand,
    new Map(own.split(' ').map((word) => [word.toUpperCase(), word])),
  ]),
)
const numbersOf = Map.groupBy(NUMBERS, ([brand]) => brand)
const spellingsOf = Map.groupBy(SPELLINGS, ([brand]) => brand)

/** A name without remarks of a database, and without the operator who sold the phone. */
export function withoutRemarks(name: string): string {
  return name.replace(REMARK, '').replace(OPERATORS, '')
}

/** A name, without its brand, in the spelling of its maker. */
export function spell(brand: string, name: string): string {
  let spelled = recase(brand, name)
  for (const [, written, made] of spellingsOf.get(brand) ?? []) spelled = spelled.replace(written, made)
  return spelled.replace(SPACED_CODE, '$1')
}

/** Words that are in capitals, in the case that their maker uses. */
function recase(brand: string, name: string): string {
  const isShouted = !/\p{Ll}/u.test(name)
  return name.replaceAll(/[\p{L}\p{N}&]+/gu, (word) => recaseWord(brand, word, isShouted))
}

function recaseWord(brand: string, word: string, isShouted: boolean): string {
  const [, head = word, tail = ''] = /^(\p{L}{3,})(\d.*)$/u.exec(word) ?? []
  const own = wordsOf.get(brand)?.get(head.toUpperCase())
  if (own !== undefined) return own + tail
  const isFamily = /^(?:galaxy|iphone|ipad)$/i.test(head)
  if (!isFamily && word !== word.toUpperCase()) return word
  const known = words.get(head.toUpperCase())
  if (known !== undefined) return known + tail
  if (numbersOf.get(brand)?.some(([, written]) => written.test(word)))
    return word.slice(0, -1) + word.slice(-1).toLowerCase()
  return isShouted && isWord(word) ? word.slice(0, 1) + word.slice(1).toLowerCase() : word
}

/** Whether a text in capitals is a word rather than an abbreviation, a code or a Roman number. */
function isWord(text: string): boolean {
  return (
    /^[A-Z]{5,}$/.test(text) &&
    /[AEIOU]/.test(text) &&
    /[^AEIOUX]/.test(text) &&
    !/[IVX]{2}$/.test(text) &&
    !ABBREVIATIONS.has(text)
  )
}
