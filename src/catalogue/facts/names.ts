import { readFileSync } from 'node:fs'
import { isKnownBrand, isUnknown, moveBrand, subBrandsOf, toBrand } from './brands.ts'
import { isMakerCode, MAKER_CODE_FACTS, separateCodes } from './maker-codes.ts'
import { SPELLING_FACTS, spell, withoutRemarks } from './spelling.ts'

/**
 * Makers that include their brand in the name of a phone: "OnePlus 7", "Fairphone 4". All others write the name alone.
 */
const KEEP_BRAND = new Set(['Fairphone', 'OnePlus'])

/**
 * A Samsung model code, ignoring the tray and SIM that some databases add: `SM-A105F/DS (SIM2)`. The first group is the
 * code that the variants of a phone share, the second one the variant. The W series numbers its phones with all four digits.
 */
const SAMSUNG_CODE =
  /^(SM-W\d{4}|SM-[A-Z]\d{3}|(?:GT|SGH|SCH|SPH|SHV|SHW|EK)-[A-Z]+\d{3,4}|SC[A-Z-]+\d{2,3}[A-Z]?|404SC)([A-Z0-9]*)(?:\/[A-Z]+)?(?: \(SIM ?\d\))?$/

const samsungNames = readNames(readFileSync(new URL('samsung-codes.csv', import.meta.url), 'utf8'))

/** The rows of our own table, whose cells contain no commas. */
function readNames(text: string): Map<string, string> {
  const rows = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(rows.map((row) => row.split(',', 2) as [string, string]))
}

/** All of the above, to compare with the facts of another version of Handset. */
export const NAME_FACTS = [[...KEEP_BRAND], MAKER_CODE_FACTS, SPELLING_FACTS, SAMSUNG_CODE, [...samsungNames]]

/** The name of a phone in a row, in its maker's spelling. */
export interface Identity {
  brand: string
  name: string
  /** Whether the name is only the maker's code. A source that knows the name may replace it. */
  isCode: boolean
  /** The maker's code that the row states beside the name, if it states one. */
  code?: string
}

/**
 * The normalised brand and name of a row: two spellings of one phone have the same identity. The brand is the
 * best-known spelling. What is not part of the name is removed: the brand, an operator, the maker's codes, remarks. A code
 * whose name is known becomes that name.
 */
export function identify(brandText: string, nameText: string): Identity {
  const text = nameText.replaceAll(/\s+/g, ' ').trim()
  const writtenBrand = isUnknown(brandText.trim()) ? (brandInName(text) ?? brandText) : brandText
  const { brand: owner, make } = toBrand(writtenBrand)
  // A brand without a name is an answer too. Any name replaces it.
  if (text === '' || isUnknown(text) || text.toLowerCase() === owner.toLowerCase()) {
    return { brand: owner, name: owner, isCode: true }
  }
  const bare = withoutRemarks(withoutBrand(owner, text, writtenBrand))
  const moved = moveBrand(owner, bare)
  const { brand } = moved
  const made = withMake(brand, make, brand === owner ? bare : withoutBrand(brand, moved.name, brand))
  const { name, code } = nameOfList(brand, made)
  const spelled = spell(brand, name)
  const sold = brand === 'Samsung' ? samsungNameOf(spelled).name : null
  const isCode = sold === null && (isMakerCode(brand, spelled) || (brand === 'Samsung' && SAMSUNG_CODE.test(spelled)))
  return { brand, name: sold ?? spelled, isCode, ...(code ? { code } : {}) }
}

/** The known brand that a name starts with. */
function brandInName(name: string): string | undefined {
  const first = name.split(' ', 1)[0] as string
  return first !== name && isKnownBrand(first) ? first : undefined
}

function withMake(brand: string, make: string | undefined, name: string): string {
  if (make === undefined || subBrandsOf(brand).some((each) => startsWithWord(name, each))) return name
  return `${make} ${name}`
}

/** A name without the maker's codes. A list of names becomes one name if all of its names are the same. */
function nameOfList(brand: string, text: string): { name: string; code?: string } {
  const parts = text.split(/\s*[,;|]\s*/).filter((part) => part !== '')
  if (parts.length < 2) return separateCodes(brand, text)
  const codes = parts.filter((part) => isMakerCode(brand, part))
  const names = parts.filter((part) => !isMakerCode(brand, part)).map((part) => separateCodes(brand, part).name)
  const wanted = names.length > 0 ? names : codes
  const spelled = new Set(wanted.map((part) => nameOfPart(brand, part).toLowerCase()))
  if (spelled.size !== 1) return { name: text }
  return { name: wanted[0] as string, ...(codes.length === 1 && names.length > 0 ? { code: codes[0] as string } : {}) }
}

function nameOfPart(brand: string, text: string): string {
  const name = spell(brand, withoutBrand(brand, text, brand))
  return (brand === 'Samsung' && samsungNameOf(name).name) || name
}

/** The name under which the phone with a Samsung code is sold, or null. `code` is the part that all variants share. */
export function samsungNameOf(text: string): { name: string | null; code: string } {
  const [, code, variant] = SAMSUNG_CODE.exec(text) ?? []
  if (code === undefined) return { name: null, code: text }
  return { name: samsungNames.get(`${code}${variant}`) ?? samsungNames.get(code) ?? null, code }
}

function withoutBrand(brand: string, name: string, brandText: string): string {
  let bare = name
  for (const word of [brand, brandText.trim()]) {
    if (!startsWithWord(bare, word)) continue
    const rest = bare.slice(word.length).trimStart()
    // Without its brand, a text that is empty or starts with a bracket or hyphen is not a name: "LG-2000", "Test".
    if (/^[\p{L}\p{N}]/u.test(rest)) bare = rest
  }
  return KEEP_BRAND.has(brand) && !startsWithWord(bare, brand) ? `${brand} ${bare}` : bare
}

function startsWithWord(text: string, word: string): boolean {
  return text.toLowerCase().startsWith(`${word.toLowerCase()} `)
}
