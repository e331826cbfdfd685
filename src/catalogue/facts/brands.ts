/**
 * Legal forms at the end of a company's name, which are not part of a brand. "Holdings", "Mobile" and similar words
 * stay, because they distinguish companies.
 */
const LEGAL_FORM =
  /(?:[\s,]+|[.,](?=(?:co|inc|ltd)\.?$)|^)(?:inc|incorporated|ltd|limited|l\.?t\.?d|co|corp|corporation|company|llc|l\.?p|plc|gmbh|ohg|kg|ag|s\.?a\.?s?|s\.?r\.?l|s\.?p\.?a|sp\.? ?z\.? ?o\.? ?o|d\.o\.o|oy|oyj|ab|a\/s|n\.?v|b\.?v|pte|pvt|pty|sdn|bhd|kk|uab|srl|gmbh & co|d\.o\.o)\.?$/i

/**
 * The spelling of each brand, and its aliases in TAC databases: the legal entities that apply for its TACs, its former
 * names, typing errors. Names that differ only in case, spaces and legal forms need no alias.
 */
const BRANDS: readonly (readonly [brand: string, ...aliases: string[]])[] = [
  ['Acer', 'Acer Incorporated'],
  [
    'Alcatel',
    'Alcatel Mobile Phones',
    'Alcatel OneTouch',
    'Alcatel One Touch',
    'T&A Mobile Phones',
    'T & A Mobile Phones',
  ],
  ['Amazon', 'Amazon.com Services', 'Amazon Fulfillment Services', 'Amazon Fulfillment Service'],
  ['Apple', 'Apple Computer'],
  ['Arima', 'Arima Communication', 'Arima Communications'],
  ['Asus', 'ASUSTeK', 'ASUSTeK Computer', 'ASUSTeK Computers'],
  ['AVM', 'AVM Computersysteme Vertriebs', 'AVM Audiovisuelles Marketing und Computersysteme'],
  ['BenQ', 'BenQ Mobile'],
  ['BlackBerry', 'Research In Motion', 'RIM'],
  ['BLU', 'BLU Products'],
  ['BQ'],
  ['Cinterion', 'Cinteroin', 'Cinterion Wireless Modules', 'Gemalto M2M'],
  ['Cat', 'Caterpillar', 'Cat Phones'],
  ['Coolpad', 'Yulong', 'Yulong Computer Telecommunication Scientific (Shenzhen)'],
  ['Doogee'],
  ['Enfora'],
  ['Fairphone'],
  ['Fibocom', 'Fibocom Wireless'],
  ['Four-Faith', 'Xiamen Four-Faith Communication Technology'],
  ['Foxconn', 'Hon Hai', 'Hon Hai Precision Industry'],
  ['Garmin', 'Garmin International', 'Garmin (Europe)'],
  ['Gionee', 'Gionee Communication Equipment', 'Shenzhen Gionee Communication Equipment'],
  ['Google'],
  ['Gosuncn', 'Gosuncn WeLink', 'GosuncnWelink', 'Gosuncn Technology Group'],
  ['HMD', 'HMD Global'],
  ['Honor', 'Honor Device', 'Shenzhen Honor', 'Honor Terminal'],
  ['HP', 'Hewlett Packard', 'Hewlett-Packard'],
  ['HTC', 'High Tech Computer'],
  ['Huawei', 'Huawei Technologies', 'Huawei Device', 'Huawei Device (Shenzhen)'],
  ['Infinix', 'Infinix Mobility', 'Infinix Mobile'],
  ['InHand', 'InHand Networks', 'Beijing InHand Networks Technology'],
  ['Inseego', 'Novatel Wireless'],
  ['Intex', 'Intex Technologies', 'Intex Technologies (India)'],
  ['itel', 'itel Mobile', 'itel Technology'],
  ['Karbonn', 'Karbonn Mobiles', 'Karbonn Mobile'],
  ['Kyocera', 'Kyocera Wireless', 'Kyocera Communications'],
  ['Lava', 'Lava International', 'Lava Mobiles'],
  ['Lenovo', 'Lenovo Mobile Communication', 'Lenovo (Beijing)', 'Lenovo PC HK'],
  ['LG', 'LG Electronics', 'LGE', 'LG Electronics MobileComm', 'LG Electronics MobileComm USA'],
  ['MeiG', 'MeiG Smart Technology', 'Meig Smart'],
  ['Meizu', 'Meizu Technology', 'Meizu Technologies'],
  ['Micromax', 'Micromax Informatics', 'Micromax Mobile'],
  ['Microsoft', 'Microsoft Mobile'],
  ['Motorola', 'Motorola Mobility', 'Motorola Mobility LLC, a Lenovo Company'],
  ['NEC', 'NEC Mobile Communications', 'NEC CASIO Mobile Communications'],
  ['Netgear'],
  ['Neoway', 'Shenzhen Neoway Technology', 'Neoway Technology'],
  ['Nokia', 'Nokia Mobile Phones', 'Nokia Siemens Networks'],
  ['Nothing', 'Nothing Technology'],
  ['OnePlus', 'OnePlus Technology (Shenzhen)', 'OnePlus Technology', 'One Plus'],
  ['Oppo', 'OPPO Mobile', 'OPPO Mobile Telecommunications', 'Guangdong OPPO Mobile Telecommunications'],
  ['Panasonic', 'Panasonic Mobile Communications', 'Matsushita Communication Industrial'],
  ['Quectel', 'Quectel Wireless Solutions'],
  ['Realme', 'Realme Chongqing Mobile Telecommunications', 'Realme Mobile Telecommunications', 'Realme Mobile'],
  ['Sagem', 'Sagem Communication', 'Sagem Mobiles', 'Sagem Wireless'],
  [
    'Samsung',
    'Samsung Electronics',
    'Samsung Electronics America',
    'Samsung India Electronics',
    'Samsung Mobile',
    'Samsung Korea',
    'Samsung Euro QA Lab',
    'Samsung Telecommunications America',
  ],
  ['Sharp'],
  ['Sierra Wireless', 'Sierra Wireless America', 'Sierra'],
  ['SIMCom', 'SIMCom Wireless Solutions', 'Shanghai SIMCom', 'Shanghai SIMCom Wireless Solutions'],
  ['Sony', 'Sony Mobile Communications', 'Sony Mobile'],
  ['Sony Ericsson', 'Sony Ericsson Mobile Communications', 'SonyEricsson'],
  [
    'TCL',
    'TCL Communication',
    'TCL Communication Technology',
    'TCL Mobile',
    'TCL Mobile Communication',
    'TCT Mobile',
    'TCT Mobile Europe',
    'TCT Mobile International',
    'TCT Mobile Suzhou',
    'TCT Mobile (US)',
    'TCT',
  ],
  ['Tecno', 'Tecno Mobile', 'TECHNO', 'Techno Mobile', 'Tecno Telecom'],
  ['Telit', 'Telit Communications', 'Telit Wireless Solutions', 'Telit Cinterion', 'Telit Mobile Terminals'],
  [
    'Teltonika',
    'UAB Teltonika',
    'Teltonika Telematics',
    'UAB Teltonika Telematics',
    'Teltonika Networks',
    'Teltonika IoT',
  ],
  ['TP-Link', 'TP-Link Technologies', 'TP Link'],
  ['u-blox', 'ublox'],
  ['Ulefone'],
  ['Umidigi'],
  ['Vivo', 'vivo Mobile Communication', 'vivo Communication Technology', 'vivo Mobile'],
  ['VK', 'VK Mobile'],
  ['Wiko'],
  [
    'Xiaomi',
    'Xiaomi Communications',
    'Xiaomi Technology',
    'Xiaomi Mobile',
    'Xiaomi Mobile Software',
    'Beijing Xiaomi Electronics',
    'Beijing Xiaomi Mobile Software',
  ],
  ['ZTE', 'Zhongxing Telecommunication Equipment', 'ZTE Mobile'],
  ['Zyxel', 'ZyXEL Communications'],
]

/**
 * A company's sub-brands that are part of its phones' names: the name starts with the sub-brand, and the company is the
 * brand.
 */
const SUB_BRANDS: readonly (readonly [brand: string, ...makes: string[]])[] = [
  ['Apple', 'iPhone', 'iPad'],
  ['Neoway', 'Shenzhen Neoway Technology', 'Neoway Technology'],
  ['Motorola', 'Moto'],
  ['Nokia', 'Lumia'],
  ['Nothing', 'CMF'],
  ['Samsung', 'Galaxy'],
  ['Sony', 'Xperia'],
  ['Vivo', 'iQOO'],
  ['Xiaomi', 'Redmi', 'Poco'],
]

/**
 * Brands under which databases list another company's phones: if the name starts with the words, the phone is of the
 * second brand. Honor was Huawei's until November 2020, HMD has made Nokia's phones since December 2016, Motorola's are
 * Lenovo's, TCL makes Alcatel's and made BlackBerry's; Realme was Oppo's until 2018. A Nexus is Google's, whoever built
 * it.
 */
const MOVED: readonly (readonly [from: string, words: RegExp, to: string])[] = [
  ['Huawei', /^Honor (?=\S)/i, 'Honor'],
  ['HMD', /^Nokia (?=\S)/i, 'Nokia'],
  ['Nokia', /^HMD (?=\S)/i, 'HMD'],
  ['Lenovo', /^(?:Motorola )?(?=Moto \S)/i, 'Motorola'],
  ['Oppo', /^Realme (?=\S)/i, 'Realme'],
  ['Oppo', /^(?=OnePlus \S)/i, 'OnePlus'],
  ['TCL', /^Alcatel (?=\S)/i, 'Alcatel'],
  ['TCL', /^BlackBerry (?=\S)/i, 'BlackBerry'],
  ...['Asus', 'HTC', 'Huawei', 'LG', 'Motorola', 'Samsung'].map(
    (maker) => [maker, /^(?:Google )?(?=Nexus (?:One|S|4|5|5X|6|6P|7|9|10)\b)/i, 'Google'] as const,
  ),
]

/** What databases write for an unknown brand or name. */
const UNKNOWN = /^(?:#?n\/?a|unknown(?: (?:brand|model|device))?|not (?:known|available)|none|null|undefined|[-?.]+)$/i

/** All of the above, to compare with the facts of another version of Handset. */
export const BRAND_FACTS = [LEGAL_FORM, BRANDS, SUB_BRANDS, MOVED, UNKNOWN]

const known = new Map(BRANDS.flatMap(([brand, ...aliases]) => [brand, ...aliases].map((text) => [keyOf(text), brand])))
/** Caches the brand of each text, since a file repeats the same few thousand texts. */
let brandsOfTexts = new Map<string, { brand: string; make?: string }>()
const MAX_TEXTS = 20_000

const makes = new Map(SUB_BRANDS.flatMap(([brand, ...own]) => own.map((make) => [keyOf(make), { brand, make }])))

/**
 * The best-known spelling of a brand in a TAC database. For an unknown brand, the text without its legal forms. `make`
 * is the sub-brand that moves to the start of the name.
 */
export function toBrand(text: string): { brand: string; make?: string } {
  const read = brandsOfTexts.get(text)
  if (read !== undefined) return read
  // A copy, because a substring keeps the block of the file that it was cut from in memory.
  const copy = Buffer.from(text).toString()
  const bare = withoutLegalForms(copy)
  const key = bare.toLowerCase()
  const found = makes.get(key) ?? { brand: known.get(key) ?? bare }
  if (brandsOfTexts.size >= MAX_TEXTS) brandsOfTexts = new Map()
  brandsOfTexts.set(copy, found)
  return found
}

/** Whether a text stands for an unknown brand or name. */
export function isUnknown(text: string): boolean {
  return UNKNOWN.test(text)
}

/** Whether a text is the spelling or an alias of a brand that we know. */
export function isKnownBrand(text: string): boolean {
  return known.has(keyOf(text)) || makes.has(keyOf(text))
}

/** The brand that sells a phone, if the name shows that it is not this brand, and the name without it. */
export function moveBrand(brand: string, name: string): { brand: string; name: string } {
  const moved = MOVED.find(([from, words]) => from === brand && words.test(name))
  return moved === undefined ? { brand, name } : { brand: moved[2], name: name.replace(moved[1], '') }
}

/** The sub-brands of a brand that are part of names. */
export function subBrandsOf(brand: string): readonly string[] {
  return SUB_BRANDS.find(([of]) => of === brand)?.slice(1) ?? []
}

function withoutLegalForms(text: string): string {
  let bare = text.replaceAll(/\s+/g, ' ').trim()
  for (;;) {
    const shorter = bare.replace(LEGAL_FORM, '').replace(/[\s,]+$/, '')
    if (shorter === bare || shorter === '') return bare
    bare = shorter
  }
}

function keyOf(text: string): string {
  return withoutLegalForms(text).toLowerCase()
}
