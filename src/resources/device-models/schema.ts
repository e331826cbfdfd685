import { type Static, Type } from 'typebox'
import { DEVICE_TYPES, DeviceModel, DeviceModelId, SIM_TYPES } from '../../contract/model.ts'
import type { Operation } from '../../contract/operation.ts'
import { anyOf, closed, List, listQuery, NamePrefix, oneOf, type RuleName } from '../../contract/schemas.ts'
import { idPattern } from '../../domain/id.ts'

export const DeviceModelList = List(DeviceModel)

export const DeviceModelBrands = closed(
  {
    object: Type.Literal('deviceModelBrands'),
    items: Type.Array(Type.String({ examples: ['Apple'] })),
  },
  { title: 'DeviceModelBrands', description: 'The brands that have a model, in alphabetical order.' },
)

export const SearchDeviceModels = closed(
  {
    imei: Type.String({
      rule: 'tacOnlyImei' satisfies RuleName,
      description: 'An IMEI (15 digits) or IMEISV (16 digits). Only its TAC is used; the check digit is not validated.',
      examples: ['492388841798923'],
    }),
  },
  { title: 'SearchDeviceModels' },
)

/** What tells models apart, in the query of a list of them or of devices. */
export const MODEL_FILTERS = {
  type: anyOf(oneOf(DEVICE_TYPES), 'Only models of this type.'),
  brand: anyOf(Type.String({ minLength: 1 }), 'Only models of this brand, ignoring case.'),
  simType: anyOf(oneOf(SIM_TYPES), 'Only models that support this type of SIM.'),
}

export const ListDeviceModels = listQuery(idPattern('dmd'), { ...MODEL_FILTERS, q: NamePrefix })
export type ListDeviceModels = Static<typeof ListDeviceModels>

const tags: [string] = ['Device models']

export const DeviceModelsRetrieve = {
  operationId: 'DeviceModelsRetrieve',
  method: 'GET',
  path: '/deviceModels/{deviceModel}',
  access: 'user',
  tags,
  summary: 'Retrieve a device model',
  description: 'Retrieves a device model.',
  params: closed({ deviceModel: DeviceModelId }),
  response: { 200: DeviceModel },
} satisfies Operation

export const DeviceModelsSearch = {
  operationId: 'DeviceModelsSearch',
  method: 'POST',
  path: '/deviceModels/search',
  access: 'user',
  idempotent: true,
  tags,
  summary: 'Search for device models',
  description:
    'Finds the model in the catalogue for the TAC of an IMEI, whether or not a device is registered with it.',
  body: SearchDeviceModels,
  example: { imei: '492388841798923' },
  response: { 200: DeviceModelList },
} satisfies Operation

export const DeviceModelsList = {
  operationId: 'DeviceModelsList',
  method: 'GET',
  path: '/deviceModels',
  access: 'user',
  tags,
  summary: 'List all device models',
  description: 'Returns a list of device models, most recently created first.',
  querystring: ListDeviceModels,
  response: { 200: DeviceModelList },
} satisfies Operation

export const DeviceModelBrandsList = {
  operationId: 'DeviceModelBrandsList',
  method: 'GET',
  path: '/deviceModelBrands',
  access: 'user',
  tags,
  summary: 'List all device model brands',
  description: 'Returns the brands that have a model, sorted alphabetically, ignoring case.',
  response: { 200: DeviceModelBrands },
} satisfies Operation
