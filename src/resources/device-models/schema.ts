import { type Static, Type } from 'typebox'
import { DEVICE_TYPES, SIM_TYPES } from '../../contract/device-kinds.ts'
import { DeviceModel, DeviceModelId } from '../../contract/model.ts'
import type { Operation } from '../../contract/operation.ts'
import {
  anyOf,
  closed,
  List,
  listQuery,
  NamePrefix,
  nullable,
  nullableObject,
  oneOf,
  type RuleName,
} from '../../contract/schemas.ts'
import { idPattern } from '../../domain/id.ts'

export const DeviceModelList = List(DeviceModel)

export const DeviceModelBrands = closed(
  {
    object: Type.Literal('deviceModelBrands'),
    items: Type.Array(Type.String({ examples: ['Apple'] })),
  },
  { title: 'DeviceModelBrands', description: 'The brands that have a model, in alphabetical order.' },
)

export const DeviceModelCatalogue = closed(
  {
    object: Type.Literal('deviceModelCatalogue'),
    tacs: Type.Integer({ minimum: 0, description: 'The number of TACs that have a model.', examples: [662] }),
    suggestedList: nullableObject(
      closed({
        name: Type.String({
          description: 'The name of the list: `handset catalogue import NAME` imports it.',
          examples: ['osmocom'],
        }),
        tacs: Type.Integer({ minimum: 0, description: 'About how many TACs it has.', examples: [22_500] }),
      }),
      'The largest public list of TACs, until it is imported; then null.',
    ),
  },
  { title: 'DeviceModelCatalogue', description: 'The size of the catalogue, and how to make it larger.' },
)
export type DeviceModelCatalogue = Static<typeof DeviceModelCatalogue>

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

export const CheckDeviceModel = closed(
  {
    imei: Type.Optional(
      Type.String({
        rule: 'tacOnlyImei' satisfies RuleName,
        description: 'The IMEI of the phone, or its IMEISV. Only its TAC is used; the check digit is not validated.',
        examples: ['492388841798923'],
      }),
    ),
    model: Type.Optional(DeviceModelId),
  },
  { title: 'CheckDeviceModel', description: 'Exactly one of `imei` and `model` is required.' },
)
export type CheckDeviceModel = Static<typeof CheckDeviceModel>

const SimTypeAnswer = closed(
  {
    answer: oneOf(['yes', 'no', 'depends', 'unknown'], {
      description: '`depends` means that the variants of the model differ, and that it is not known which one this is.',
      examples: ['yes'],
    }),
    reason: Type.String({
      description: 'A sentence for the customer.',
      examples: ['The starter catalogue states that the Apple iPhone 12 Pro takes an eSIM.'],
    }),
    source: nullable(
      Type.String({
        description: 'Who states it: a source of the catalogue, `rule`, or `operator`.',
        examples: ['starter'],
      }),
    ),
    ask: nullable(
      Type.String({
        description: 'How to find the answer if it is `depends` or `unknown`, else null.',
        examples: ['Dial *#06#: an EID means yes.'],
      }),
    ),
  },
  { title: 'SimTypeAnswer' },
)

export const DeviceModelCheck = closed(
  {
    object: Type.Literal('deviceModelCheck'),
    model: nullableObject(DeviceModel, 'The model; null if the catalogue does not know the TAC.'),
    eSIM: SimTypeAnswer,
    pSIM: SimTypeAnswer,
  },
  { title: 'DeviceModelCheck', description: 'Whether a phone takes an eSIM or a physical SIM, and why.' },
)

/** The filters by model, for lists of models and of devices. */
export const MODEL_FILTERS = {
  type: anyOf(oneOf(DEVICE_TYPES), 'Only models of this type.'),
  brand: anyOf(Type.String({ minLength: 1, examples: ['Apple'] }), 'Only models of this brand, ignoring case.'),
  simType: anyOf(oneOf(SIM_TYPES), 'Only models that support this type of SIM.'),
  esim: Type.Optional(
    oneOf(['yes', 'no', 'unknown'], {
      description:
        'Only models that take an eSIM (`yes`), that do not (`no`), or whose SIM types are unknown (`unknown`). In a list ' +
        'of devices, `unknown` also finds devices without a model.',
    }),
  ),
}

export const ListDeviceModels = listQuery(idPattern('dmd'), { ...MODEL_FILTERS, q: NamePrefix })
export type ListDeviceModels = Static<typeof ListDeviceModels>

const tags: [string] = ['Device models']

export const DeviceModelsRetrieve = {
  operationId: 'DeviceModelsRetrieve',
  method: 'GET',
  path: '/deviceModels/{deviceModel}',
  access: 'open',
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
  access: 'open',
  idempotent: true,
  tags,
  summary: 'Search for device models',
  description:
    'Finds the model in the catalogue for the TAC of an IMEI, whether or not a device is registered with it.',
  body: SearchDeviceModels,
  example: { imei: '492388841798923' },
  response: { 200: DeviceModelList },
} satisfies Operation

export const DeviceModelsCheck = {
  operationId: 'DeviceModelsCheck',
  method: 'POST',
  path: '/deviceModels/check',
  access: 'open',
  idempotent: true,
  findsByBody: true,
  tags,
  summary: 'Check which SIM types a phone takes',
  description:
    'Answers whether a phone takes an eSIM and whether it takes a physical SIM. Each answer has its reason and its source, ' +
    'or says how to find out if it is not known. An answer for one TAC is never applied to another.',
  body: CheckDeviceModel,
  example: { imei: '492388841798923' },
  response: { 200: DeviceModelCheck },
} satisfies Operation

export const DeviceModelsList = {
  operationId: 'DeviceModelsList',
  method: 'GET',
  path: '/deviceModels',
  access: 'open',
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
  access: 'open',
  tags,
  summary: 'List all device model brands',
  description: 'Returns the brands that have a model, sorted alphabetically, ignoring case.',
  response: { 200: DeviceModelBrands },
} satisfies Operation

export const DeviceModelCatalogueRetrieve = {
  operationId: 'DeviceModelCatalogueRetrieve',
  method: 'GET',
  path: '/deviceModelCatalogue',
  access: 'open',
  tags,
  summary: 'Retrieve the size of the catalogue',
  description: 'Returns how many TACs the catalogue knows, and the public list that would add the most.',
  response: { 200: DeviceModelCatalogue },
} satisfies Operation
