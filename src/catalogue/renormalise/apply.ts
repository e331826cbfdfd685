import type { Context } from '../../context.ts'
import { columns, insertInto, replaceOnConflict, updateWhere, write } from '../../db/insert.ts'
import type { Queries } from '../../db/port.ts'
import { FACTS_MARK, factsDigest } from '../facts/digest.ts'
import { claimVersion } from '../import/publish.ts'
import { variantKey, variantOf } from '../model.ts'
import { putMark } from '../store.ts'
import { COLUMNS, type ModelClaimRow } from '../tables.ts'
import { type Change, differs, type Plan } from './change.ts'
import { type Claim, normaliseClaims } from './claims.ts'

const BATCH_ROWS = 2_000

const FIND_MODEL_CLAIMS = `SELECT ${COLUMNS.model_claims.names.join(', ')} FROM model_claims
  WHERE model_id IN (JSON_ITEMS($1)) ORDER BY model_id`
const FIND_STATED = 'SELECT tac FROM tacs WHERE model_id = $1 AND sim_types_source IS NOT NULL LIMIT 1'
const FIND_VARIANT = 'SELECT id FROM device_models WHERE brand_key = $1 AND name_key = $2'
const MOVE_STATED = 'UPDATE tacs SET model_id = $2 WHERE model_id = $1 AND sim_types_source IS NOT NULL'
const VACATE = 'UPDATE device_models SET name_key = id WHERE id IN (JSON_ITEMS($1))'
/** Moves everything that refers to a merged model to the model that it became. */
const FOLLOW_MERGED = [
  `UPDATE merged_models SET model_id = (SELECT x.model_id FROM merged_models x WHERE x.id = merged_models.model_id)
    WHERE model_id IN (SELECT x.id FROM merged_models x)`,
  'DELETE FROM model_claims WHERE model_id IN (SELECT x.id FROM merged_models x)',
  ...['tacs', 'model_aliases'].map(
    (table) => `UPDATE ${table} SET model_id = (SELECT x.model_id FROM merged_models x WHERE x.id = ${table}.model_id)
    WHERE model_id IN (SELECT x.id FROM merged_models x)`,
  ),
  'DELETE FROM device_models WHERE id IN (SELECT x.id FROM merged_models x)',
]
const DELETE_ALIAS = 'DELETE FROM model_aliases WHERE brand_key = $1 AND name_key = $2'
const INSERT_MODEL = insertInto('device_models', COLUMNS.device_models)
const UPDATE_CLAIM = updateWhere(
  'tac_claims',
  columns<Pick<Claim, 'brand' | 'name'>>()({ brand: true, name: true }),
  columns<Pick<Claim, 'tac' | 'source'>>()({ tac: true, source: true }),
)
const MERGED = columns<{ id: string; model_id: string }>()({ id: true, model_id: true })

/** Applies a plan in one transaction. Returns false, and changes nothing, if the catalogue has another version. */
export async function apply(
  { db, newId }: Pick<Context, 'db' | 'newId'>,
  { changes, aliases }: Plan,
  version: string,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await claimVersion(tx, version))) return false
    const survivors = new Map(changes.flatMap(({ before, merged }) => merged.map(({ id }) => [id, before.id] as const)))
    await merge(tx, survivors)
    const updated = changes.filter(({ before, after }) => differs(before, after))
    await tx.run(VACATE, [JSON.stringify(renamedIds(updated))])
    await tx.insert(
      'device_models',
      COLUMNS.device_models,
      updated.map(({ after }) => after),
      replaceOnConflict(COLUMNS.device_models, ['id']),
    )
    for (const change of updated) await keepStated(tx, newId, change)
    await replaceAliases(tx, aliases, survivors)
    await normaliseClaims(tx, (claim) => write(tx, UPDATE_CLAIM, claim))
    await putMark(tx, FACTS_MARK, factsDigest())
    return true
  })
}

/**
 * Moves TACs whose SIM types a source states away from a model whose rule no longer states the same. A TAC keeps the
 * SIM types that are stated for it.
 */
async function keepStated(tx: Queries, newId: Context['newId'], { before, after }: Change): Promise<void> {
  const isRuled = variantOf(before.name_key) === '' && before.sim_types_source === 'rule'
  if (!isRuled || before.sim_types === after.sim_types) return
  if ((await tx.get(FIND_STATED, [after.id])) === undefined) return
  const key = variantKey(after.name, before.sim_types)
  const found = await tx.get<{ id: string }>(FIND_VARIANT, [after.brand_key, key])
  const id = found?.id ?? newId('dmd').id
  if (found === undefined) {
    const row = { ...after, id, name_key: key, sim_types: before.sim_types, sim_types_source: null }
    await write(tx, INSERT_MODEL, row)
  }
  await tx.run(MOVE_STATED, [after.id, id])
}

/** The ids of models whose name changes. They give up the old name first, because another model may take it. */
function renamedIds(changes: readonly Change[]): string[] {
  return changes
    .filter(({ before, after }) => before.brand_key !== after.brand_key || before.name_key !== after.name_key)
    .map(({ before }) => before.id)
}

/** Merges models. Where the same source states something about both, the survivor's statement stays. */
async function merge(tx: Queries, survivors: ReadonlyMap<string, string>): Promise<void> {
  const claims = new Map<string, ModelClaimRow>()
  const ids = [...survivors.keys()].sort()
  for (let first = 0; first < ids.length; first += BATCH_ROWS) {
    const page = JSON.stringify(ids.slice(first, first + BATCH_ROWS))
    for (const { model_id, source, type, sim_types } of await tx.all<ModelClaimRow>(FIND_MODEL_CLAIMS, [page])) {
      const survivor = survivors.get(model_id) as string
      const stated = claims.get(`${survivor} ${source}`)
      claims.set(`${survivor} ${source}`, {
        ...{ model_id: survivor, source },
        type: stated?.type ?? type,
        sim_types: stated?.sim_types ?? sim_types,
      })
    }
  }
  const merged = [...survivors].map(([id, model_id]) => ({ id, model_id }))
  await tx.insert('merged_models', MERGED, merged)
  await tx.insert(
    'model_claims',
    COLUMNS.model_claims,
    claims.values(),
    `ON CONFLICT (model_id, source) DO UPDATE SET type = COALESCE(model_claims.type, excluded.type),
      sim_types = COALESCE(model_claims.sim_types, excluded.sim_types)`,
  )
  for (const statement of FOLLOW_MERGED) await tx.run(statement)
}

async function replaceAliases(
  tx: Queries,
  aliases: Plan['aliases'],
  survivors: ReadonlyMap<string, string>,
): Promise<void> {
  for (const { before } of aliases) await tx.run(DELETE_ALIAS, [before.brand_key, before.name_key])
  const rows = aliases.map(({ after }) => ({ ...after, model_id: survivors.get(after.model_id) ?? after.model_id }))
  await tx.insert('model_aliases', COLUMNS.model_aliases, rows)
}
