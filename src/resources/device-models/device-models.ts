import type { Caller } from '../../caller.ts'
import { checkSimType } from '../../catalogue/check.ts'
import { countTacs, PUBLIC_LISTS, suggestList } from '../../catalogue/lists.ts'
import { simTypesTextsWith, toSimTypesText } from '../../catalogue/model.ts'
import { findStatedModel, lookUpTac } from '../../catalogue/store.ts'
import type { Context } from '../../context.ts'
import { SIM_TYPES } from '../../contract/device-kinds.ts'
import { foundList, listOf } from '../../contract/list.ts'
import type { Queries } from '../../db/port.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import { toCursor } from '../../domain/cursor.ts'
import { tacOf, toImei } from '../../domain/imei.ts'
import { brandKey, keysFrom, nameKey } from '../../domain/keys.ts'
import { invalid, notFound, orNotFound, type Problem } from '../../errors.ts'
import { type ModelFilters, NO_MODEL } from './filters.ts'
import type { CheckDeviceModel, DeviceModelCatalogue, ListDeviceModels } from './schema.ts'
import * as store from './store.ts'

export { findCurrentId } from './store.ts'

/** Returns a model as JSON. Throws `notFound`. */
export function getDeviceModel(db: Queries, _caller: Caller, id: string): Awaitable<string> {
  return andThen(store.findDeviceModel(db, id), (json) => orNotFound(json, 'device model'))
}

/** Finds the model of an IMEI by its TAC. Returns a list of one model or none. */
export function searchDeviceModels({ db }: Context, { imei }: { imei: string }): Awaitable<string> {
  return andThen(store.findDeviceModelByTac(db, tacOf(toImei(imei))), (json) =>
    foundList(json === undefined ? [] : [json]),
  )
}

/**
 * Returns whether a phone takes an eSIM and a physical SIM, and why. The phone is given by an IMEI or by a model. Throws
 * `invalid` unless exactly one of the two is given, and `notFound` for an unknown model.
 */
export async function checkDeviceModel({ db }: Context, { imei, model: id }: CheckDeviceModel): Promise<string> {
  if ((imei === undefined) === (id === undefined)) throw invalid([oneOfTwo(imei === undefined)])
  const model = id === undefined ? await lookUpTac(db, tacOf(toImei(imei as string))) : await findStatedModel(db, id)
  if (id !== undefined && model === undefined) throw notFound('device model')
  const json = model && (await store.findDeviceModel(db, id ?? model.id))
  const [eSIM, pSIM] = SIM_TYPES.map((type) => JSON.stringify(checkSimType(type, model)))
  return `{"object":"deviceModelCheck","model":${json ?? null},"eSIM":${eSIM},"pSIM":${pSIM}}`
}

function oneOfTwo(isMissing: boolean): Problem {
  return isMissing
    ? { code: 'propertyRequired', property: 'imei', message: '`imei` or `model` is required' }
    : { code: 'propertyInvalid', property: 'model', message: '`model` cannot be combined with `imei`' }
}

export function listDeviceModels({ db }: Context, query: ListDeviceModels): Awaitable<string> {
  const nameKeys = query.q === undefined ? undefined : keysFrom(nameKey(query.q))
  return andThen(store.listDeviceModels(db, { ...toModelFilters(query), nameKeys }, toCursor(query)), listOf)
}

/** The filters of a query, in the form in which the store compares them. */
export function toModelFilters({
  type,
  brand,
  simType,
  esim,
}: Pick<ListDeviceModels, 'type' | 'brand' | 'simType' | 'esim'>): ModelFilters {
  return {
    type,
    brandKey: brand?.map(brandKey),
    simTypes: simTypesOf(simType, esim),
  }
}

function simTypesOf(simType: ListDeviceModels['simType'], esim: ListDeviceModels['esim']): ModelFilters['simTypes'] {
  // No model matches both: if its SIM types are unknown, it lists none.
  if (esim === 'unknown') return simType ? [] : [toSimTypesText([]), NO_MODEL]
  return simType || esim ? simTypesTextsWith(simType ?? SIM_TYPES, esim) : undefined
}

export async function listDeviceModelBrands({ db }: Context): Promise<string> {
  return JSON.stringify({ object: 'deviceModelBrands', items: await store.listBrands(db) })
}

/** Returns the size of the catalogue as JSON, and the public list that would add the most to it. */
export async function getDeviceModelCatalogue({ db }: Context): Promise<string> {
  const name = await suggestList(db)
  const catalogue: DeviceModelCatalogue = {
    object: 'deviceModelCatalogue',
    tacs: await countTacs(db),
    suggestedList: name === undefined ? null : { name, tacs: PUBLIC_LISTS[name].tacs },
  }
  return JSON.stringify(catalogue)
}
