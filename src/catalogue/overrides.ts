import type { Registry } from '../context.ts'
import type { DeviceType, SimTypes } from '../contract/model.ts'
import type { Queries } from '../db/port.ts'
import { brandKey, nameKey } from '../domain/keys.ts'
import { SetupError } from '../errors.ts'
import { identify } from './facts/names.ts'
import { ruleSimTypes, ruleType } from './facts/rules.ts'
import { claimVersion, findVersion } from './import/publish.ts'
import { toSimTypesText } from './model.ts'
import { SOURCE_RANKS, type Source } from './sources.ts'
import { findModel, findNamedModel, listTacClaims, lookUpTac, type ModelRow } from './store.ts'

/** What an operator says of a TAC or a model, whatever the sources say. What is left out stays as it is. */
export interface Override {
  brand?: string | undefined
  name?: string | undefined
  type?: DeviceType | undefined
  simTypes?: SimTypes | undefined
}

/** The type and SIM types of a model, as stored, and where they are from. */
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
 * Says what a TAC is, above all sources. Gives its model: the one of that brand and name where it is of that type and
 * takes those SIM types, else a variant of it, told apart in the name.
 *
 * Throws `SetupError` for a TAC that the catalogue does not know where `override` lacks the brand or the name.
 */
export function overrideTac(registry: Registry, tac: string, override: Override): Promise<ModelRow> {
  return change(registry, async (tx) => {
    const current = await lookUpTac(tx, tac)
    const brand = override.brand ?? current?.brand
    const name = override.name ?? current?.name
    if (brand === undefined || name === undefined) {
      throw new SetupError(`The catalogue does not know TAC ${tac}: say its --brand and --name`)
    }
    const kinds = overriddenKinds(current ?? ruledKinds(brand, name), override)
    const model = await findVariant(registry, tx, { brand, name, kinds })
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

/** Takes the operator's word on a TAC back: the best source speaks again. Gives its model, if any source knows one. */
export function clearTac(registry: Registry, tac: string): Promise<ModelRow | undefined> {
  return change(registry, async (tx) => {
    if ((await lookUpTac(tx, tac))?.source !== 'operator') throw new SetupError(`Nothing is set for TAC ${tac}`)
    const [best] = (await listTacClaims(tx, tac)).sort(
      (a, b) => quality(b.source, b.brand, b.name) - quality(a.source, a.brand, a.name),
    )
    if (best === undefined) {
      await tx.run(DELETE_TAC, [tac])
      return undefined
    }
    const { brand, name, source } = best
    const found = await findNamedModel(tx, brandKey(brand), nameKey(name))
    const model = found ?? (await insertModel(registry, tx, { brand, name, kinds: claimedKinds(brand, name, [best]) }))
    await tx.run(PUT_TAC, [tac, model.id, source])
    await tx.run(DELETE_TAC_CLAIM, [tac, source])
    return model
  })
}

/**
 * Says what a model is, above all sources, for all of its TACs; its id stays, and imports know it by its former name.
 *
 * Throws `SetupError` when there is no such model, or another one has that brand and name.
 */
export function overrideModel(registry: Registry, modelId: string, override: Override): Promise<ModelRow> {
  return change(registry, async (tx) => {
    const model = await knownModel(tx, modelId)
    const { id } = model
    const { brand = model.brand, name = model.name, type, simTypes } = override
    if (brand !== model.brand || name !== model.name) {
      const other = await findNamedModel(tx, brandKey(brand), nameKey(name))
      if (other !== undefined && other.id !== id) {
        throw new SetupError(`${brand} ${name} is the model ${other.id}: set its TACs one by one instead`)
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

/** Takes the operator's word on a model back: its name, and its type and SIM types by the best source or the rules. */
export function clearModel(registry: Registry, modelId: string): Promise<ModelRow> {
  return change(registry, async (tx) => {
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

/** A change of the catalogue, which imports that were judged before it have to hear of. */
function change<T>({ db }: Registry, work: (tx: Queries) => Promise<T>): Promise<T> {
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

/** A claim's worth: its source's rank, but one that only knows the maker's code is worth less than any name. */
function quality(source: string, brand: string, name: string): number {
  return SOURCE_RANKS[source as Source] - (identify(brand, name).isCode ? 100 : 0)
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
  const rising = [...claims].sort((a, b) => SOURCE_RANKS[a.source as Source] - SOURCE_RANKS[b.source as Source])
  for (const { source, type, sim_types } of rising) {
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
  registry: Registry,
  tx: Queries,
  { brand, name, kinds }: { brand: string; name: string; kinds: Kinds },
): Promise<ModelRow> {
  const takes = (JSON.parse(kinds.sim_types) as string[]).join(' and ') || 'SIM types unknown'
  for (const variant of [name, `${name} (${takes})`, `${name} (${kinds.type}, ${takes})`]) {
    const found = await findNamedModel(tx, brandKey(brand), nameKey(variant))
    if (found === undefined) return insertModel(registry, tx, { brand, name: variant, kinds })
    if (found.type === kinds.type && found.sim_types === kinds.sim_types) return found
  }
  throw new SetupError(`There is another ${brand} ${name}: give this one a --name of its own`)
}

async function insertModel(
  { newId }: Registry,
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
