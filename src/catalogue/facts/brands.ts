/**
 * Legal forms at the end of a company's name, which are not part of a brand. "Holdings", "Mobile" and similar words
 * stay, because they distinguish companies.
 */
const LEGAL_FORM =
  /(?:[\s,]+|^)(?:inc|incorporated|ltd|limited|l\.?t\.?d|co|corp|corporation|company|llc|l\.?p|plc|gmbh|ohg|kg|ag|s\.?a\.?s?|s\.?r\.?l|s\.?p\.?a|sp\.? ?z\.? ?o\.? ?o|d\.o\.o|oy|oyj|ab|a\/s|n\.?v|b\.?v|pte|pvt|pty|sdn|bhd|kk)\.?$/i

/**
 * The spelling of each brand, and its aliases in TAC databases: the legal entities that apply for its TACs, its former
 * names, typing errors. Names that differ only in case, spaces and legal forms need no alias.
 */
const BRANDS: readonly (readonly [brand: string, ...aliases: string[]])[] = [
  ['Acer', 'Acer Incorporated'],
  ['Alcatel', 'Alcatel Mobile Phones', 'Alcatel OneTouch', 'Alcatel One Touch'],
  ['Amazon', 'Amazon.com Services', 'Amazon Fulfillment Services', 'Amazon Fulfillment Service'],
  ['Apple', 'Apple Computer'],
  ['Arima', 'Arima Communication', 'Arima Communications'],
  ['Asus', 'ASUSTeK', 'ASUSTeK Computer'],
  ['BenQ', 'BenQ Mobile'],
  ['BlackBerry', 'Research In Motion', 'RIM'],
  ['BLU', 'BLU Products'],
  ['BQ'],
  ['Cinterion', 'Cinteroin', 'Cinterion Wireless Modules', 'Gemalto M2M'],
  ['Coolpad', 'Yulong', 'Yulong Computer Telecommunication Scientific (Shenzhen)'],
  ['Doogee'],
  ['Enfora'],
  ['Fairphone'],
  ['Fibocom', 'Fibocom Wireless'],
  ['Foxconn', 'Hon Hai', 'Hon Hai Precision Industry'],
  ['Garmin', 'Garmin International', 'Garmin (Europe)'],
  ['Google'],
  ['HMD', 'HMD Global'],
  ['Honor', 'Honor Device', 'Shenzhen Honor'],
  ['HP', 'Hewlett Packard', 'Hewlett-Packard'],
  ['HTC', 'High Tech Computer'],
  ['Huawei', 'Huawei Technologies', 'Huawei Device', 'Huawei Device (Shenzhen)'],
  ['Infinix', 'Infinix Mobility'],
  ['itel', 'itel Mobile', 'itel Technology'],
  ['Kyocera', 'Kyocera Wireless', 'Kyocera Communications'],
  ['Lenovo', 'Lenovo Mobile Communication', 'Lenovo (Beijing)', 'Lenovo PC HK'],
  ['LG', 'LG Electronics', 'LGE', 'LG Electronics MobileComm', 'LG Electronics MobileComm USA'],
  ['Microsoft', 'Microsoft Mobile'],
  ['Motorola', 'Motorola Mobility', 'Motorola Mobility LLC, a Lenovo Company'],
  ['NEC', 'NEC Mobile Communications', 'NEC CASIO Mobile Communications'],
  ['Netgear'],
  ['Nokia', 'Nokia Mobile Phones', 'Nokia Siemens Networks'],
  ['Nothing', 'Nothing Technology'],
  ['OnePlus', 'OnePlus Technology (Shenzhen)', 'OnePlus Technology', 'One Plus'],
  ['Oppo', 'OPPO Mobile', 'Guangdong OPPO Mobile Telecommunications'],
  ['Panasonic', 'Panasonic Mobile Communications', 'Matsushita Communication Industrial'],
  ['Quectel', 'Quectel Wireless Solutions'],
  ['Realme', 'Realme Chongqing Mobile Telecommunications'],
  ['Sagem', 'Sagem Communication', 'Sagem Mobiles', 'Sagem Wireless'],
  [
    'Samsung',
    'Samsung Electronics',
    'Samsung Mobile',
    'Samsung Korea',
    'Samsung Euro QA Lab',
    'Samsung Telecommunications America',
  ],
  ['Sharp'],
  ['Sierra Wireless', 'Sierra Wireless America'],
  ['SIMCom', 'SIMCom Wireless Solutions', 'Shanghai SIMCom', 'Shanghai SIMCom Wireless Solutions'],
  ['Sony', 'Sony Mobile Communications', 'Sony Mobile'],
  ['Sony Ericsson', 'Sony Ericsson Mobile Communications', 'SonyEricsson'],
  ['TCL', 'TCL Communication', 'TCL Communication Technology'],
  ['Tecno', 'Tecno Mobile'],
  ['Telit', 'Telit Communications', 'Telit Wireless Solutions', 'Telit Cinterion'],
  ['TP-Link', 'TP-Link Technologies', 'TP Link'],
  ['u-blox', 'ublox'],
  ['Ulefone'],
  ['Umidigi'],
  ['Vivo', 'vivo Mobile Communication'],
  ['VK', 'VK Mobile'],
  ['Wiko'],
  ['Xiaomi', 'Xiaomi Communications', 'Beijing Xiaomi Electronics', 'Beijing Xiaomi Mobile Software'],
  ['ZTE', 'Zhongxing Telecommunication Equipment'],
]

/**
 * A company's sub-brands that are part of its phones' names: the name starts with the sub-brand, and the company is the
 * brand.
 */
const SUB_BRANDS: readonly (readonly [brand: string, ...makes: string[]])[] = [
  ['Apple', 'iPhone', 'iPad'],
  ['Nokia', 'Lumia'],
  ['Samsung', 'Galaxy'],
  ['Sony', 'Xperia'],
  ['Xiaomi', 'Redmi', 'Poco'],
]

/** All of the above, to compare with the facts of another version of Handset. */
export const BRAND_FACTS = [LEGAL_FORM, BRANDS, SUB_BRANDS]

const known = new Map(BRANDS.flatMap(([brand, ...aliases]) => [brand, ...aliases].map((text) => [keyOf(text), brand])))
const makes = new Map(SUB_BRANDS.flatMap(([brand, ...own]) => own.map((make) => [keyOf(make), { brand, make }])))

/**
 * The best-known spelling of a brand in a TAC database. For an unknown brand, the text without its legal forms. `make`
 * is the sub-brand that moves to the start of the name.
 */
export function toBrand(text: string): { brand: string; make?: string } {
  const bare = withoutLegalForms(text)
  return makes.get(keyOf(bare)) ?? { brand: known.get(keyOf(bare)) ?? bare }
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
