import { readFileSync } from 'node:fs'
import { toBrand } from './brands.ts'

/**
 * Makers that include their brand in the name of a phone: "OnePlus 7", "Fairphone 4". All others write the name alone.
 */
const KEEP_BRAND = new Set(['Fairphone', 'OnePlus'])

/** Spellings that the maker of a phone does not use, and the maker's own spelling. */
const SPELLINGS: readonly (readonly [brand: string, written: RegExp, made: string])[] = [
  // Samsung writes "S8+"; others type "S8 Plus".
  ['Samsung', /^(Galaxy (?:S|Note ?|Tab S|Tab A)\d+) Plus\b/i, '$1+'],
  ['Samsung', /^GALAXY\b/i, 'Galaxy'],
  ['Apple', /^iphone\b/i, 'iPhone'],
  ['Apple', /^ipad\b/i, 'iPad'],
]

/**
 * A Samsung model code, ignoring the tray and SIM that some databases add: `SM-A105F/DS (SIM2)`. The first group is the
 * code that the variants of a phone share.
 */
const SAMSUNG_CODE =
  /^((?:SM-[A-Z]\d{3}|(?:GT|SGH|SCH|SPH|SHV|SHW|EK)-[A-Z]+\d{3,4}|SC[A-Z-]+\d{2,3}[A-Z]?|404SC))[A-Z0-9]*(?:\/[A-Z]+)?(?: \(SIM ?\d\))?$/

const samsungNames = readNames(readFileSync(new URL('samsung-codes.csv', import.meta.url), 'utf8'))

/** The rows of our own table, whose cells contain no commas. */
function readNames(text: string): Map<string, string> {
  const rows = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(rows.map((row) => row.split(',', 2) as [string, string]))
}

/** All of the above, to compare with the facts of another version of Handset. */
export const NAME_FACTS = [[...KEEP_BRAND], SPELLINGS, SAMSUNG_CODE, [...samsungNames]]

/** The name of a phone in a row, in its maker's spelling. */
export interface Identity {
  brand: string
  name: string
  /** Whether the name is only the maker's code. A source that knows the name may replace it. */
  isCode: boolean
}

/**
 * The normalised brand and name of a row: two spellings of one phone have the same identity. The brand is the
 * best-known spelling. A brand at the start of the name is removed, and a code whose name is known becomes that name.
 */
export function identify(brandText: string, nameText: string): Identity {
  const { brand, make } = toBrand(brandText)
  let name = nameText.replaceAll(/\s+/g, ' ').trim()
  // A brand without a name is an answer too. Any name replaces it.
  if (name === '' || name.toLowerCase() === brand.toLowerCase()) return { brand, name: brand, isCode: true }
  name = withoutBrand(brand, name, brandText)
  if (make !== undefined && !startsWithWord(name, make)) name = `${make} ${name}`
  for (const [of, written, made] of SPELLINGS) if (of === brand) name = name.replace(written, made)
  if (brand !== 'Samsung') return { brand, name, isCode: false }
  const code = SAMSUNG_CODE.exec(name)?.[1]
  const sold = code === undefined ? undefined : samsungNames.get(code)
  return { brand, name: sold ?? name, isCode: code !== undefined && sold === undefined }
}

/** The name under which the phone with a Samsung code is sold, or null. `code` is the part that all variants share. */
export function samsungNameOf(text: string): { name: string | null; code: string } {
  const code = SAMSUNG_CODE.exec(text)?.[1] ?? text
  return { name: samsungNames.get(code) ?? null, code }
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
