import type { DeviceType } from '../contract/model.ts'
import type { Queries } from '../db/port.ts'

/** A model as the catalogue keeps it, with where its type and SIM types are from; null where nobody says. */
export interface ModelRow {
  id: string
  brand: string
  name: string
  type: DeviceType
  type_source: string | null
  /** JSON text. */
  sim_types: string
  sim_types_source: string | null
}

/** What a source says of a TAC beside the one that the catalogue answers with; null where it does not say. */
export interface TacClaim {
  source: string
  brand: string
  name: string
  type: DeviceType | null
  /** JSON text. */
  sim_types: string | null
}

const MODEL_COLUMNS = 'm.id, m.brand, m.name, m.type, m.type_source, m.sim_types, m.sim_types_source'
const LOOK_UP = `SELECT ${MODEL_COLUMNS}, t.source FROM tacs t JOIN device_models m ON m.id = t.model_id WHERE t.tac = $1`
const FIND_MODEL = `SELECT ${MODEL_COLUMNS} FROM device_models m
  WHERE m.id = COALESCE((SELECT x.model_id FROM merged_models x WHERE x.id = $1), $1)`
const FIND_NAMED = `SELECT ${MODEL_COLUMNS} FROM device_models m WHERE m.id = COALESCE(
    (SELECT a.model_id FROM model_aliases a WHERE a.brand_key = $1 AND a.name_key = $2),
    (SELECT x.id FROM device_models x WHERE x.brand_key = $1 AND x.name_key = $2))`
const LIST_TAC_CLAIMS = 'SELECT source, brand, name, type, sim_types FROM tac_claims WHERE tac = $1 ORDER BY source'
const FIND_MARK = 'SELECT value FROM catalogue_marks WHERE name = $1'
const PUT_MARK = `INSERT INTO catalogue_marks (name, value) VALUES ($1, $2)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value`
/** Every TAC under each source that says something of it, with what the catalogue answers. */
const COUNT_BY_SOURCE = `SELECT k.source, COUNT(*) AS tacs,
    COUNT(CASE WHEN t.source = k.source THEN 1 END) AS answers,
    COUNT(CASE WHEN COALESCE(m.is_code, 0) = 0 THEN 1 END) AS named,
    COUNT(m.type_source) AS typed,
    COUNT(m.sim_types_source) AS with_sim_types
  FROM (SELECT tac, source FROM tacs UNION ALL SELECT tac, source FROM tac_claims) k
  JOIN tacs t ON t.tac = k.tac
  JOIN device_models m ON m.id = t.model_id
  GROUP BY k.source ORDER BY k.source`
const COUNT_MODELS = `SELECT COUNT(*) AS models, COUNT(DISTINCT brand_key) AS brands,
    COUNT(CASE WHEN sim_types <> '[]' THEN 1 END) AS models_with_sim_types,
    (SELECT COUNT(*) FROM tacs) AS tacs
  FROM device_models`

/** What the store remembers under a name of what its catalogue was loaded from. */
export async function findMark(db: Pick<Queries, 'get'>, name: string): Promise<string | undefined> {
  return (await db.get<{ value: string }>(FIND_MARK, [name]))?.value
}

export async function putMark(db: Queries, name: string, value: string): Promise<void> {
  await db.run(PUT_MARK, [name, value])
}

/** Whether the catalogue holds nothing yet. */
export async function isEmpty(db: Queries): Promise<boolean> {
  return (await db.get('SELECT id FROM device_models LIMIT 1')) === undefined
}

/** The model of a TAC, and the source that says so. */
export function lookUpTac(db: Queries, tac: string) {
  return db.get<ModelRow & { source: string }>(LOOK_UP, [tac])
}

/** What other sources say of a TAC. */
export function listTacClaims(db: Queries, tac: string) {
  return db.all<TacClaim>(LIST_TAC_CLAIMS, [tac])
}

/** The model of an id, or the one that it has become one with. */
export function findModel(db: Queries, id: string) {
  return db.get<ModelRow>(FIND_MODEL, [id])
}

/** The model that goes by a brand and name, also one that an operator has renamed since. */
export function findNamedModel(db: Queries, brandKey: string, nameKey: string) {
  return db.get<ModelRow>(FIND_NAMED, [brandKey, nameKey])
}

/** How much the catalogue holds; `sources` says of the TACs of each source how much the catalogue answers. */
export async function countCatalogue(db: Queries) {
  const rows = await db.all<Record<string, unknown>>(COUNT_BY_SOURCE)
  const totals = (await db.get<Record<string, unknown>>(COUNT_MODELS)) ?? {}
  return {
    tacs: Number(totals.tacs),
    sources: rows.map((row) => ({
      source: String(row.source),
      tacs: Number(row.tacs),
      /** Those for which this source is the best. */
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
