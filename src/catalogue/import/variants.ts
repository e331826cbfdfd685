import type { Queries } from '../../db/port.ts'
import { walkPages } from '../../db/walk.ts'
import { nameKey } from '../../domain/keys.ts'
import { modelKey } from '../model.ts'

/** How the name of a variant ends whose maker gave it no code. */
const SUFFIXES: Readonly<Record<string, string>> = {
  '["eSIM"]': 'eSIM only',
  '["pSIM"]': 'physical SIM only',
  '["eSIM","pSIM"]': 'eSIM and physical SIM',
}
const UNKNOWN_VARIANT = 'variant unknown'

/** The TACs of a model that have the same code and SIM types. */
interface Group {
  code: string | null
  sim_types: string | null
  tacs: number
}

const BY_MODEL = 'CREATE INDEX staged_tacs_by_model ON staged_tacs (model_key, sim_types, type, code)'
const SPLIT = 'CREATE TABLE split_models (model_key TEXT PRIMARY KEY)'
const FIND_SPLIT = `INSERT INTO split_models SELECT model_key FROM staged_tacs WHERE sim_types IS NOT NULL
  GROUP BY model_key HAVING COUNT(DISTINCT sim_types) > 1 ORDER BY model_key`
const NEXT_SPLIT = 'SELECT model_key FROM split_models WHERE model_key > $1 ORDER BY model_key LIMIT 1000'
const FIND_GROUPS = `SELECT code, sim_types, COUNT(*) AS tacs FROM staged_tacs
  WHERE model_key = $1 GROUP BY code, sim_types ORDER BY code, sim_types`
const FIND_STAGED = 'SELECT line, brand, brand_key, name, name_key FROM staged_models WHERE model_key = $1'
const FIND_LIVE = 'SELECT sim_types, sim_types_source FROM device_models WHERE brand_key = $1 AND name_key = $2'
const MOVE = `UPDATE staged_tacs SET model_key = $2 WHERE model_key = $1
  AND COALESCE(code, '') = $3 AND COALESCE(sim_types, '') = $4`
/** The commonest type of a model's TACs; one that says something before one that says `other`. */
const SETTLE_TYPES = `UPDATE staged_models AS s SET said_type = x.type
  FROM (SELECT model_key, type, ROW_NUMBER() OVER (PARTITION BY model_key
      ORDER BY CASE WHEN type = 'other' THEN 1 ELSE 0 END, COUNT(*) DESC, type) AS place
    FROM staged_tacs WHERE type IS NOT NULL GROUP BY model_key, type) x
  WHERE s.model_key = x.model_key AND x.place = 1`
const SETTLE_SIM_TYPES = `UPDATE staged_models AS s SET said_sim_types = x.sim_types
  FROM (SELECT model_key, MIN(sim_types) AS sim_types FROM staged_tacs GROUP BY model_key) x
  WHERE s.model_key = x.model_key`

/**
 * Makes models of what a source says TAC by TAC. A name whose TACs differ in SIM types is several variants, each a model
 * of its own: the name alone stays with the one that the catalogue has, else the commonest; the others add their maker's
 * code. TACs whose variant nothing tells get one of which the SIM types are not known.
 */
export async function settleVariants(db: Queries, staging: Queries): Promise<void> {
  await staging.run(BY_MODEL)
  await staging.run(SPLIT)
  await staging.run(FIND_SPLIT)
  for await (const page of walkPages<{ model_key: string }>(staging, NEXT_SPLIT, ['model_key'])) {
    for (const { model_key } of page) await splitModel(db, staging, model_key)
  }
  await staging.run(SETTLE_TYPES)
  await staging.run(SETTLE_SIM_TYPES)
}

async function splitModel(db: Queries, staging: Queries, key: string): Promise<void> {
  const staged = await staging.get<{
    line: number
    brand: string
    brand_key: string
    name: string
    name_key: string
  }>(FIND_STAGED, [key])
  if (staged === undefined) return
  const live = await db.get<{ sim_types: string; sim_types_source: string | null }>(FIND_LIVE, [
    staged.brand_key,
    staged.name_key,
  ])
  const groups = await staging.all<Group>(FIND_GROUPS, [key])
  const plain = plainSimTypes(groups, live === undefined || live.sim_types_source === 'rule' ? null : live.sim_types)
  const toldByCode = simTypesOfCodes(groups)
  const made = new Set<string>()
  for (const { code, sim_types } of groups) {
    const told = code === null ? undefined : toldByCode.get(code)
    const simTypes = sim_types ?? told ?? null
    if (simTypes === plain) continue
    const suffix = simTypes === null ? UNKNOWN_VARIANT : told === undefined ? SUFFIXES[simTypes] : code
    const name = `${staged.name} (${suffix})`
    const variantKey = modelKey(staged.brand_key, nameKey(name))
    if (!made.has(variantKey)) await stageVariant(staging, { ...staged, name, key: variantKey })
    made.add(variantKey)
    await staging.run(MOVE, [key, variantKey, code ?? '', sim_types ?? ''])
  }
}

/** The SIM types that the name alone stands for. */
function plainSimTypes(groups: readonly Group[], live: string | null): string {
  const counts = new Map<string, number>()
  for (const { sim_types, tacs } of groups) {
    if (sim_types !== null) counts.set(sim_types, (counts.get(sim_types) ?? 0) + Number(tacs))
  }
  if (live !== null && counts.has(live)) return live
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0]
}

/** The SIM types that a code tells: those of all its TACs that have any. */
function simTypesOfCodes(groups: readonly Group[]): Map<string, string> {
  const told = new Map<string, string>()
  const torn = new Set<string>()
  for (const { code, sim_types } of groups) {
    if (code === null || sim_types === null) continue
    if (told.has(code)) torn.add(code)
    told.set(code, sim_types)
  }
  for (const code of torn) told.delete(code)
  return told
}

async function stageVariant(
  staging: Queries,
  variant: { line: number; brand: string; brand_key: string; name: string; key: string },
): Promise<void> {
  const { line, brand, brand_key, name, key } = variant
  const columns = ['model_key', 'line', 'brand', 'brand_key', 'name', 'name_key', 'is_code']
  const row = [key, line, brand, brand_key, name, nameKey(name), 0]
  await staging.insert('staged_models', columns, [row], 'ON CONFLICT (model_key) DO NOTHING')
}
