import { columns } from '../../db/insert.ts'
import type { Database, Queries, Scratch } from '../../db/port.ts'

/** A model that an import names, as staged. */
export interface StagedModel {
  key: string
  /** The key of the name alone, which its variants share. */
  baseKey: string
  line: number
  brand: string
  brandKey: string
  name: string
  nameKey: string
  isCode: boolean
  /** The type that the source states for the name, once settled. */
  statedType?: string | null
  ruleType: string | null
  /** About when the phone was new, or null if its name does not say. */
  year: number | null
  /** JSON text. */
  simTypes: string
  /** `rule`, or null if the SIM types are unknown or stated for each TAC. */
  simTypesSource: string | null
}

/** A TAC of an import, as staged, with what the source states about it. */
export interface StagedTac {
  tac: string
  line: number
  modelKey: string
  type: string | null
  simTypes: string | null
  simTypesSource: string | null
}

/** A row of `staged_models`. */
interface ModelRow {
  model_key: string
  base_key: string
  line: number
  brand: string
  brand_key: string
  name: string
  name_key: string
  is_code: number
  stated_type: string | null
  rule_type: string | null
  year: number | null
  sim_types: string
  sim_types_source: string | null
}

/** A row of `staged_tacs`. */
interface TacRow {
  tac: string
  line: number
  stated_key: string
  model_key: string
  type: string | null
  sim_types: string | null
  sim_types_source: string | null
}

interface BrandRow {
  brand_key: string
  brand: string
}

const MODEL_COLUMNS = columns<ModelRow>()({
  model_key: true,
  base_key: true,
  line: true,
  brand: true,
  brand_key: true,
  name: true,
  name_key: true,
  is_code: true,
  stated_type: true,
  rule_type: true,
  year: true,
  sim_types: true,
  sim_types_source: true,
})
const TAC_COLUMNS = columns<TacRow>()({
  tac: true,
  line: true,
  stated_key: true,
  model_key: true,
  type: true,
  sim_types: true,
  sim_types_source: true,
})
const BRAND_COLUMNS = columns<BrandRow>()({ brand_key: true, brand: true })
const TEXT_COLUMNS = columns<{ text: string }>()({ text: true })

const TABLES = [
  `CREATE TABLE staged_models (
    model_key TEXT PRIMARY KEY,
    base_key TEXT NOT NULL,
    line INTEGER NOT NULL,
    brand TEXT NOT NULL,
    brand_key TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    is_code INTEGER NOT NULL,
    stated_type TEXT,
    rule_type TEXT,
    year INTEGER,
    sim_types TEXT NOT NULL,
    sim_types_source TEXT
  )`,
  // `stated_key` is the model that the source names, `model_key` the one that the TAC is to have.
  `CREATE TABLE staged_tacs (
    tac TEXT PRIMARY KEY,
    line INTEGER NOT NULL,
    stated_key TEXT NOT NULL,
    model_key TEXT NOT NULL,
    type TEXT,
    sim_types TEXT,
    sim_types_source TEXT
  )`,
  // The spelling of each brand: that of the catalogue, else the first in the file.
  'CREATE TABLE brands (brand_key TEXT PRIMARY KEY, brand TEXT NOT NULL)',
  'CREATE TABLE brand_texts (text TEXT PRIMARY KEY)',
]

const FIND_STAGED_TACS = `SELECT t.tac, t.line, s.base_key AS "baseKey" FROM staged_tacs t
  JOIN staged_models s ON s.model_key = t.stated_key WHERE t.tac IN (JSON_ITEMS($1))`
const FIND_BRANDS = 'SELECT brand_key, brand FROM brands WHERE brand_key IN (JSON_ITEMS($1))'
const FIND_LIVE_BRANDS = `SELECT brand_key, MIN(brand) AS brand FROM device_models
  WHERE brand_key IN (JSON_ITEMS($1)) GROUP BY brand_key`
const COUNT_BRANDS = `SELECT (SELECT COUNT(*) FROM brand_texts) AS before,
  (SELECT COUNT(DISTINCT brand_key) FROM staged_models) AS after`

const BY_BASE = 'CREATE INDEX staged_models_by_base ON staged_models (base_key)'
const BY_MODEL = 'CREATE INDEX staged_tacs_by_model ON staged_tacs (stated_key, type)'
/** The commonest type that the source states for a name. `other` counts only if no other type is stated. */
const SETTLE_TYPES = `UPDATE staged_models AS s SET stated_type = x.type
  FROM (SELECT m.base_key, t.type, ROW_NUMBER() OVER (PARTITION BY m.base_key
      ORDER BY CASE WHEN t.type = 'other' THEN 1 ELSE 0 END, SUM(t.tacs) DESC, t.type) AS place
    FROM (SELECT stated_key, type, COUNT(*) AS tacs FROM staged_tacs WHERE type IS NOT NULL
      GROUP BY stated_key, type) t
    CROSS JOIN staged_models m ON m.model_key = t.stated_key GROUP BY m.base_key, t.type) x
  WHERE s.base_key = x.base_key AND x.place = 1`

/** Opens a scratch database to stage an import in. */
export async function openStaging(db: Database): Promise<Scratch> {
  const staging = db.scratch()
  for (const table of TABLES) await staging.run(table)
  return staging
}

/** Stages models and TACs. A model that is already staged is not changed. */
export async function stage(
  staging: Queries,
  { models, tacs }: { models: readonly StagedModel[]; tacs: readonly StagedTac[] },
): Promise<void> {
  await staging.insert('staged_models', MODEL_COLUMNS, models.map(toModelRow), 'ON CONFLICT (model_key) DO NOTHING')
  await staging.insert('staged_tacs', TAC_COLUMNS, tacs.map(toTacRow))
}

function toModelRow(model: StagedModel): ModelRow {
  const { key, baseKey, line, brand, brandKey, name, nameKey, isCode, statedType = null } = model
  return {
    ...{ model_key: key, base_key: baseKey, line, brand, brand_key: brandKey, name, name_key: nameKey },
    is_code: isCode ? 1 : 0,
    stated_type: statedType,
    rule_type: model.ruleType,
    year: model.year,
    sim_types: model.simTypes,
    sim_types_source: model.simTypesSource,
  }
}

function toTacRow({ tac, line, modelKey, type, simTypes, simTypesSource }: StagedTac): TacRow {
  const keys = { stated_key: modelKey, model_key: modelKey }
  return { tac, line, ...keys, type, sim_types: simTypes, sim_types_source: simTypesSource }
}

/** Gives each staged name its commonest type, once all rows are staged. */
export async function settleTypes(staging: Queries): Promise<void> {
  await staging.run(BY_BASE)
  await staging.run(BY_MODEL)
  await staging.run(SETTLE_TYPES)
}

/** Returns those of the given TACs that are already staged. */
export function findStagedTacs(staging: Queries, tacs: readonly string[]) {
  return staging.all<{ tac: string; line: number; baseKey: string }>(FIND_STAGED_TACS, [JSON.stringify(tacs)])
}

/**
 * The spelling of brands, by their keys: that of the catalogue, or else the first in this import. `texts` are the brands
 * as the file writes them, to be counted.
 */
export async function settleBrands(
  db: Queries,
  staging: Queries,
  brands: ReadonlyMap<string, string>,
  texts: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const textRows = [...texts].map((text) => ({ text }))
  await staging.insert('brand_texts', TEXT_COLUMNS, textRows, 'ON CONFLICT DO NOTHING')
  const settled = await findBrands(staging, FIND_BRANDS, [...brands.keys()])
  const unseen = new Map([...brands].filter(([key]) => !settled.has(key)))
  if (unseen.size === 0) return settled
  for (const [key, brand] of await findBrands(db, FIND_LIVE_BRANDS, [...unseen.keys()])) unseen.set(key, brand)
  const brandRows = [...unseen].map(([brand_key, brand]) => ({ brand_key, brand }))
  await staging.insert('brands', BRAND_COLUMNS, brandRows)
  return new Map([...settled, ...unseen])
}

async function findBrands(db: Queries, statement: string, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.all<BrandRow>(statement, [JSON.stringify(keys)])
  return new Map(rows.map(({ brand_key, brand }) => [brand_key, brand]))
}

/** The number of brands as the file writes them, and after normalisation. */
export async function countBrands(staging: Queries): Promise<{ before: number; after: number }> {
  const { before = 0, after = 0 } = (await staging.get<{ before: number; after: number }>(COUNT_BRANDS)) ?? {}
  return { before, after }
}
