import type { Database, Parameter, Queries, Scratch } from '../../db/port.ts'

/** A model that an import names, as it is staged. */
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
  /** The type that the source states of the name, once it is settled. */
  statedType?: string | null
  ruleType: string | null
  /** JSON text. */
  simTypes: string
  /** `rule`, or null if the SIM types are unknown or stated of each TAC. */
  simTypesSource: string | null
}

/** A TAC of an import, as it is staged, with what the source states about it. */
export interface StagedTac {
  tac: string
  line: number
  modelKey: string
  type: string | null
  simTypes: string | null
  simTypesSource: string | null
}

const MODEL_COLUMNS = [
  'model_key',
  'base_key',
  'line',
  'brand',
  'brand_key',
  'name',
  'name_key',
  'is_code',
  'stated_type',
  'rule_type',
  'sim_types',
  'sim_types_source',
]
const TAC_COLUMNS = ['tac', 'line', 'stated_key', 'model_key', 'type', 'sim_types', 'sim_types_source']

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

const BY_MODEL = 'CREATE INDEX staged_tacs_by_model ON staged_tacs (stated_key, type)'
/** The commonest type that the source states of a name; any other type goes before `other`. */
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

/** Stages models and TACs; a model that is already staged stays. */
export async function stage(
  staging: Queries,
  { models, tacs }: { models: readonly StagedModel[]; tacs: readonly StagedTac[] },
): Promise<void> {
  await staging.insert('staged_models', MODEL_COLUMNS, models.map(modelRow), 'ON CONFLICT (model_key) DO NOTHING')
  await staging.insert(
    'staged_tacs',
    TAC_COLUMNS,
    tacs.map(({ tac, line, modelKey, type, simTypes, simTypesSource }) => [
      ...[tac, line, modelKey, modelKey],
      ...[type, simTypes, simTypesSource],
    ]),
  )
}

function modelRow(model: StagedModel): Parameter[] {
  const { key, baseKey, line, brand, brandKey, name, nameKey, isCode, statedType = null } = model
  const identity = [key, baseKey, line, brand, brandKey, name, nameKey, isCode ? 1 : 0]
  return [...identity, statedType, model.ruleType, model.simTypes, model.simTypesSource]
}

/** Gives each staged name its commonest type, when all rows are staged. */
export async function settleTypes(staging: Queries): Promise<void> {
  await staging.run(BY_MODEL)
  await staging.run(SETTLE_TYPES)
}

/** Those of these TACs that are already staged. */
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
  const rowsOf = (values: Iterable<string>) => [...values].map((text) => [text])
  await staging.insert('brand_texts', ['text'], rowsOf(texts), 'ON CONFLICT DO NOTHING')
  const settled = await findBrands(staging, FIND_BRANDS, [...brands.keys()])
  const unseen = new Map([...brands].filter(([key]) => !settled.has(key)))
  if (unseen.size === 0) return settled
  for (const [key, brand] of await findBrands(db, FIND_LIVE_BRANDS, [...unseen.keys()])) unseen.set(key, brand)
  await staging.insert('brands', ['brand_key', 'brand'], [...unseen])
  return new Map([...settled, ...unseen])
}

async function findBrands(db: Queries, statement: string, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.all<{ brand_key: string; brand: string }>(statement, [JSON.stringify(keys)])
  return new Map(rows.map(({ brand_key, brand }) => [brand_key, brand]))
}

/** The number of brands as the file writes them, and after normalisation. */
export async function countBrands(staging: Queries): Promise<{ before: number; after: number }> {
  const { before = 0, after = 0 } = (await staging.get<{ before: number; after: number }>(COUNT_BRANDS)) ?? {}
  return { before, after }
}
