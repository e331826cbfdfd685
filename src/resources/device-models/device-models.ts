import type { Caller } from '../../caller.ts'
import { simTypesTextsWith } from '../../catalogue/model.ts'
import type { Context } from '../../context.ts'
import { foundList, listOf } from '../../contract/list.ts'
import type { Queries } from '../../db/port.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import { toCursor } from '../../domain/cursor.ts'
import { tacOf, toImei } from '../../domain/imei.ts'
import { brandKey, nameKeysFrom } from '../../domain/keys.ts'
import { orNotFound } from '../../errors.ts'
import type { ModelFilters } from './filters.ts'
import type { ListDeviceModels } from './schema.ts'
import * as store from './store.ts'

/** The model as JSON; throws `notFound`. */
export function getDeviceModel(db: Queries, _caller: Caller, id: string): Awaitable<string> {
  return andThen(store.findDeviceModel(db, id), (json) => orNotFound(json, 'device model'))
}

/** The model that the catalogue knows for the TAC of an IMEI, as a list of one or none. */
export function searchDeviceModels({ db }: Context, { imei }: { imei: string }): Awaitable<string> {
  return andThen(store.findDeviceModelByTac(db, tacOf(toImei(imei))), (json) =>
    foundList(json === undefined ? [] : [json]),
  )
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
