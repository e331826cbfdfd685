import { readFileSync } from 'node:fs'
import { toBrand } from './brands.ts'

/** Makers who say their brand in the name of a phone: "OnePlus 7", "Fairphone 4". All others write the name alone. */
const KEEP_BRAND = new Set(['Fairphone', 'OnePlus'])

/** Spellings of a name that its maker does not use, and how the maker writes it. */
const SPELLINGS: readonly (readonly [brand: string, written: RegExp, made: string])[] = [
  // Samsung writes "S8+"; others type "S8 Plus".
  ['Samsung', /^(Galaxy (?:S|Note ?|Tab S|Tab A)\d+) Plus\b/i, '$1+'],
  ['Samsung', /^GALAXY\b/i, 'Galaxy'],
  ['Apple', /^iphone\b/i, 'iPhone'],
  ['Apple', /^ipad\b/i, 'iPad'],
]

/**
 * A Samsung model code, the tray and SIM that some databases add to it passed over: `SM-A105F/DS (SIM2)`. The first
 * group is the code that the variants of a phone share.
 */
const SAMSUNG_CODE =
  /^((?:SM-[A-Z]\d{3}|(?:GT|SGH|SCH|SPH|SHV|SHW|EK)-[A-Z]+\d{3,4}|SC[A-Z-]+\d{2,3}[A-Z]?|404SC))[A-Z0-9]*(?:\/[A-Z]+)?(?: \(SIM ?\d\))?$/

const samsungNames = readNames(readFileSync(new URL('samsung-codes.csv', import.meta.url), 'utf8'))

/** The rows of our own table, of which no cell holds a comma. */
function readNames(text: string): Map<string, string> {
  const rows = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(rows.map((row) => row.split(',', 2) as [string, string]))
}

/** All of the above, for whoever compares it with what another version of Handset knew. */
export const NAME_FACTS = [[...KEEP_BRAND], SPELLINGS, SAMSUNG_CODE, [...samsungNames]]

/** What a row says a phone is called, as its maker writes it. */
export interface Identity {
  brand: string
  name: string
  /** Whether the name is the maker's code for lack of a better one: a source that knows the name may replace it. */
  isCode: boolean
}

/**
 * Brand and name of a row, normalised: two spellings of one phone give one identity. The brand is the best-known
 * spelling; the name loses a brand that it begins with, and a code that a name is known for becomes that name.
 */
export function identify(brandText: string, nameText: string): Identity {
  const { brand, make } = toBrand(brandText)
  let name = nameText.replaceAll(/\s+/g, ' ').trim()
  // A brand alone is an answer too, which any name replaces.
  if (name === '' || name.toLowerCase() === brand.toLowerCase()) return { brand, name: brand, isCode: true }
  name = withoutBrand(brand, name, brandText)
  if (make !== undefined && !startsWithWord(name, make)) name = `${make} ${name}`
  for (const [of, written, made] of SPELLINGS) if (of === brand) name = name.replace(written, made)
  if (brand !== 'Samsung') return { brand, name, isCode: false }
  const code = SAMSUNG_CODE.exec(name)?.[1]
  const sold = code === undefined ? undefined : samsungNames.get(code)
  return { brand, name: sold ?? name, isCode: code !== undefined && sold === undefined }
}

/** The name that a Samsung code is sold by, or null; `code` is what all variants of the phone share. */
export function samsungNameOf(text: string): { name: string | null; code: string } {
  const code = SAMSUNG_CODE.exec(text)?.[1] ?? text
  return { name: samsungNames.get(code) ?? null, code }
}

function withoutBrand(brand: string, name: string, brandText: string): string {
  let bare = name
  for (const word of [brand, brandText.trim()]) {
    if (!startsWithWord(bare, word)) continue
    const rest = bare.slice(word.length).trimStart()
    // What begins with a bracket, a hyphen or nothing is no name of its own: "LG-2000", "Test".
    if (/^[\p{L}\p{N}]/u.test(rest)) bare = rest
  }
  return KEEP_BRAND.has(brand) && !startsWithWord(bare, brand) ? `${brand} ${bare}` : bare
}

function startsWithWord(text: string, word: string): boolean {
  return text.toLowerCase().startsWith(`${word.toLowerCase()} `)
}
