import { insertRows } from '../db/insert-rows.ts'
import type { Database, Queries } from '../db/port.ts'
import { modelKey, nameKey } from './identity.ts'

/** How many models are told apart in one transaction: a running server's writes hardly wait. */
const BATCH_MODELS = 200

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

const FIND_SPLIT = `SELECT model_key FROM staged_tacs WHERE import_id = $1 AND sim_types IS NOT NULL
  GROUP BY model_key HAVING COUNT(DISTINCT sim_types) > 1 ORDER BY model_key`
const FIND_GROUPS = `SELECT code, sim_types, COUNT(*) AS tacs FROM staged_tacs
  WHERE import_id = $1 AND model_key = $2 GROUP BY code, sim_types ORDER BY code, sim_types`
const FIND_STAGED = `SELECT s.line, s.brand, s.brand_key, s.name, s.new_id, m.sim_types, m.sim_types_source
  FROM staged_models s LEFT JOIN device_models m ON m.brand_key = s.brand_key AND m.name_key = s.name_key
  WHERE s.import_id = $1 AND s.model_key = $2`
const MOVE = `UPDATE staged_tacs SET model_key = $3 WHERE import_id = $1 AND model_key = $2
  AND COALESCE(code, '') = $4 AND COALESCE(sim_types, '') = $5`
/** The commonest type of a model's TACs; one that says something before one that says `other`. */
const SETTLE_TYPES = `UPDATE staged_models AS s SET said_type = x.type
  FROM (SELECT model_key, type, ROW_NUMBER() OVER (PARTITION BY model_key
      ORDER BY CASE WHEN type = 'other' THEN 1 ELSE 0 END, COUNT(*) DESC, type) AS place
    FROM staged_tacs WHERE import_id = $1 AND type IS NOT NULL GROUP BY model_key, type) x
  WHERE s.import_id = $1 AND s.model_key = x.model_key AND x.place = 1`
const SETTLE_SIM_TYPES = `UPDATE staged_models AS s SET said_sim_types = x.sim_types
  FROM (SELECT model_key, MIN(sim_types) AS sim_types FROM staged_tacs WHERE import_id = $1 GROUP BY model_key) x
  WHERE s.import_id = $1 AND s.model_key = x.model_key`

/**
 * Makes models of what a source says TAC by TAC. A name whose TACs differ in SIM types is several variants, each a model
 * of its own: the name alone stays with the one that the catalogue has, else the commonest; the others add their maker's
 * code. TACs whose variant nothing tells get one of which the SIM types are not known.
 */
export async function settleVariants(db: Database, importId: string, newId: () => string): Promise<void> {
  const split = await db.all<{ model_key: string }>(FIND_SPLIT, [importId])
  for (let done = 0; done < split.length; done += BATCH_MODELS) {
    await db.transaction(async (tx) => {
      for (const { model_key } of split.slice(done, done + BATCH_MODELS))
        await splitModel(tx, importId, model_key, newId)
    })
  }
  await db.run(SETTLE_TYPES, [importId])
  await db.run(SETTLE_SIM_TYPES, [importId])
}

async function splitModel(tx: Queries, importId: string, key: string, newId: () => string): Promise<void> {
  const staged = await tx.get<{
    line: number
    brand: string
    brand_key: string
    name: string
    sim_types: string | null
    sim_types_source: string | null
  }>(FIND_STAGED, [importId, key])
  if (staged === undefined) return
  const groups = await tx.all<Group>(FIND_GROUPS, [importId, key])
  const plain = plainSimTypes(groups, staged.sim_types_source === 'rule' ? null : staged.sim_types)
  const toldByCode = simTypesOfCodes(groups)
  const made = new Set<string>()
  for (const { code, sim_types } of groups) {
    const told = code === null ? undefined : toldByCode.get(code)
    const simTypes = sim_types ?? told ?? null
    if (simTypes === plain) continue
    const suffix = simTypes === null ? UNKNOWN_VARIANT : told === undefined ? SUFFIXES[simTypes] : code
    const name = `${staged.name} (${suffix})`
    const variantKey = modelKey(staged.brand_key, nameKey(name))
    if (!made.has(variantKey)) await stageVariant(tx, importId, { ...staged, name, key: variantKey, newId: newId() })
    made.add(variantKey)
    await tx.run(MOVE, [importId, key, variantKey, code ?? '', sim_types ?? ''])
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
  tx: Queries,
  importId: string,
  variant: { line: number; brand: string; brand_key: string; name: string; key: string; newId: string },
): Promise<void> {
  const { line, brand, brand_key, name, key, newId } = variant
  const columns = ['import_id', 'model_key', 'line', 'brand', 'brand_key', 'name', 'name_key', 'is_code', 'new_id']
  const row = [importId, key, line, brand, brand_key, name, nameKey(name), 0, newId]
  await insertRows(tx, 'staged_models', columns, [row], 'ON CONFLICT (import_id, model_key) DO NOTHING')
}
