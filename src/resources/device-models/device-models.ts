import type { Queries } from '../../db/port.ts'
import { foundList, toCursor } from '../../domain/cursor.ts'
import { tacOf } from '../../domain/imei.ts'
import { nameKeysFrom } from '../../domain/name-key.ts'
import { notFound } from '../../errors.ts'
import type { Registry } from '../registry.ts'
import { SIM_TYPES } from '../sims/schema.ts'
import type { Caller } from '../tokens/tokens.ts'
import type { ModelFilters } from './filters.ts'
import type { DeviceModel, ListDeviceModels } from './schema.ts'
import * as store from './store.ts'

/** Every list of SIM types that a model can have, in the contract's order; the empty one means unknown. */
const SIM_TYPE_LISTS: readonly DeviceModel['simTypes'][] = [[], ['eSIM'], ['pSIM'], [...SIM_TYPES]]

/** A brand as brands are compared: without case. */
export function brandKey(brand: string): string {
  return brand.toLowerCase()
}

/** The model as JSON; throws `notFound`. */
export async function getDeviceModel(db: Queries, _caller: Caller, id: string): Promise<string> {
  const json = await store.findDeviceModel(db, id)
  if (json === undefined) throw notFound('device model')
  return json
}

/** The model that the catalogue knows for the TAC of an IMEI, as a list of one or none. */
export async function searchDeviceModels({ db }: Registry, { imei }: { imei: string }): Promise<string> {
  const json = await store.findDeviceModelByTac(db, tacOf(imei))
  return foundList(json === undefined ? [] : [json])
}

export function listDeviceModels({ db }: Registry, query: ListDeviceModels): Promise<string> {
  const nameKeys = query.q === undefined ? undefined : nameKeysFrom(query.q)
  return store.listDeviceModels(db, { ...toModelFilters(query), nameKeys }, toCursor(query))
}

/** The filters of a query in the store's terms. */
export function toModelFilters({
  type,
  brand,
  simType,
}: Pick<ListDeviceModels, 'type' | 'brand' | 'simType'>): ModelFilters {
  return {
    type,
    brandKey: brand?.map(brandKey),
    simTypes: simType && SIM_TYPE_LISTS.filter((list) => list.some((one) => simType.includes(one))).map(toSimTypesText),
  }
}

/** SIM types as the store keeps them: JSON text, in the contract's order. */
export function toSimTypesText(simTypes: DeviceModel['simTypes']): string {
  return JSON.stringify(SIM_TYPES.filter((type) => simTypes.includes(type)))
}

export async function listDeviceModelBrands({ db }: Registry): Promise<string> {
  return JSON.stringify({ object: 'deviceModelBrands', items: await store.listBrands(db) })
}
