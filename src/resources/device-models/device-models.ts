import type { Caller } from '../../caller.ts'
import { simTypesTextsWith } from '../../catalogue/model.ts'
import type { Context } from '../../context.ts'
import { foundList, listOf } from '../../contract/list.ts'
import type { Queries } from '../../db/port.ts'
import { toCursor } from '../../domain/cursor.ts'
import { tacOf, toImei } from '../../domain/imei.ts'
import { brandKey, nameKeysFrom } from '../../domain/keys.ts'
import { notFound } from '../../errors.ts'
import type { ModelFilters } from './filters.ts'
import type { ListDeviceModels } from './schema.ts'
import * as store from './store.ts'

/** The model as JSON; throws `notFound`. */
export async function getDeviceModel(db: Queries, _caller: Caller, id: string): Promise<string> {
  const json = await store.findDeviceModel(db, id)
  if (json === undefined) throw notFound('device model')
  return json
}

/** The model that the catalogue knows for the TAC of an IMEI, as a list of one or none. */
export async function searchDeviceModels({ db }: Context, { imei }: { imei: string }): Promise<string> {
  const json = await store.findDeviceModelByTac(db, tacOf(toImei(imei)))
  return foundList(json === undefined ? [] : [json])
}

export function listDeviceModels({ db }: Context, query: ListDeviceModels): Promise<string> {
  const nameKeys = query.q === undefined ? undefined : nameKeysFrom(query.q)
  return store.listDeviceModels(db, { ...toModelFilters(query), nameKeys }, toCursor(query)).then(listOf)
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
    simTypes: simType && simTypesTextsWith(simType),
  }
}

export async function listDeviceModelBrands({ db }: Context): Promise<string> {
  return JSON.stringify({ object: 'deviceModelBrands', items: await store.listBrands(db) })
}
