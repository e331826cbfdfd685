import type { Context } from '../context.ts'
import type { DeviceType, SimTypes } from '../contract/model.ts'
import type { Queries } from '../db/port.ts'
import { brandKey, nameKey } from '../domain/keys.ts'
import { SetupError } from '../errors.ts'
import { identify } from './facts/names.ts'
import { ruleSimTypes } from './facts/sim-rules.ts'
import { ruleType } from './facts/type-rules.ts'
import { claimVersion, findVersion } from './import/publish.ts'
import { toSimTypesText } from './model.ts'
import { bestNaming, byRank } from './precedence.ts'
import { findModel, findNamedModel, listTacClaims, lookUpTac, type ModelRow } from './store.ts'

/** What an operator states about a TAC or a model, above all sources. Omitted properties stay unchanged. */
export interface Override {
  brand?: string | undefined
  name?: string | undefined
  type?: DeviceType | undefined
  simTypes?: SimTypes | undefined
}

/** The type and SIM types of a model, as stored, and their sources. */
type Kinds = Pick<ModelRow, 'type' | 'type_source' | 'sim_types' | 'sim_types_source'>

const PUT_TAC = `INSERT INTO tacs (tac, model_id, source) VALUES ($1, $2, $3)
  ON CONFLICT (tac) DO UPDATE SET model_id = excluded.model_id, source = excluded.source`
const DELETE_TAC = 'DELETE FROM tacs WHERE tac = $1'
const PUT_TAC_CLAIM = `INSERT INTO tac_claims (tac, source, brand, name, type, sim_types) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (tac, source) DO UPDATE SET brand = excluded.brand, name = excluded.name, type = excluded.type,
    sim_types = excluded.sim_types`
const DELETE_TAC_CLAIM = 'DELETE FROM tac_claims WHERE tac = $1 AND source = $2'
const INSERT_MODEL = `INSERT INTO device_models
    (id, brand, brand_key, name, name_key, is_code, type, type_source, sim_types, sim_types_source)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
const UPDATE_KINDS = `UPDATE device_models SET type = $2, type_source = $3, sim_types = $4, sim_types_source = $5
  WHERE id = $1`
const RENAME = 'UPDATE device_models SET brand = $2, brand_key = $3, name = $4, name_key = $5 WHERE id = $1'
const PUT_MODEL_CLAIM = `INSERT INTO model_claims (model_id, source, type, sim_types) VALUES ($1, $2, $3, $4)
  ON CONFLICT (model_id, source) DO UPDATE SET type = COALESCE(excluded.type, model_claims.type),
    sim_types = COALESCE(excluded.sim_types, model_claims.sim_types)`
const DELETE_MODEL_CLAIM = 'DELETE FROM model_claims WHERE model_id = $1 AND source = $2'
const LIST_MODEL_CLAIMS = 'SELECT source, type, sim_types FROM model_claims WHERE model_id = $1'
const FIND_ALIAS = 'SELECT brand, name FROM model_aliases WHERE model_id = $1'
const INSERT_ALIAS =
  'INSERT INTO model_aliases (brand_key, name_key, brand, name, model_id) VALUES ($1, $2, $3, $4, $5)'
const DELETE_ALIAS = 'DELETE FROM model_aliases WHERE model_id = $1'

/**
 * Sets what a TAC is, above all sources, and returns its model: the one with that brand and name if its type and SIM
 * types match, else a variant of it whose name says how it differs.
 *
 * Throws `SetupError` for an unknown TAC if `override` lacks the brand or the name.
 */
export function overrideTac(context: Context, tac: string, override: Override): Promise<ModelRow> {
  return change(context, async (tx) => {
    const current = await lookUpTac(tx, tac)
    const brand = override.brand ?? current?.brand
    const name = override.name ?? current?.name
    if (brand === undefined || name === undefined) {
      throw new SetupError(`The catalogue does not know TAC ${tac}: give its --brand and --name`)
    }
    const kinds = overriddenKinds(current ?? ruledKinds(brand, name), override)
    const model = await findVariant(context, tx, { brand, name, kinds })
    if (current !== undefined && current.source !== 'operator') {
      const claim = (await tx.all<ModelClaim>(LIST_MODEL_CLAIMS, [current.id])).find(
        ({ source }) => source === current.source,
      )
      const said = [claim?.type ?? null, claim?.sim_types ?? null]
      await tx.run(PUT_TAC_CLAIM, [tac, current.source, current.brand, current.name, ...said])
    }
    await tx.run(PUT_TAC, [tac, model.id, 'operator'])
    return model
  })
}

/** Clears what the operator set for a TAC, so that the best source applies. Returns its model, if any source has one. */
export function clearTac(context: Context, tac: string): Promise<ModelRow | undefined> {
  return change(context, async (tx) => {
    if ((await lookUpTac(tx, tac))?.source !== 'operator') throw new SetupError(`Nothing is set for TAC ${tac}`)
    const claims = await listTacClaims(tx, tac)
    const best = bestNaming(
      claims.map((claim) => ({
        ...claim,
        brandKey: brandKey(claim.brand),
        isCode: identify(claim.brand, claim.name).isCode,
      })),
    )
    if (best === undefined) {
      await tx.run(DELETE_TAC, [tac])
      return undefined
    }
    const { brand, name, source } = best
    const found = await findNamedModel(tx, brandKey(brand), nameKey(name))
    const model = found ?? (await insertModel(context, tx, { brand, name, kinds: claimedKinds(brand, name, [best]) }))
    await tx.run(PUT_TAC, [tac, model.id, source])
    await tx.run(DELETE_TAC_CLAIM, [tac, source])
    return model
  })
}

/**
 * Sets what a model is, above all sources, for all of its TACs. Its id stays, and imports recognise its former name.
 *
 * Throws `SetupError` for an unknown model, and when another model has that brand and name.
 */
export function overrideModel(context: Context, modelId: string, override: Override): Promise<ModelRow> {
  return change(context, async (tx) => {
    const model = await knownModel(tx, modelId)
    const { id } = model
    const { brand = model.brand, name = model.name, type, simTypes } = override
    if (brand !== model.brand || name !== model.name) {
      const other = await findNamedModel(tx, brandKey(brand), nameKey(name))
      if (other !== undefined && other.id !== id) {
        throw new SetupError(`${brand} ${name} is another model, ${other.id}: set its TACs one by one instead`)
      }
      if ((await tx.get(FIND_ALIAS, [id])) === undefined) {
        await tx.run(INSERT_ALIAS, [brandKey(model.brand), nameKey(model.name), model.brand, model.name, id])
      }
      await tx.run(RENAME, [id, brand, brandKey(brand), name, nameKey(name)])
    }
    if (type !== undefined || simTypes !== undefined) {
      const said = [type ?? null, simTypes === undefined ? null : toSimTypesText(simTypes)]
      await tx.run(PUT_MODEL_CLAIM, [id, 'operator', ...said])
      await updateKinds(tx, id, overriddenKinds(model, override))
    }
    return knownModel(tx, id)
  })
}

/** Clears what the operator set for a model: its name, type and SIM types come from the best source or the rules. */
export function clearModel(context: Context, modelId: string): Promise<ModelRow> {
  return change(context, async (tx) => {
    const { id } = await knownModel(tx, modelId)
    const deleted = await tx.run(DELETE_MODEL_CLAIM, [id, 'operator'])
    const former = await tx.get<{ brand: string; name: string }>(FIND_ALIAS, [id])
    if (deleted === 0 && former === undefined) throw new SetupError(`Nothing is set for model ${id}`)
    if (former !== undefined) {
      await tx.run(DELETE_ALIAS, [id])
      await tx.run(RENAME, [id, former.brand, brandKey(former.brand), former.name, nameKey(former.name)])
    }
    const { brand, name } = await knownModel(tx, id)
    await updateKinds(tx, id, claimedKinds(brand, name, await tx.all<ModelClaim>(LIST_MODEL_CLAIMS, [id])))
    return knownModel(tx, id)
  })
}

interface ModelClaim {
  source: string
  type: DeviceType | null
  sim_types: string | null
}

/** Changes the catalogue. Imports that were judged against an earlier version are judged again. */
function change<T>({ db }: Context, work: (tx: Queries) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await claimVersion(tx, await findVersion(tx))
    return work(tx)
  })
}

async function knownModel(tx: Queries, id: string): Promise<ModelRow> {
  const model = await findModel(tx, id)
  if (model === undefined) throw new SetupError(`There is no model ${id}`)
  return model
}

function ruledKinds(brand: string, name: string): Kinds {
  const type = ruleType(brand, name)?.value
  const simTypes = ruleSimTypes(brand, name)?.value
  return {
    type: type ?? 'other',
    type_source: type ? 'rule' : null,
    sim_types: toSimTypesText(simTypes ?? []),
    sim_types_source: simTypes ? 'rule' : null,
  }
}

/** Type and SIM types by the best of some claims, else by the rules. */
function claimedKinds(brand: string, name: string, claims: readonly ModelClaim[]): Kinds {
  const kinds = ruledKinds(brand, name)
  for (const { source, type, sim_types } of byRank(claims)) {
    if (type !== null) Object.assign(kinds, { type, type_source: source })
    if (sim_types !== null) Object.assign(kinds, { sim_types, sim_types_source: source })
  }
  return kinds
}

function overriddenKinds(
  { type, type_source, sim_types, sim_types_source }: Kinds,
  { type: newType, simTypes }: Override,
): Kinds {
  return {
    type: newType ?? type,
    type_source: newType === undefined ? type_source : 'operator',
    sim_types: simTypes === undefined ? sim_types : toSimTypesText(simTypes),
    sim_types_source: simTypes === undefined ? sim_types_source : 'operator',
  }
}

async function findVariant(
  context: Context,
  tx: Queries,
  { brand, name, kinds }: { brand: string; name: string; kinds: Kinds },
): Promise<ModelRow> {
  const takes = (JSON.parse(kinds.sim_types) as string[]).join(' and ') || 'SIM types unknown'
  for (const variant of [name, `${name} (${takes})`, `${name} (${kinds.type}, ${takes})`]) {
    const found = await findNamedModel(tx, brandKey(brand), nameKey(variant))
    if (found === undefined) return insertModel(context, tx, { brand, name: variant, kinds })
    if (found.type === kinds.type && found.sim_types === kinds.sim_types) return found
  }
  throw new SetupError(`There is another ${brand} ${name}: give this one a --name of its own`)
}

async function insertModel(
  { newId }: Context,
  tx: Queries,
  { brand, name, kinds }: { brand: string; name: string; kinds: Kinds },
): Promise<ModelRow> {
  const { id } = newId('dmd')
  const { type, type_source, sim_types, sim_types_source } = kinds
  const isCode = identify(brand, name).isCode ? 1 : 0
  const row = [id, brand, brandKey(brand), name, nameKey(name), isCode, type, type_source, sim_types, sim_types_source]
  await tx.run(INSERT_MODEL, row)
  for (const [source, said] of [
    [type_source, [type, null]],
    [sim_types_source, [null, sim_types]],
  ] as const) {
    if (source !== null && source !== 'rule') await tx.run(PUT_MODEL_CLAIM, [id, source, ...said])
  }
  return { id, brand, name, ...kinds }
}

async function updateKinds(tx: Queries, id: string, kinds: Kinds): Promise<void> {
  await tx.run(UPDATE_KINDS, [id, kinds.type, kinds.type_source, kinds.sim_types, kinds.sim_types_source])
}
