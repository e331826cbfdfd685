import type { Database, Parameter, Queries, Scratch } from '../../db/port.ts'

/** A model that an import names, as it is staged. */
export interface StagedModel {
  key: string
  line: number
  brand: string
  brandKey: string
  name: string
  nameKey: string
  isCode: boolean
  /** As stored: the type, and SIM types as JSON text; null where the source does not say. */
  saidType: string | null
  saidSimTypes: string | null
  ruleType: string | null
  ruleSimTypes: string | null
}

/** A TAC of an import, as it is staged; the type and SIM types are its own where the source says them of each TAC. */
export interface StagedTac {
  tac: string
  line: number
  modelKey: string
  code: string | null
  type: string | null
  simTypes: string | null
}

const MODEL_COLUMNS = [
  'model_key',
  'line',
  'brand',
  'brand_key',
  'name',
  'name_key',
  'is_code',
  'said_type',
  'said_sim_types',
  'rule_type',
  'rule_sim_types',
]
const TAC_COLUMNS = ['tac', 'line', 'model_key', 'code', 'type', 'sim_types']

const TABLES = [
  `CREATE TABLE staged_models (
    model_key TEXT PRIMARY KEY,
    line INTEGER NOT NULL,
    brand TEXT NOT NULL,
    brand_key TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    is_code INTEGER NOT NULL,
    said_type TEXT,
    said_sim_types TEXT,
    rule_type TEXT,
    rule_sim_types TEXT
  )`,
  `CREATE TABLE staged_tacs (
    tac TEXT PRIMARY KEY,
    line INTEGER NOT NULL,
    model_key TEXT NOT NULL,
    code TEXT,
    type TEXT,
    sim_types TEXT
  )`,
  // How each brand is written: as the catalogue has it, else as the file does first.
  'CREATE TABLE brands (brand_key TEXT PRIMARY KEY, brand TEXT NOT NULL)',
  'CREATE TABLE brand_texts (text TEXT PRIMARY KEY)',
]

const FIND_STAGED_TACS = 'SELECT tac, line, model_key FROM staged_tacs WHERE tac IN (JSON_ITEMS($1))'
const FIND_STAGED_MODELS = `SELECT model_key, line, said_type, said_sim_types FROM staged_models
  WHERE model_key IN (JSON_ITEMS($1))`
const FIND_BRANDS = 'SELECT brand_key, brand FROM brands WHERE brand_key IN (JSON_ITEMS($1))'
const FIND_LIVE_BRANDS = `SELECT brand_key, MIN(brand) AS brand FROM device_models
  WHERE brand_key IN (JSON_ITEMS($1)) GROUP BY brand_key`
const COUNT_BRANDS = `SELECT (SELECT COUNT(*) FROM brand_texts) AS before,
  (SELECT COUNT(DISTINCT brand_key) FROM staged_models) AS after`

/** Opens a place to stage an import in. */
export async function openStaging(db: Database): Promise<Scratch> {
  const staging = db.scratch()
  for (const table of TABLES) await staging.run(table)
  return staging
}

/** Stages rows; of a model that is staged already, what is said of it now takes the place of what was. */
export async function stage(
  staging: Queries,
  { models, tacs }: { models: readonly StagedModel[]; tacs: readonly StagedTac[] },
): Promise<void> {
  await staging.insert(
    'staged_models',
    MODEL_COLUMNS,
    models.map(modelRow),
    'ON CONFLICT (model_key) DO UPDATE SET line = excluded.line, said_type = excluded.said_type, said_sim_types = excluded.said_sim_types',
  )
  await staging.insert(
    'staged_tacs',
    TAC_COLUMNS,
    tacs.map(({ tac, line, modelKey, code, type, simTypes }) => [tac, line, modelKey, code, type, simTypes]),
  )
}

function modelRow(model: StagedModel): Parameter[] {
  const { key, line, brand, brandKey, name, nameKey, isCode, saidType, saidSimTypes } = model
  const { ruleType, ruleSimTypes } = model
  const said = [saidType, saidSimTypes, ruleType, ruleSimTypes]
  return [key, line, brand, brandKey, name, nameKey, isCode ? 1 : 0, ...said]
}

/** Of these TACs those that are staged already. */
export function findStagedTacs(staging: Queries, tacs: readonly string[]) {
  return staging.all<{ tac: string; line: number; model_key: string }>(FIND_STAGED_TACS, [JSON.stringify(tacs)])
}

/** Of these models those that are staged already, and what was said of them. */
export function findStagedModels(staging: Queries, keys: readonly string[]) {
  return staging.all<{
    model_key: string
    line: number
    said_type: string | null
    said_sim_types: string | null
  }>(FIND_STAGED_MODELS, [JSON.stringify(keys)])
}

/**
 * How brands are written, by their keys: as the catalogue writes them or, where it has none of them, as this import did
 * first. `texts` are the brands as the file writes them, which are counted.
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

/** How many brands the file writes, and how many there are of them after they are normalised. */
export async function countBrands(staging: Queries): Promise<{ before: number; after: number }> {
  const { before = 0, after = 0 } = (await staging.get<{ before: number; after: number }>(COUNT_BRANDS)) ?? {}
  return { before, after }
}
