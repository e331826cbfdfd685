import { type Static, Type } from 'typebox'
import { DEVICE_TYPES, SIM_TYPES } from './device-kinds.ts'
import { closed, idOf, oneOf } from './schemas.ts'

export const DeviceModelId = idOf('dmd', 'Unique identifier for the device model.', 'dmd_0SNlurA04OUskUGfGAn3Rh')

export const DeviceModel = closed(
  {
    object: Type.Literal('deviceModel'),
    id: DeviceModelId,
    brand: Type.String({ description: 'The brand of the device model.', examples: ['Apple'] }),
    name: Type.String({ description: "The device model's name.", examples: ['iPhone 12 Pro'] }),
    simTypes: Type.Array(oneOf(SIM_TYPES), {
      description: 'The SIM types that the model supports. Empty if they are unknown.',
      examples: [['eSIM', 'pSIM']],
    }),
    type: oneOf(DEVICE_TYPES, { description: 'The type of the device model.', examples: ['smartphone'] }),
  },
  { title: 'DeviceModel', description: 'An entry in the catalogue, found by the TAC of an IMEI.' },
)
export type DeviceModel = Static<typeof DeviceModel>
