import { type Static, Type } from 'typebox'
import { SIM_TYPES } from '../../contract/device-kinds.ts'
import { exportOperation } from '../../contract/export.ts'
import { importOperation } from '../../contract/import.ts'
import type { Operation } from '../../contract/operation.ts'
import { ProjectPath } from '../../contract/project.ts'
import {
  anyOf,
  Count,
  closed,
  idOf,
  List,
  listQuery,
  Metadata,
  MetadataChanges,
  NewMetadata,
  oneOf,
  type RuleName,
  Timestamp,
  wordSearch,
} from '../../contract/schemas.ts'
import { idPattern } from '../../domain/id.ts'
import { USER_ID_PATTERN } from '../users/schema.ts'

export const SIM_STATUSES = ['inactive', 'active', 'retired'] as const

export const SIM_ID_PATTERN = idPattern('sim')
export const SimId = idOf('sim', 'Unique identifier for the SIM.', 'sim_0SNlurA049MEWV1BAAmWZULA4lf6')

export const Iccid = Type.String({
  rule: 'iccid' satisfies RuleName,
  description: 'The ICCID, 19 or 20 digits (ITU-T E.118). A filler `F` after 19 digits is dropped.',
  examples: ['89883070000007537119'],
})
const Provider = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'The network provider of the SIM, as the operator names it.',
  examples: ['p9'],
})
const Status = oneOf(SIM_STATUSES)
const SimType = oneOf(SIM_TYPES)

export const Sim = closed(
  {
    object: Type.Literal('sim'),
    id: SimId,
    metadata: Metadata,
    createdAt: Timestamp,
    iccid: Type.String({ description: 'The ICCID, 19 or 20 digits.', examples: ['89883070000007537119'] }),
    provider: Provider,
    status: Status,
    type: SimType,
  },
  { title: 'Sim', description: 'A SIM card or an eSIM profile. It can be on one device at most.' },
)
export type Sim = Static<typeof Sim>

export const SimList = List(Sim)

export const CreateSim = closed(
  {
    iccid: Iccid,
    type: Type.Optional(oneOf(SIM_TYPES, { default: 'eSIM' })),
    provider: Type.Optional(Type.String({ ...Provider, default: 'p1' })),
    status: Type.Optional(oneOf(SIM_STATUSES, { default: 'inactive' })),
    metadata: Type.Optional(NewMetadata),
  },
  { title: 'CreateSim' },
)
export type CreateSim = Static<typeof CreateSim>

export const ImportSim = closed(
  {
    ...CreateSim.properties,
    id: Type.Optional(Type.String({ description: 'Ignored. Present so that an export can be imported as it is.' })),
  },
  { title: 'ImportSim' },
)
export type ImportSim = Static<typeof ImportSim>

export const ExportedSim = closed(
  {
    id: SimId,
    iccid: Sim.properties.iccid,
    type: SimType,
    provider: Provider,
    status: Status,
    metadata: Metadata,
  },
  { title: 'ExportedSim', description: 'A SIM in the format of exports and imports.' },
)
export type ExportedSim = Static<typeof ExportedSim>

export const UpdateSim = closed(
  {
    metadata: Type.Optional(MetadataChanges),
    status: Type.Optional(Status),
    provider: Type.Optional(Provider),
  },
  { title: 'UpdateSim' },
)
export type UpdateSim = Static<typeof UpdateSim>

export const SearchSims = closed({ iccid: Iccid, type: Type.Optional(SimType) }, { title: 'SearchSims' })
export type SearchSims = Static<typeof SearchSims>

const SIM_FILTERS = {
  provider: anyOf(Provider, 'Only SIMs of this provider.'),
  status: anyOf(Status, 'Only SIMs with this status; `inactive,active` by default.'),
  type: anyOf(SimType, 'Only SIMs of this type.'),
  user: Type.Optional(Type.String({ pattern: USER_ID_PATTERN, description: 'Only SIMs on devices of this user.' })),
  q: wordSearch('a metadata value'),
}

export const ListSims = listQuery(SIM_ID_PATTERN, SIM_FILTERS)
export type ListSims = Static<typeof ListSims>

export const CountSims = closed(SIM_FILTERS)
export type CountSims = Static<typeof CountSims>

export const SimPath = closed({ ...ProjectPath.properties, sim: SimId })

const tags: [string] = ['SIMs']

export const SimsCreate = {
  operationId: 'SimsCreate',
  method: 'POST',
  path: '/projects/{project}/sims',
  access: 'editor',
  idempotent: true,
  tags,
  summary: 'Create a SIM',
  description: 'Creates a SIM with the given parameters. An ICCID can be used only once per project.',
  params: ProjectPath,
  body: CreateSim,
  example: { iccid: '89883070000007537119', type: 'eSIM', provider: 'p9' },
  response: { 201: Sim },
} satisfies Operation

export const SimsRetrieve = {
  operationId: 'SimsRetrieve',
  method: 'GET',
  path: '/projects/{project}/sims/{sim}',
  access: 'open',
  tags,
  summary: 'Retrieve a SIM',
  description: 'Retrieves a SIM.',
  params: SimPath,
  response: { 200: Sim },
} satisfies Operation

export const SimsUpdate = {
  operationId: 'SimsUpdate',
  method: 'PATCH',
  path: '/projects/{project}/sims/{sim}',
  access: 'editor',
  guarded: true,
  tags,
  summary: 'Update a SIM',
  description: 'Updates the given properties of a SIM.',
  params: SimPath,
  body: UpdateSim,
  example: { status: 'active' },
  response: { 200: Sim },
} satisfies Operation

export const SimsDelete = {
  operationId: 'SimsDelete',
  method: 'DELETE',
  path: '/projects/{project}/sims/{sim}',
  access: 'editor',
  idempotent: true,
  guarded: true,
  tags,
  summary: 'Delete a SIM',
  description: 'Deletes a SIM that is on no device and returns it as it was.',
  params: SimPath,
  response: { 200: Sim },
} satisfies Operation

export const SimsSearch = {
  operationId: 'SimsSearch',
  method: 'POST',
  path: '/projects/{project}/sims/search',
  access: 'open',
  idempotent: true,
  tags,
  summary: 'Search for SIMs',
  description: 'Finds the SIM with the given ICCID and, optionally, type.',
  params: ProjectPath,
  body: SearchSims,
  example: { iccid: '89883070000007537119' },
  response: { 200: SimList },
} satisfies Operation

export const SimsList = {
  operationId: 'SimsList',
  method: 'GET',
  path: '/projects/{project}/sims',
  access: 'open',
  tags,
  summary: 'List all SIMs',
  description: 'Returns a list of SIMs, most recently created first. Retired SIMs are listed only on request.',
  params: ProjectPath,
  querystring: ListSims,
  response: { 200: SimList },
} satisfies Operation

export const SimsCount = {
  operationId: 'SimsCount',
  method: 'GET',
  path: '/projects/{project}/sims/count',
  access: 'viewer',
  tags,
  summary: 'Count SIMs',
  description: 'Counts the SIMs in the list with these filters, up to 10,000, or 1,000 with `q`.',
  params: ProjectPath,
  querystring: CountSims,
  response: { 200: Count },
} satisfies Operation

export const SimsImport = importOperation('SimsImport', tags[0], 'SIMs', ImportSim, {
  iccid: '89883070000007537119',
  type: 'pSIM',
  provider: 'p9',
})

export const SimsExport = exportOperation('SimsExport', tags[0], 'SIMs', ExportedSim)
