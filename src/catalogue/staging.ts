import { insertRows } from '../db/insert-rows.ts'
import type { Parameter, Queries } from '../db/port.ts'
import { SetupError } from '../errors.ts'

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
  /** The model's id, should it be new. */
  newId: string
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

/** How long an import that nothing is heard of is left alone, in milliseconds. */
const ABANDONED_AFTER = 3_600_000

/** How many staged rows are removed at a time: a running server's writes hardly wait. */
const CLEAN_UP_ROWS = 10_000

const MODEL_COLUMNS = [
  'import_id',
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
  'new_id',
]
const TAC_COLUMNS = ['import_id', 'tac', 'line', 'model_key', 'code', 'type', 'sim_types']

const OPEN = 'INSERT INTO catalogue_imports (id, source, touched_at) VALUES ($1, $2, $3)'
const TOUCH = 'UPDATE catalogue_imports SET touched_at = $2 WHERE id = $1'
const FIND_ABANDONED = `SELECT id FROM catalogue_imports WHERE id <> $1 AND (touched_at < $2 OR source = $3)`
const CLEAN_TACS = `DELETE FROM staged_tacs WHERE import_id = $1 AND tac IN
  (SELECT tac FROM staged_tacs WHERE import_id = $1 ORDER BY tac LIMIT $2)`
const CLEAN_MODELS = `DELETE FROM staged_models WHERE import_id = $1 AND model_key IN
  (SELECT model_key FROM staged_models WHERE import_id = $1 ORDER BY model_key LIMIT $2)`
const CLOSE = 'DELETE FROM catalogue_imports WHERE id = $1'
const FIND_STAGED_TACS = `SELECT tac, line, model_key FROM staged_tacs
  WHERE import_id = $1 AND tac IN (JSON_ITEMS($2))`
const FIND_STAGED_MODELS = `SELECT model_key, line, said_type, said_sim_types, new_id FROM staged_models
  WHERE import_id = $1 AND model_key IN (JSON_ITEMS($2))`
const FIND_BRANDS = `SELECT brand_key, MIN(brand) AS brand FROM device_models
  WHERE brand_key IN (JSON_ITEMS($1)) GROUP BY brand_key`

/**
 * Opens a place to stage an import in. What earlier ones have left behind is removed: those of the same source, which
 * this one replaces, and others that nothing was heard of for an hour.
 */
export async function openStaging(
  db: Queries,
  { id, source, now }: { id: string; source: string; now: number },
): Promise<void> {
  await db.run(OPEN, [id, source, timeOf(now)])
  // Servers that start together all take the starter catalogue: none may take another's rows away.
  const replaced = source === 'starter' ? '' : source
  const abandoned = await db.all<{ id: string }>(FIND_ABANDONED, [id, timeOf(now - ABANDONED_AFTER), replaced])
  for (const { id: other } of abandoned) await closeStaging(db, other)
}

/** Removes what an import has staged. */
export async function closeStaging(db: Queries, id: string): Promise<void> {
  await db.run(CLOSE, [id])
  for (const statement of [CLEAN_TACS, CLEAN_MODELS]) {
    while ((await db.run(statement, [id, CLEAN_UP_ROWS])) > 0);
  }
}

/** Puts rows into an import. Throws `SetupError` when another import of its source has taken its place. */
export async function stage(
  tx: Queries,
  id: string,
  now: number,
  { models, tacs }: { models: readonly StagedModel[]; tacs: readonly StagedTac[] },
): Promise<void> {
  if ((await tx.run(TOUCH, [id, timeOf(now)])) === 0) {
    throw new SetupError('Another import from such a file was started meanwhile, and this one was given up')
  }
  await insertRows(
    tx,
    'staged_models',
    MODEL_COLUMNS,
    models.map((model) => modelRow(id, model)),
    'ON CONFLICT (import_id, model_key) DO UPDATE SET line = excluded.line, said_type = excluded.said_type, said_sim_types = excluded.said_sim_types',
  )
  await insertRows(
    tx,
    'staged_tacs',
    TAC_COLUMNS,
    tacs.map(({ tac, line, modelKey, code, type, simTypes }) => [id, tac, line, modelKey, code, type, simTypes]),
  )
}

function modelRow(id: string, model: StagedModel): Parameter[] {
  const { key, line, brand, brandKey, name, nameKey, isCode, saidType, saidSimTypes } = model
  const { ruleType, ruleSimTypes, newId } = model
  const said = [saidType, saidSimTypes, ruleType, ruleSimTypes]
  return [id, key, line, brand, brandKey, name, nameKey, isCode ? 1 : 0, ...said, newId]
}

/** Of these TACs those that are staged already. */
export function findStagedTacs(db: Queries, id: string, tacs: readonly string[]) {
  return db.all<{ tac: string; line: number; model_key: string }>(FIND_STAGED_TACS, [id, JSON.stringify(tacs)])
}

/** Of these models those that are staged already, and what was said of them. */
export function findStagedModels(db: Queries, id: string, keys: readonly string[]) {
  return db.all<{
    model_key: string
    line: number
    said_type: string | null
    said_sim_types: string | null
    new_id: string
  }>(FIND_STAGED_MODELS, [id, JSON.stringify(keys)])
}

/** Of these brands those that the catalogue has, as it writes them. */
export async function findBrands(db: Queries, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.all<{ brand_key: string; brand: string }>(FIND_BRANDS, [JSON.stringify(keys)])
  return new Map(rows.map(({ brand_key, brand }) => [brand_key, brand]))
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
