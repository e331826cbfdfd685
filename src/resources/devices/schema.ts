import { type Static, Type } from 'typebox'
import { exportOperation } from '../../contract/export.ts'
import { importOperation } from '../../contract/import.ts'
import { DeviceModel } from '../../contract/model.ts'
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
  nullable,
  nullableObject,
  oneOf,
  type RuleName,
  Timestamp,
  timeFilter,
  wordSearch,
} from '../../contract/schemas.ts'
import { idPattern } from '../../domain/id.ts'
import { MODEL_FILTERS } from '../device-models/schema.ts'
import { Iccid, SIM_ID_PATTERN, Sim } from '../sims/schema.ts'
import { USER_ID_PATTERN, User } from '../users/schema.ts'

const DEVICE_ID_PATTERN = idPattern('dev')
const DeviceId = idOf('dev', 'Unique identifier for the device.', 'dev_0SNlurA049MEWV55CrA9qMvI2FVJ')

const Imei = Type.String({
  rule: 'imei' satisfies RuleName,
  description:
    'The IMEI (International Mobile Equipment Identity, 15 digits), or the IMEISV (16 digits), which is converted to the ' +
    'IMEI. A `live` project rejects an invalid check digit.',
  examples: ['492388841798923'],
})
const Name = nullable(
  Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'An optional custom name.',
    examples: ["Anna's iPhone 12 Pro"],
  }),
)
/**
 * The texts of a device that clients set and that are stored unchanged, each in a column of the same name. Requests,
 * responses, imports, exports and the SQL follow from this list.
 */
export const TEXTS = { name: Name }
export type DeviceTexts = { [Text in keyof typeof TEXTS]: Static<(typeof TEXTS)[Text]> }

const OPTIONAL_TEXTS = Type.Partial(Type.Object(TEXTS)).properties

const Owner = nullable(
  Type.String({
    description: 'Unique identifier for the user who owns the device.',
    examples: ['usr_0SNlurA049MEWV4OpCwsNyC9Kn2d'],
  }),
)
/** The maximum number of SIMs on a device. */
const MAX_SIMS = 100

const SIM_IDS = {
  maxItems: MAX_SIMS,
  uniqueItems: true,
  description:
    'Identifiers of all SIMs on the device, in the order to list them. In `test` projects, an API key can also pass ' +
    '`sim_test_esim` or `sim_test_psim`, each of which creates a new SIM with the provider `test`.',
  examples: [['sim_0SNlurA049MEWV1BAAmWZULA4lf6']],
}

const MoveSims = Type.Boolean({
  default: false,
  description:
    'Whether SIMs that are on another device are taken off it, instead of being rejected. A user token can move SIMs only ' +
    'between its own devices.',
})

const Devices = Type.Integer({ minimum: 0, description: 'The number of devices.', examples: [12] })

const Tac = Type.String({ pattern: '^[0-9]{8}$', examples: ['49238884'] })

export const Device = closed(
  {
    object: Type.Literal('device'),
    id: DeviceId,
    metadata: Metadata,
    createdAt: Timestamp,
    imei: nullable(Type.String({ description: 'The IMEI, 15 digits.', examples: ['492388841798923'] })),
    model: nullableObject(DeviceModel, "The catalogue's model for the TAC; null if it has none."),
    ...TEXTS,
    sims: Type.Array(Sim, { description: 'The SIMs on this device.' }),
    user: nullableObject(User, 'The owner of the device.'),
  },
  { title: 'Device', description: 'A phone, watch, router or other device, registered by its IMEI.' },
)
export type Device = Static<typeof Device>

export const DeviceList = List(Device)

/** The limits of the statistics of devices. */
export const MAX_MODELS = 50
export const MAX_UNKNOWN_TACS = 50
export const MAX_PERIODS = 60

const { brand, type, simTypes } = DeviceModel.properties

export const DeviceStatistics = closed(
  {
    object: Type.Literal('deviceStatistics'),
    devices: Devices,
    brands: Type.Array(closed({ brand: nullable(brand), devices: Devices }), {
      description: 'The number for each brand.',
    }),
    types: Type.Array(closed({ type: nullable(type), devices: Devices }), { description: 'The number for each type.' }),
    simTypes: Type.Array(closed({ simTypes, devices: Devices }), {
      description: 'The number for each set of supported SIM types; empty if they are unknown.',
    }),
    registered: Type.Array(closed({ from: Timestamp, until: Timestamp, devices: Devices }), {
      description:
        `The number registered in each period: at most ${MAX_PERIODS} periods of equal length, of a minute or more, from ` +
        'the first device to the last. A period includes `from` and excludes `until`.',
    }),
    models: Type.Array(closed({ model: nullableObject(DeviceModel, 'The model.'), devices: Devices }), {
      description: `The number for each of the ${MAX_MODELS} most common models.`,
    }),
    known: closed(
      { brand: Devices, name: Devices, type: Devices, simTypes: Devices },
      {
        description:
          'The number of devices whose brand, name, type and SIM types the catalogue knows. A bare model code such as ' +
          '`SM-Z999` does not count as a name, and `other` counts as a type only if a source states it.',
      },
    ),
    unknownTacs: Type.Array(closed({ tac: Tac, devices: Devices }), {
      description: `The number for each of the ${MAX_UNKNOWN_TACS} most common TACs that the catalogue has no model for.`,
    }),
  },
  {
    title: 'DeviceStatistics',
    description: 'The numbers of devices in a project, most common first. null means unknown to the catalogue.',
  },
)
export type DeviceStatistics = Static<typeof DeviceStatistics>

export const CreateDevice = closed(
  {
    imei: Imei,
    user: Type.Optional(Owner),
    sims: Type.Optional(nullable(Type.Array(Type.String(), SIM_IDS))),
    ...OPTIONAL_TEXTS,
    metadata: Type.Optional(NewMetadata),
    moveSims: Type.Optional(MoveSims),
  },
  { title: 'CreateDevice' },
)
export type CreateDevice = Static<typeof CreateDevice>

/** A device in an import. It names its user and SIMs by e-mail address and ICCID, because ids differ between servers. */
export const ImportDevice = closed(
  {
    imei: Imei,
    user: Type.Optional(
      nullable(
        Type.String({
          description: 'The owner, by e-mail address or by id.',
          examples: ['jerry@example.com'],
        }),
      ),
    ),
    iccids: Type.Optional(
      nullable(
        Type.Array(Iccid, {
          maxItems: MAX_SIMS,
          uniqueItems: true,
          description: 'The ICCIDs of all SIMs on the device, in the order to list them.',
          examples: [['89883070000007537119']],
        }),
      ),
    ),
    ...OPTIONAL_TEXTS,
    metadata: Type.Optional(NewMetadata),
    id: Type.Optional(Type.String({ description: 'Ignored. Present so that an export can be imported as it is.' })),
  },
  { title: 'ImportDevice' },
)
export type ImportDevice = Static<typeof ImportDevice>

export const ExportedDevice = closed(
  {
    id: DeviceId,
    imei: Type.String({ description: 'The IMEI, 15 digits.', examples: ['492388841798923'] }),
    user: nullable(Type.String({ description: "The owner's e-mail address.", examples: ['jerry@example.com'] })),
    iccids: Type.Array(Type.String(), { description: 'The ICCIDs of its SIMs.', examples: [['89883070000007537119']] }),
    ...TEXTS,
    metadata: Metadata,
  },
  { title: 'ExportedDevice', description: 'A device in the format of exports and imports.' },
)
export type ExportedDevice = Static<typeof ExportedDevice>

export const UpdateDevice = closed(
  {
    ...OPTIONAL_TEXTS,
    metadata: Type.Optional(MetadataChanges),
    sims: Type.Optional(Type.Array(Type.String(), SIM_IDS)),
    user: Type.Optional(Owner),
    moveSims: Type.Optional(MoveSims),
  },
  { title: 'UpdateDevice' },
)
export type UpdateDevice = Static<typeof UpdateDevice>

export const ReplaceDevice = closed(
  {
    imei: Imei,
    ...OPTIONAL_TEXTS,
    metadata: Type.Optional(NewMetadata),
    old: Type.Optional(
      oneOf(['unassign', 'keep', 'delete'], {
        default: 'unassign',
        description:
          'What happens to the old device: `unassign` clears its user and name, `keep` leaves them (the new device then ' +
          'has no name unless one is given), `delete` deletes it. Its SIMs move in each case.',
      }),
    ),
  },
  { title: 'ReplaceDevice' },
)
export type ReplaceDevice = Static<typeof ReplaceDevice>

export const SearchDevices = closed({ imei: Imei }, { title: 'SearchDevices' })

/** The maximum number of SIMs that the filter `sims` accepts. */
const MAX_FILTER_SIMS = 100

/** The value of the filter `model` for devices whose TAC the catalogue does not know. */
export const UNKNOWN_MODEL = 'unknown'

const DEVICE_FILTERS = {
  sim: Type.Optional(Type.String({ pattern: SIM_ID_PATTERN, description: 'Only the device that has this SIM.' })),
  sims: Type.Optional(
    Type.Array(Type.String({ pattern: SIM_ID_PATTERN }), {
      maxItems: MAX_FILTER_SIMS,
      description: 'Only devices that have one of these SIMs: ids, comma-separated or repeated.',
    }),
  ),
  user: Type.Optional(Type.String({ pattern: USER_ID_PATTERN, description: 'Only devices of this user.' })),
  ...MODEL_FILTERS,
  model: Type.Optional(
    Type.String({
      pattern: `^${UNKNOWN_MODEL}$|${idPattern('dmd')}`,
      description: `Only devices of this device model; \`${UNKNOWN_MODEL}\` for devices without a model.`,
      examples: ['dmd_0VbmlLFV0zEz3KWvtqloSV', UNKNOWN_MODEL],
    }),
  ),
  tac: anyOf(Tac, 'Only devices with this TAC (type allocation code).'),
  createdAfter: timeFilter('Only devices created at or after this time (RFC 3339).'),
  createdBefore: timeFilter('Only devices created before this time (RFC 3339).'),
  q: wordSearch('the name or a metadata value'),
}

export const ListDevices = listQuery(DEVICE_ID_PATTERN, DEVICE_FILTERS)
export type ListDevices = Static<typeof ListDevices>

export const CountDevices = closed(DEVICE_FILTERS)
export type CountDevices = Static<typeof CountDevices>

const DevicePath = closed({ ...ProjectPath.properties, device: DeviceId })

const tags: [string] = ['Devices']

export const DevicesCreate = {
  operationId: 'DevicesCreate',
  method: 'POST',
  path: '/projects/{project}/devices',
  access: 'user',
  ownUser: 'user',
  idempotent: true,
  tags,
  summary: 'Create a device',
  description: 'Creates a device with the given parameters. An IMEI can be registered only once per project.',
  params: ProjectPath,
  body: CreateDevice,
  example: {
    imei: '492388841798923',
    name: "Anna's iPhone 12 Pro",
    sims: ['sim_test_esim'],
    metadata: { colour: 'blue' },
  },
  response: { 201: Device },
} satisfies Operation

export const DevicesRetrieve = {
  operationId: 'DevicesRetrieve',
  method: 'GET',
  path: '/projects/{project}/devices/{device}',
  access: 'open',
  tags,
  summary: 'Retrieve a device',
  description: 'Retrieves a device with its model, SIMs and user.',
  params: DevicePath,
  response: { 200: Device },
} satisfies Operation

export const DevicesUpdate = {
  operationId: 'DevicesUpdate',
  method: 'PATCH',
  path: '/projects/{project}/devices/{device}',
  access: 'user',
  ownUser: 'user',
  guarded: true,
  tags,
  summary: 'Update a device',
  description:
    'Updates the given properties of a device and leaves the others unchanged. `sims` replaces the whole set.',
  params: DevicePath,
  body: UpdateDevice,
  example: { name: 'Work phone', metadata: { colour: null, floor: '3' } },
  response: { 200: Device },
} satisfies Operation

export const DevicesDelete = {
  operationId: 'DevicesDelete',
  method: 'DELETE',
  path: '/projects/{project}/devices/{device}',
  access: 'user',
  idempotent: true,
  guarded: true,
  tags,
  summary: 'Delete a device',
  description: 'Deletes a device and returns it as it was. Its SIMs become free.',
  params: DevicePath,
  response: { 200: Device },
} satisfies Operation

export const DevicesReplace = {
  operationId: 'DevicesReplace',
  method: 'POST',
  path: '/projects/{project}/devices/{device}/replacement',
  access: 'user',
  idempotent: true,
  tags,
  summary: 'Replace a device',
  description:
    'Registers a new device in place of this one, in one transaction. The new device gets the user and the SIMs, and ' +
    'the name and metadata unless they are given.',
  params: DevicePath,
  body: ReplaceDevice,
  example: { imei: '353255072901231', name: "Anna's new phone", old: 'unassign' },
  response: { 201: Device },
} satisfies Operation

export const DevicesSearch = {
  operationId: 'DevicesSearch',
  method: 'POST',
  path: '/projects/{project}/devices/search',
  access: 'open',
  idempotent: true,
  tags,
  summary: 'Search for devices',
  description: 'Finds the device with the given IMEI.',
  params: ProjectPath,
  body: SearchDevices,
  example: { imei: '492388841798923' },
  response: { 200: DeviceList },
} satisfies Operation

export const DevicesList = {
  operationId: 'DevicesList',
  method: 'GET',
  path: '/projects/{project}/devices',
  access: 'open',
  tags,
  summary: 'List all devices',
  description: 'Returns a list of devices, most recently created first.',
  params: ProjectPath,
  querystring: ListDevices,
  response: { 200: DeviceList },
} satisfies Operation

export const DevicesCount = {
  operationId: 'DevicesCount',
  method: 'GET',
  path: '/projects/{project}/devices/count',
  access: 'viewer',
  tags,
  summary: 'Count devices',
  description: 'Counts the devices in the list with these filters, up to 10,000, or 1,000 with `q`.',
  params: ProjectPath,
  querystring: CountDevices,
  response: { 200: Count },
} satisfies Operation

export const DevicesStatistics = {
  operationId: 'DevicesStatistics',
  method: 'GET',
  path: '/projects/{project}/devices/statistics',
  access: 'viewer',
  tags,
  summary: 'Count devices by model and time',
  description:
    'Counts the devices of the project by model, brand, type, SIM types and time of registration, as a consistent ' +
    'snapshot without deleted devices. Also counts what the catalogue knows about them, and the TACs that it does not know.',
  params: ProjectPath,
  response: { 200: DeviceStatistics },
} satisfies Operation

export const DevicesImport = importOperation('DevicesImport', tags[0], 'devices', ImportDevice, {
  imei: '353255072901231',
  name: 'Tablet of the front desk',
  metadata: { floor: '2' },
})

export const DevicesExport = exportOperation('DevicesExport', tags[0], 'devices', ExportedDevice)
