import { columns } from '../../db/insert.ts'
import { type Database, LONG_ROWS, type Queries, type Scratch } from '../../db/port.ts'
import { BRAND_TABLES } from './brand-spellings.ts'

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
  model: number
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
  stated: number
  model: number
  type: string | null
  sim_types: string | null
  sim_types_source: string | null
}

const MODEL_COLUMNS = columns<ModelRow>()({
  model: true,
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
  stated: true,
  model: true,
  type: true,
  sim_types: true,
  sim_types_source: true,
})

const TABLES = [
  // `model` numbers the models in the order of the file. All tables of an import refer to a model by it.
  `CREATE TABLE staged_models (
    model INTEGER PRIMARY KEY,
    model_key TEXT NOT NULL UNIQUE,
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
  ) ${LONG_ROWS}`,
  // `stated` is the model that the source names, `model` the one that the TAC is to have.
  `CREATE TABLE staged_tacs (
    tac TEXT PRIMARY KEY,
    line INTEGER NOT NULL,
    stated INTEGER NOT NULL,
    model INTEGER NOT NULL,
    type TEXT,
    sim_types TEXT,
    sim_types_source TEXT
  )`,
  ...BRAND_TABLES,
]

const FIND_STAGED_TACS = `SELECT t.tac, t.line, s.base_key AS "baseKey" FROM staged_tacs t
  JOIN staged_models s ON s.model = t.stated WHERE t.tac IN (JSON_ITEMS($1))`
const FIND_MODELS = 'SELECT model_key, model FROM staged_models WHERE model_key IN (JSON_ITEMS($1))'
const FIND_LAST_MODEL = 'SELECT MAX(model) AS last FROM staged_models'
const BY_BASE = 'CREATE INDEX staged_models_by_base ON staged_models (base_key)'
const BY_MODEL = 'CREATE INDEX staged_tacs_by_model ON staged_tacs (stated, type)'
/** The most common type that the source states for a name. `other` counts only if no other type is stated. */
const SETTLE_TYPES = `UPDATE staged_models AS s SET stated_type = x.type
  FROM (SELECT m.base_key, t.type, ROW_NUMBER() OVER (PARTITION BY m.base_key
      ORDER BY CASE WHEN t.type = 'other' THEN 1 ELSE 0 END, SUM(t.tacs) DESC, t.type) AS place
    FROM (SELECT stated, type, COUNT(*) AS tacs FROM staged_tacs WHERE type IS NOT NULL
      GROUP BY stated, type) t
    CROSS JOIN staged_models m ON m.model = t.stated GROUP BY m.base_key, t.type) x
  WHERE s.base_key = x.base_key AND x.place = 1`

/** Opens a scratch database to stage an import in. */
export async function openStaging(db: Database): Promise<Scratch> {
  const staging = db.scratch()
  for (const table of TABLES) await staging.run(table)
  return staging
}

/** Stages models and TACs. A model that is already staged is not changed. Returns the numbers of the models by their keys. */
export async function stage(
  staging: Queries,
  { models, tacs }: { models: readonly StagedModel[]; tacs: readonly StagedTac[] },
): Promise<ReadonlyMap<string, number>> {
  const keys = JSON.stringify(models.map(({ key }) => key))
  const known = await staging.all<{ model_key: string; model: number }>(FIND_MODELS, [keys])
  const numbers = new Map(known.map(({ model_key, model }) => [model_key, model]))
  let last = (await staging.get<{ last: number | null }>(FIND_LAST_MODEL))?.last ?? 0
  const modelRows: ModelRow[] = []
  for (const model of models) {
    if (numbers.has(model.key)) continue
    last += 1
    numbers.set(model.key, last)
    modelRows.push(toModelRow(model, last))
  }
  await staging.insert('staged_models', MODEL_COLUMNS, modelRows)
  await staging.insert(
    'staged_tacs',
    TAC_COLUMNS,
    tacs.map((tac) => toTacRow(tac, numbers.get(tac.modelKey) as number)),
  )
  return numbers
}

function toModelRow(staged: StagedModel, model: number): ModelRow {
  const { key, baseKey, line, brand, brandKey, name, nameKey, isCode, statedType = null } = staged
  return {
    ...{ model, model_key: key, base_key: baseKey, line, brand, brand_key: brandKey, name, name_key: nameKey },
    is_code: isCode ? 1 : 0,
    stated_type: statedType,
    rule_type: staged.ruleType,
    year: staged.year,
    sim_types: staged.simTypes,
    sim_types_source: staged.simTypesSource,
  }
}

function toTacRow({ tac, line, type, simTypes, simTypesSource }: StagedTac, model: number): TacRow {
  return { tac, line, stated: model, model, type, sim_types: simTypes, sim_types_source: simTypesSource }
}

/** Gives each staged name its most common type, once all rows are staged. */
export async function settleTypes(staging: Queries): Promise<void> {
  await staging.run(BY_BASE)
  await staging.run(BY_MODEL)
  await staging.run(SETTLE_TYPES)
}

/** Returns those of the given TACs that are already staged. */
export function findStagedTacs(staging: Queries, tacs: readonly string[]) {
  return staging.all<{ tac: string; line: number; baseKey: string }>(FIND_STAGED_TACS, [JSON.stringify(tacs)])
}
