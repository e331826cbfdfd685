import { type Static, Type } from 'typebox'
import { exportOperation } from '../../contract/export.ts'
import { DeviceModel } from '../../contract/model.ts'
import type { Operation } from '../../contract/operation.ts'
import { ProjectPath } from '../../contract/project.ts'
import {
  anyOf,
  closed,
  ErrorResponse,
  idOf,
  List,
  listQuery,
  Metadata,
  MetadataChanges,
  NamePrefix,
  NewMetadata,
  nullable,
  nullableObject,
  oneOf,
  type RuleName,
  Timestamp,
  timeFilter,
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
    'The IMEI (international mobile equipment identity), 15 digits, or the IMEISV, 16 digits, which is turned into it. ' +
    'A `live` project refuses a check digit that does not fit.',
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
const Owner = nullable(
  Type.String({
    description: 'Unique user identifier for the device owner.',
    examples: ['usr_0SNlurA049MEWV4OpCwsNyC9Kn2d'],
  }),
)
const SIM_IDS = {
  uniqueItems: true,
  description:
    'Identifiers of all SIMs on the device, in the order they are to be listed. In `test` projects an API key may give ' +
    '`sim_test_esim` or `sim_test_psim` instead: each time, a new SIM of provider `test` is made.',
  examples: [['sim_0SNlurA049MEWV1BAAmWZULA4lf6']],
}

const Count = Type.Integer({ minimum: 0, description: 'How many devices.', examples: [12] })

export const Device = closed(
  {
    object: Type.Literal('device'),
    id: DeviceId,
    metadata: Metadata,
    createdAt: Timestamp,
    imei: nullable(Type.String({ description: 'The IMEI, 15 digits.', examples: ['492388841798923'] })),
    model: nullableObject(DeviceModel, "The catalogue's entry for the TAC, null while it has none."),
    name: nullable(Type.String({ description: 'An optional custom name.', examples: ["Anna's iPhone 12 Pro"] })),
    sims: Type.Array(Sim, { description: 'The SIMs on this device.' }),
    user: nullableObject(User, 'The owner of the device.'),
  },
  { title: 'Device', description: "A phone, watch, router or other device, tied to a user's plan." },
)
export type Device = Static<typeof Device>

export const DeviceList = List(Device)

/** What the statistics of devices are bounded by. */
export const MOST_MODELS = 50
export const MOST_PERIODS = 60

const { brand, type, simTypes } = DeviceModel.properties

export const DeviceStatistics = closed(
  {
    object: Type.Literal('deviceStatistics'),
    devices: Count,
    brands: Type.Array(closed({ brand: nullable(brand), devices: Count }), { description: 'Of each brand.' }),
    types: Type.Array(closed({ type: nullable(type), devices: Count }), { description: 'Of each type.' }),
    simTypes: Type.Array(closed({ simTypes, devices: Count }), {
      description: 'Of those that take just these types of SIM; empty where that is not known.',
    }),
    registered: Type.Array(closed({ from: Timestamp, until: Timestamp, devices: Count }), {
      description:
        `When they were registered: at most ${MOST_PERIODS} periods of one length, a minute at least, from that of the ` +
        'first to that of the last. `from` is in it, `until` is not.',
    }),
    models: Type.Array(closed({ model: nullableObject(DeviceModel, 'The model.'), devices: Count }), {
      description: `Of each of the ${MOST_MODELS} commonest models.`,
    }),
  },
  {
    title: 'DeviceStatistics',
    description:
      'How many devices a project has, the commonest first; null stands for what the catalogue does not know.',
  },
)

export const CreateDevice = closed(
  {
    imei: Imei,
    user: Type.Optional(Owner),
    sims: Type.Optional(nullable(Type.Array(Type.String(), SIM_IDS))),
    name: Type.Optional(Name),
    metadata: Type.Optional(NewMetadata),
  },
  { title: 'CreateDevice' },
)
export type CreateDevice = Static<typeof CreateDevice>

/** A device as an import names it: by what holds in any registry, where ids do not. */
export const ImportDevice = closed(
  {
    imei: Imei,
    user: Type.Optional(
      nullable(
        Type.String({
          description: 'The owner: their e-mail address, or their id.',
          examples: ['jerry@example.com'],
        }),
      ),
    ),
    iccids: Type.Optional(
      nullable(
        Type.Array(Iccid, {
          uniqueItems: true,
          description: 'The ICCIDs of all SIMs on the device, in the order they are to be listed.',
          examples: [['89883070000007537119']],
        }),
      ),
    ),
    name: Type.Optional(Name),
    metadata: Type.Optional(NewMetadata),
    id: Type.Optional(Type.String({ description: 'Passed over: an export has it.' })),
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
    name: nullable(Type.String({ examples: ["Anna's iPhone 12 Pro"] })),
    metadata: Metadata,
  },
  { title: 'ExportedDevice', description: 'A device as an export shows it, and an import takes it.' },
)
export type ExportedDevice = Static<typeof ExportedDevice>

export const ImportResult = closed(
  {
    object: Type.Literal('importResult'),
    line: Type.Integer({ minimum: 1, description: 'The line of the body, counted from 1.' }),
    status: oneOf(['created', 'unchanged', 'rejected'], {
      description: '`unchanged` is a device that is there already and holds all that its line says.',
    }),
    id: Type.Optional(DeviceId),
    error: Type.Optional(ErrorResponse),
  },
  { title: 'ImportResult', description: 'What became of a line.' },
)

export const UpdateDevice = closed(
  {
    name: Type.Optional(Name),
    metadata: Type.Optional(MetadataChanges),
    sims: Type.Optional(Type.Array(Type.String(), SIM_IDS)),
    user: Type.Optional(Owner),
  },
  { title: 'UpdateDevice' },
)
export type UpdateDevice = Static<typeof UpdateDevice>

export const SearchDevices = closed({ imei: Imei }, { title: 'SearchDevices' })

export const ListDevices = listQuery(DEVICE_ID_PATTERN, {
  sim: Type.Optional(Type.String({ pattern: SIM_ID_PATTERN, description: 'Only the device that this SIM is on.' })),
  user: Type.Optional(Type.String({ pattern: USER_ID_PATTERN, description: 'Only devices of this user.' })),
  ...MODEL_FILTERS,
  tac: anyOf(
    Type.String({ pattern: '^[0-9]{8}$', examples: ['49238884'] }),
    'Only devices with this type allocation code.',
  ),
  createdAfter: timeFilter('Only devices created at this time (RFC 3339) or later.'),
  createdBefore: timeFilter('Only devices created before this time (RFC 3339).'),
  q: NamePrefix,
})
export type ListDevices = Static<typeof ListDevices>

const DevicePath = closed({ ...ProjectPath.properties, device: DeviceId })

const tags: [string] = ['Devices']

export const DevicesCreate = {
  operationId: 'DevicesCreate',
  tags,
  summary: 'Create a device',
  description: 'Creates a new device with the given parameters. An IMEI is registered once in a project.',
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
  tags,
  summary: 'Retrieve a device',
  description: 'Retrieves the details of an existing device, with its model, SIMs and user.',
  params: DevicePath,
  response: { 200: Device },
} satisfies Operation

export const DevicesUpdate = {
  operationId: 'DevicesUpdate',
  tags,
  summary: 'Update a device',
  description:
    'Updates the given properties of an existing device; those not given stay. `sims` replaces the whole set.',
  params: DevicePath,
  body: UpdateDevice,
  example: { name: 'Work phone', metadata: { colour: null, floor: '3' } },
  response: { 200: Device },
} satisfies Operation

export const DevicesDelete = {
  operationId: 'DevicesDelete',
  tags,
  summary: 'Delete a device',
  description: 'Deletes a device and returns it as it was. Its SIMs are free again.',
  params: DevicePath,
  response: { 200: Device },
} satisfies Operation

export const DevicesSearch = {
  operationId: 'DevicesSearch',
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
  tags,
  summary: 'List all devices',
  description: 'Returns a list of devices, the most recently created first.',
  params: ProjectPath,
  querystring: ListDevices,
  response: { 200: DeviceList },
} satisfies Operation

export const DevicesStatistics = {
  operationId: 'DevicesStatistics',
  tags,
  summary: 'Count devices',
  description:
    'Counts the devices of the project by what they are and by when they were registered, all at one moment; deleted ' +
    'ones are not in it.',
  params: ProjectPath,
  response: { 200: DeviceStatistics },
} satisfies Operation

export const DevicesImport = {
  operationId: 'DevicesImport',
  tags,
  summary: 'Import devices',
  description:
    'Takes one device a line (NDJSON) for as long as the body goes on, and answers each with a line of its own, behind ' +
    'the commit that makes it durable. A line that cannot be taken is `rejected` with its error and stops nothing. A ' +
    'device that is there already is `unchanged` when it holds all that its line says, else rejected: so an import that ' +
    'broke off is sent again as it is, and an `Idempotency-Key` is not looked at. Where the import itself fails, the ' +
    'last line is the error.',
  params: ProjectPath,
  stream: {
    body: ImportDevice,
    answers: { 'application/x-ndjson': Type.Union([ImportResult, ErrorResponse]) },
  },
  example: { imei: '353255072901231', name: 'Tablet of the front desk', metadata: { floor: '2' } },
  response: { 200: Type.String({ description: 'A line for each line of the body, in its order.' }) },
} satisfies Operation

export const DevicesExport = exportOperation('DevicesExport', tags[0], 'devices', ExportedDevice)
