import type { DeviceType } from '../contract/device-kinds.ts'
import type { Queries } from '../db/port.ts'

/** A model of the catalogue, with the sources of its type and SIM types; null if no source states them. */
export interface ModelRow {
  id: string
  brand: string
  name: string
  /** The name and the variant, in the form in which they are compared: see `variantKey`. */
  name_key: string
  type: DeviceType
  type_source: string | null
  /** JSON text. */
  sim_types: string
  sim_types_source: string | null
}

/** What one of several sources claims about a TAC; null for what it does not state. */
export interface TacClaim {
  source: string
  brand: string
  name: string
  type: DeviceType | null
  /** JSON text. */
  sim_types: string | null
}

const MODEL_COLUMNS = 'm.id, m.brand, m.name, m.name_key, m.type, m.type_source, m.sim_types, m.sim_types_source'
const LOOK_UP = `SELECT ${MODEL_COLUMNS}, t.source, t.sim_types_source AS stated_by
  FROM tacs t JOIN device_models m ON m.id = t.model_id WHERE t.tac = $1`
const FIND_MODEL = `SELECT ${MODEL_COLUMNS} FROM device_models m
  WHERE m.id = COALESCE((SELECT x.model_id FROM merged_models x WHERE x.id = $1), $1)`
const FIND_STATED = `SELECT sim_types_source AS stated_by FROM tacs
  WHERE model_id = $1 AND sim_types_source IS NOT NULL ORDER BY tac LIMIT 1`
const FIND_NAMED = `SELECT ${MODEL_COLUMNS} FROM device_models m WHERE m.id = COALESCE(
    (SELECT a.model_id FROM model_aliases a WHERE a.brand_key = $1 AND a.name_key = $2),
    (SELECT x.id FROM device_models x WHERE x.brand_key = $1 AND x.name_key = $2))`
const LIST_TAC_CLAIMS = 'SELECT source, brand, name, type, sim_types FROM tac_claims WHERE tac = $1 ORDER BY source'
const FIND_MARK = 'SELECT value FROM catalogue_marks WHERE name = $1'
const PUT_MARK = `INSERT INTO catalogue_marks (name, value) VALUES ($1, $2)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value`
/** Every TAC for each source that states something about it, with what the catalogue has. */
const COUNT_BY_SOURCE = `SELECT k.source, COUNT(*) AS tacs,
    COUNT(CASE WHEN t.source = k.source THEN 1 END) AS answers,
    COUNT(CASE WHEN COALESCE(m.is_code, 0) = 0 THEN 1 END) AS named,
    COUNT(m.type_source) AS typed,
    COUNT(CASE WHEN m.sim_types <> '[]' THEN 1 END) AS with_sim_types
  FROM (SELECT tac, source FROM tacs UNION SELECT tac, source FROM tac_claims) k
  JOIN tacs t ON t.tac = k.tac
  JOIN device_models m ON m.id = t.model_id
  GROUP BY k.source ORDER BY k.source`
const COUNT_MODELS = `SELECT COUNT(*) AS models, COUNT(DISTINCT brand_key) AS brands,
    COUNT(CASE WHEN sim_types <> '[]' THEN 1 END) AS models_with_sim_types,
    (SELECT COUNT(*) FROM tacs) AS tacs
  FROM device_models`

/** The value of a mark: what was imported into the store, and in which version. */
export async function findMark(db: Pick<Queries, 'get'>, name: string): Promise<string | undefined> {
  return (await db.get<{ value: string }>(FIND_MARK, [name]))?.value
}

export async function putMark(db: Queries, name: string, value: string): Promise<void> {
  await db.run(PUT_MARK, [name, value])
}

/** Whether the catalogue is empty. */
export async function isEmpty(db: Queries): Promise<boolean> {
  return (await db.get('SELECT id FROM device_models LIMIT 1')) === undefined
}

/** What the catalogue knows about a TAC. */
export interface TacRow extends ModelRow {
  /** The source that names its model. */
  source: string
  /** The source that states the SIM types of this TAC, or null if none does. */
  stated_by: string | null
}

/** The model of a TAC, and the sources that state it. */
export function lookUpTac(db: Pick<Queries, 'get'>, tac: string) {
  return db.get<TacRow>(LOOK_UP, [tac])
}

/** What sources claim about a TAC, if there are several. */
export function listTacClaims(db: Pick<Queries, 'all'>, tac: string) {
  return db.all<TacClaim>(LIST_TAC_CLAIMS, [tac])
}

/** The model with this id, or the one that it was merged into. */
export function findModel(db: Pick<Queries, 'get'>, id: string) {
  return db.get<ModelRow>(FIND_MODEL, [id])
}

/** The model with this id, with a source that states the SIM types of its TACs. */
export async function findStatedModel(db: Pick<Queries, 'get'>, id: string) {
  const model = await findModel(db, id)
  if (model === undefined) return undefined
  const stated = await db.get<{ stated_by: string }>(FIND_STATED, [model.id])
  return { ...model, stated_by: stated?.stated_by ?? null }
}

/** The model with this brand and name (see `variantKey`), including one that an operator renamed since. */
export function findNamedModel(db: Queries, brandKey: string, nameKey: string) {
  return db.get<ModelRow>(FIND_NAMED, [brandKey, nameKey])
}

/** The size of the catalogue; `sources` counts, for the TACs of each source, what the catalogue knows. */
export async function countCatalogue(db: Queries) {
  const rows = await db.all<Record<string, unknown>>(COUNT_BY_SOURCE)
  const totals = (await db.get<Record<string, unknown>>(COUNT_MODELS)) ?? {}
  return {
    tacs: Number(totals.tacs),
    sources: rows.map((row) => ({
      source: String(row.source),
      tacs: Number(row.tacs),
      /** TACs whose model this source names. */
      answers: Number(row.answers),
      named: Number(row.named),
      typed: Number(row.typed),
      withSimTypes: Number(row.with_sim_types),
    })),
    models: Number(totals.models),
    brands: Number(totals.brands),
    modelsWithSimTypes: Number(totals.models_with_sim_types),
  }
}
