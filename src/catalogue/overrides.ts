import type { Context } from '../context.ts'
import type { DeviceType, SimTypes } from '../contract/device-kinds.ts'
import { columns, insertInto, replaceOnConflict, updateWhere, write } from '../db/insert.ts'
import type { Queries } from '../db/port.ts'
import { brandKey, nameKey } from '../domain/keys.ts'
import { SetupError } from '../errors.ts'
import { yearOf } from './facts/eras.ts'
import { identify } from './facts/names.ts'
import { claimVersion, findVersion } from './import/publish.ts'
import { toStagedModel } from './import/staged-model.ts'
import { toSimTypesText, variantKey, variantOf } from './model.ts'
import { bestNaming, byRank, isOfOtherEra, yieldsToRules } from './precedence.ts'
import { findModel, findNamedModel, listTacClaims, lookUpTac, type ModelRow } from './store.ts'
import { COLUMNS, type Model } from './tables.ts'

/** What an operator states about a TAC or a model, above all sources. Omitted properties stay unchanged. */
export interface Override {
  brand?: string | undefined
  name?: string | undefined
  type?: DeviceType | undefined
  simTypes?: SimTypes | undefined
}

/** The type and SIM types of a model, as stored, and their sources. */
type Kinds = Pick<ModelRow, 'type' | 'type_source' | 'sim_types' | 'sim_types_source'>

const PUT_TAC = insertInto('tacs', COLUMNS.tacs, replaceOnConflict(COLUMNS.tacs, ['tac']))
const DELETE_TAC = 'DELETE FROM tacs WHERE tac = $1'
const PUT_FIRST_CLAIM = insertInto('tac_claims', COLUMNS.tac_claims, 'ON CONFLICT (tac, source) DO NOTHING')
const MODEL_ID = columns<{ id: string }>()({ id: true })
const INSERT_MODEL = insertInto('device_models', COLUMNS.device_models)
const UPDATE_KINDS = updateWhere(
  'device_models',
  columns<Kinds>()({ type: true, type_source: true, sim_types: true, sim_types_source: true }),
  MODEL_ID,
)
const RENAME = updateWhere(
  'device_models',
  columns<Pick<Model, 'brand' | 'brand_key' | 'name' | 'name_key'>>()({
    brand: true,
    brand_key: true,
    name: true,
    name_key: true,
  }),
  MODEL_ID,
)
const PUT_MODEL_CLAIM = insertInto(
  'model_claims',
  COLUMNS.model_claims,
  `ON CONFLICT (model_id, source) DO UPDATE SET type = COALESCE(excluded.type, model_claims.type),
    sim_types = COALESCE(excluded.sim_types, model_claims.sim_types)`,
)
const DELETE_MODEL_CLAIM = 'DELETE FROM model_claims WHERE model_id = $1 AND source = $2'
const LIST_MODEL_CLAIMS = 'SELECT source, type, sim_types FROM model_claims WHERE model_id = $1'
const FIND_ALIAS = 'SELECT brand, name FROM model_aliases WHERE model_id = $1'
const INSERT_ALIAS = insertInto('model_aliases', COLUMNS.model_aliases)
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
    const statedBy = override.simTypes === undefined ? (current?.stated_by ?? null) : 'operator'
    const stated = override.simTypes === undefined ? statedBy && current?.sim_types : toSimTypesText(override.simTypes)
    const type = override.type ?? current?.type
    const typeSource = override.type === undefined ? (current?.type_source ?? null) : 'operator'
    const model = await findVariant(context, tx, { brand, name, stated: stated ?? null, type, typeSource })
    if (current !== undefined && current.source !== 'operator') {
      const type = (await tx.all<ModelClaim>(LIST_MODEL_CLAIMS, [current.id])).find(
        ({ source }) => source === current.source,
      )?.type
      const { source, brand, name } = current
      const sim_types = current.stated_by === source ? current.sim_types : null
      await write(tx, PUT_FIRST_CLAIM, { tac, source, brand, name, type: type ?? null, sim_types })
    }
    await write(tx, PUT_TAC, { tac, model_id: model.id, source: 'operator', sim_types_source: statedBy })
    return model
  })
}

/** Clears what the operator set for a TAC, so that the best source applies. Returns its model, if any source has one. */
export function clearTac(context: Context, tac: string): Promise<ModelRow | undefined> {
  return change(context, async (tx) => {
    if ((await lookUpTac(tx, tac))?.source !== 'operator') throw new SetupError(`Nothing is set for TAC ${tac}`)
    const claims = (await listTacClaims(tx, tac)).map((claim) => ({
      ...claim,
      brandKey: brandKey(claim.brand),
      nameKey: nameKey(claim.name),
      isCode: identify(claim.brand, claim.name).isCode,
      statesSimTypes: claim.sim_types !== null,
      year: yearOf(claim.brand, claim.name),
    }))
    const best = bestNaming(claims)
    if (best === undefined) {
      await tx.run(DELETE_TAC, [tac])
      return undefined
    }
    const { brand, name, source, type } = best
    const stating = byRank(claims.filter((claim) => claim.sim_types !== null && !isOfOtherEra(claim, best))).at(-1)
    const stated = stating?.sim_types ?? null
    const key = toStagedModel({ brand, name, isCode: false }, stated, 0).nameKey
    const model =
      (await findNamedModel(tx, brandKey(brand), key)) ??
      (await insertModel(context, tx, { brand, name, stated, type: type ?? undefined, typeSource: type && source }))
    await write(tx, PUT_TAC, { tac, model_id: model.id, source, sim_types_source: stating?.source ?? null })
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
      const key = variantKey(name, variantOf(model.name_key))
      const other = await findNamedModel(tx, brandKey(brand), key)
      if (other !== undefined && other.id !== id) {
        throw new SetupError(`${brand} ${name} is another model, ${other.id}: set its TACs one by one instead`)
      }
      if ((await tx.get(FIND_ALIAS, [id])) === undefined) {
        const { brand, name, name_key } = model
        await write(tx, INSERT_ALIAS, { brand_key: brandKey(brand), name_key, brand, name, model_id: id })
      }
      await write(tx, RENAME, { id, brand, brand_key: brandKey(brand), name, name_key: key })
    }
    if (type !== undefined || simTypes !== undefined) {
      const simTypesText = simTypes === undefined ? null : toSimTypesText(simTypes)
      const claim = { type: type ?? null, sim_types: simTypesText }
      await write(tx, PUT_MODEL_CLAIM, { model_id: id, source: 'operator', ...claim })
      await updateKinds(tx, id, {
        type: type ?? model.type,
        type_source: type === undefined ? model.type_source : 'operator',
        sim_types: simTypesText ?? model.sim_types,
        sim_types_source: simTypesText === null ? model.sim_types_source : 'operator',
      })
    }
    return knownModel(tx, id)
  })
}

/** Clears what the operator set for a model: its name, type and SIM types come from the best source or the rules. */
export function clearModel(context: Context, modelId: string): Promise<ModelRow> {
  return change(context, async (tx) => {
    const { id, name_key } = await knownModel(tx, modelId)
    const deleted = await tx.run(DELETE_MODEL_CLAIM, [id, 'operator'])
    const former = await tx.get<{ brand: string; name: string }>(FIND_ALIAS, [id])
    if (deleted === 0 && former === undefined) throw new SetupError(`Nothing is set for model ${id}`)
    if (former !== undefined) {
      const key = variantKey(former.name, variantOf(name_key))
      await tx.run(DELETE_ALIAS, [id])
      const { brand, name } = former
      await write(tx, RENAME, { id, brand, brand_key: brandKey(brand), name, name_key: key })
    }
    const model = await knownModel(tx, id)
    const claims = byRank(await tx.all<ModelClaim>(LIST_MODEL_CLAIMS, [id])).filter(({ type }) => type !== null)
    const best = claims.at(-1)
    const kinds = toKinds({
      ...model,
      stated: variantOf(model.name_key) || null,
      type: best?.type,
      typeSource: best?.source,
    })
    await updateKinds(tx, id, kinds)
    return knownModel(tx, id)
  })
}

interface ModelClaim {
  source: string
  type: DeviceType | null
  sim_types: string | null
}

/** Changes the catalogue. An import that was compared with an earlier version is compared again. */
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

/** A model to find or to create: what is stated about it. A null or absent property is not stated. */
interface Wanted {
  brand: string
  name: string
  /** SIM types as stored. */
  stated: string | null
  type?: DeviceType | null | undefined
  typeSource?: string | null | undefined
}

/** The type and SIM types of a model: those that are stated, else those by the rules. */
function toKinds({ brand, name, stated, type, typeSource }: Wanted): Kinds {
  const { ruleType, simTypes, simTypesSource } = toStagedModel({ brand, name, isCode: false }, stated, 0)
  const isTyped = type && typeSource && !yieldsToRules(typeSource)
  return {
    type: isTyped ? type : ((ruleType as DeviceType | null) ?? 'other'),
    type_source: isTyped ? typeSource : ruleType && 'rule',
    sim_types: simTypes,
    sim_types_source: simTypesSource,
  }
}

/** The model with that name, variant and type; created if there is none. Models of one name may differ in their type. */
async function findVariant(context: Context, tx: Queries, wanted: Wanted): Promise<ModelRow> {
  const kinds = toKinds(wanted)
  const { nameKey: key } = toStagedModel({ ...wanted, isCode: false }, wanted.stated, 0)
  for (const variant of [key, variantKey(wanted.name, `${kinds.sim_types} ${kinds.type}`)]) {
    const found = await findNamedModel(tx, brandKey(wanted.brand), variant)
    if (found === undefined) return insertModel(context, tx, wanted, variant)
    if (found.type === kinds.type && found.sim_types === kinds.sim_types) return found
  }
  throw new SetupError(`There is another ${wanted.brand} ${wanted.name}: give this one a different --name`)
}

async function insertModel({ newId }: Context, tx: Queries, wanted: Wanted, key?: string): Promise<ModelRow> {
  const { id } = newId('dmd')
  const { brand, name, stated } = wanted
  const kinds = toKinds(wanted)
  const { type, type_source } = kinds
  const isCode = identify(brand, name).isCode ? 1 : 0
  const name_key = key ?? toStagedModel({ brand, name, isCode: false }, stated, 0).nameKey
  await write(tx, INSERT_MODEL, { id, brand, brand_key: brandKey(brand), name, name_key, is_code: isCode, ...kinds })
  if (type_source !== null && type_source !== 'rule') {
    await write(tx, PUT_MODEL_CLAIM, { model_id: id, source: type_source, type, sim_types: null })
  }
  return { id, brand, name, name_key, ...kinds }
}

async function updateKinds(tx: Queries, id: string, kinds: Kinds): Promise<void> {
  await write(tx, UPDATE_KINDS, { ...kinds, id })
}
