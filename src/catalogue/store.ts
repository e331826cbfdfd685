import type { Queries } from '../db/port.ts'
import type { DeviceModel } from '../resources/device-models/schema.ts'

/** A model's columns that an import may change. */
export interface ModelRow {
  id: string
  type: DeviceModel['type']
  /** JSON text. */
  sim_types: string
}

/** What the catalogue says of a TAC. */
export interface TacRow {
  model_id: string
  source: string
}

const FIND_TAC = 'SELECT model_id, source FROM tacs WHERE tac = $1'
const PUT_TAC = `INSERT INTO tacs (tac, model_id, source) VALUES ($1, $2, $3)
  ON CONFLICT (tac) DO UPDATE SET model_id = excluded.model_id, source = excluded.source`
const FIND_MODEL = 'SELECT id, type, sim_types FROM device_models WHERE brand_key = $1 AND name_key = $2'
const FIND_MODEL_SOURCES = 'SELECT DISTINCT source FROM tacs WHERE model_id = $1'
const FIND_BRAND = 'SELECT brand FROM device_models WHERE brand_key = $1 ORDER BY id LIMIT 1'
const INSERT_MODEL = `INSERT INTO device_models (id, brand, brand_key, name, name_key, type, sim_types)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`
const UPDATE_MODEL = 'UPDATE device_models SET type = $2, sim_types = $3 WHERE id = $1'
const LOOK_UP = `SELECT m.id, m.brand, m.name, m.type, m.sim_types, t.source
  FROM tacs t JOIN device_models m ON m.id = t.model_id WHERE t.tac = $1`
const COUNT_BY_SOURCE = 'SELECT source, COUNT(*) AS tacs FROM tacs GROUP BY source ORDER BY source'
const COUNT_MODELS = `SELECT COUNT(*) AS models, COUNT(DISTINCT brand_key) AS brands,
    COUNT(CASE WHEN sim_types <> '[]' THEN 1 END) AS models_with_sim_types
  FROM device_models`
const FIND_MARK = 'SELECT value FROM catalogue_marks WHERE name = $1'
const PUT_MARK = `INSERT INTO catalogue_marks (name, value) VALUES ($1, $2)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value`

/** What the store remembers under a name of what its catalogue was loaded from. */
export async function findMark(db: Queries, name: string): Promise<string | undefined> {
  return (await db.get<{ value: string }>(FIND_MARK, [name]))?.value
}

export async function putMark(db: Queries, name: string, value: string): Promise<void> {
  await db.run(PUT_MARK, [name, value])
}

export function findTac(tx: Queries, tac: string) {
  return tx.get<TacRow>(FIND_TAC, [tac])
}

export async function putTac(tx: Queries, tac: string, modelId: string, source: string): Promise<void> {
  await tx.run(PUT_TAC, [tac, modelId, source])
}

export function findModel(tx: Queries, brandKey: string, nameKey: string) {
  return tx.get<ModelRow>(FIND_MODEL, [brandKey, nameKey])
}

/** The sources of a model's TACs. */
export async function findModelSources(tx: Queries, modelId: string): Promise<string[]> {
  return (await tx.all<{ source: string }>(FIND_MODEL_SOURCES, [modelId])).map(({ source }) => source)
}

/** A brand as the catalogue writes it. */
export async function findBrand(tx: Queries, brandKey: string): Promise<string | undefined> {
  return (await tx.get<{ brand: string }>(FIND_BRAND, [brandKey]))?.brand
}

export async function insertModel(
  tx: Queries,
  { id, type, sim_types }: ModelRow,
  brand: { text: string; key: string },
  name: { text: string; key: string },
): Promise<void> {
  await tx.run(INSERT_MODEL, [id, brand.text, brand.key, name.text, name.key, type, sim_types])
}

export async function updateModel(tx: Queries, { id, type, sim_types }: ModelRow): Promise<void> {
  await tx.run(UPDATE_MODEL, [id, type, sim_types])
}

export function lookUpTac(db: Queries, tac: string) {
  return db.get<ModelRow & { brand: string; name: string; source: string }>(LOOK_UP, [tac])
}

/** How much the catalogue holds; counts come as numbers or, from PostgreSQL, as digits. */
export async function countCatalogue(db: Queries) {
  const sources = await db.all<{ source: string; tacs: number }>(COUNT_BY_SOURCE)
  const totals = await db.get<{ models: number; brands: number; models_with_sim_types: number }>(COUNT_MODELS)
  return { sources: sources.map(({ source, tacs }) => ({ source, tacs: Number(tacs) })), ...toNumbers(totals) }
}

function toNumbers(row: { models: number; brands: number; models_with_sim_types: number } | undefined) {
  return {
    models: Number(row?.models ?? 0),
    brands: Number(row?.brands ?? 0),
    modelsWithSimTypes: Number(row?.models_with_sim_types ?? 0),
  }
}
