import { columns } from '../../db/insert.ts'
import type { Queries } from '../../db/port.ts'
import { brandKey } from '../../domain/keys.ts'

/** The tables of the scratch database for brands. */
export const BRAND_TABLES = [
  // The spelling of each brand: that of the catalogue, else the first in the file.
  'CREATE TABLE brands (brand_key TEXT PRIMARY KEY, brand TEXT NOT NULL)',
  'CREATE TABLE brand_texts (text TEXT PRIMARY KEY)',
]

interface BrandRow {
  brand_key: string
  brand: string
}

const BRAND_COLUMNS = columns<BrandRow>()({ brand_key: true, brand: true })
const TEXT_COLUMNS = columns<{ text: string }>()({ text: true })

const FIND_BRANDS = 'SELECT brand_key, brand FROM brands WHERE brand_key IN (JSON_ITEMS($1))'
const FIND_LIVE_BRANDS = `SELECT brand_key, MIN(brand) AS brand FROM device_models
  WHERE brand_key IN (JSON_ITEMS($1)) GROUP BY brand_key`
const COUNT_BRANDS = `SELECT (SELECT COUNT(*) FROM brand_texts) AS before,
  (SELECT COUNT(DISTINCT brand_key) FROM staged_models) AS after`

/** How many brands, with their spellings in the file, are in memory. The scratch database has all of them. */
const MAX_IN_MEMORY = 20_000

/** The spelling of the brands of an import, so that each brand has one. */
export interface BrandSpellings {
  /** Settles the spelling of the brands of these rows. `brandText` is the brand as the row writes it, to be counted. */
  settle(rows: readonly { brand: string; brandText: string }[]): Promise<void>
  /** The spelling of a brand, as `settle` last decided it. */
  of(brand: string): string
}

/** The spelling of a brand is that of the catalogue, or else the first in this import. */
export function createBrandSpellings(db: Queries, staging: Queries): BrandSpellings {
  let spellings = new Map<string, string>()
  let texts = new Set<string>()

  async function settleTexts(seen: ReadonlySet<string>): Promise<void> {
    if (texts.size > MAX_IN_MEMORY) texts = new Set()
    const unseen = [...seen].filter((text) => !texts.has(text)).map((text) => ({ text: copyOf(text) }))
    await staging.insert('brand_texts', TEXT_COLUMNS, unseen, 'ON CONFLICT DO NOTHING')
    for (const { text } of unseen) texts.add(text)
  }

  async function settleBrands(brands: ReadonlyMap<string, string>): Promise<void> {
    if (spellings.size > MAX_IN_MEMORY) spellings = new Map()
    const unknown = new Map([...brands].filter(([key]) => !spellings.has(key)))
    await find(staging, FIND_BRANDS, unknown)
    const unseen = new Map([...unknown].filter(([key]) => !spellings.has(key)))
    await find(db, FIND_LIVE_BRANDS, unseen)
    for (const [key, brand] of unseen) if (!spellings.has(key)) spellings.set(copyOf(key), copyOf(brand))
    const rows = [...unseen.keys()].map((key) => ({ brand_key: key, brand: spellings.get(key) as string }))
    await staging.insert('brands', BRAND_COLUMNS, rows)
  }

  async function find(from: Queries, statement: string, brands: ReadonlyMap<string, string>): Promise<void> {
    if (brands.size === 0) return
    const rows = await from.all<BrandRow>(statement, [JSON.stringify([...brands.keys()])])
    for (const { brand_key, brand } of rows) spellings.set(brand_key, brand)
  }

  return {
    async settle(rows) {
      await settleTexts(new Set(rows.map(({ brandText }) => brandText)))
      await settleBrands(new Map(rows.toReversed().map(({ brand }) => [brandKey(brand), brand])))
    },
    of: (brand) => spellings.get(brandKey(brand)) ?? brand,
  }
}

/** A substring keeps the block of the file that it was cut from in memory. A copy does not. */
function copyOf(text: string): string {
  return Buffer.from(text).toString()
}

/** The number of brands as the file writes them, and after normalisation. */
export async function countBrands(staging: Queries): Promise<{ before: number; after: number }> {
  const { before = 0, after = 0 } = (await staging.get<{ before: number; after: number }>(COUNT_BRANDS)) ?? {}
  return { before, after }
}
