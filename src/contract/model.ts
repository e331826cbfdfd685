import { type Static, Type } from 'typebox'
import { closed, idOf, oneOf } from './schemas.ts'

/** The types of a device model. */
export const DEVICE_TYPES = [
  'car',
  'iot',
  'laptop',
  'router',
  'smartphone',
  'feature-phone',
  'smartwatch',
  'tablet',
  'wearable',
  'other',
] as const
export type DeviceType = (typeof DEVICE_TYPES)[number]

/** The types of a SIM, in the order in which a device model lists them. */
export const SIM_TYPES = ['eSIM', 'pSIM'] as const
export type SimType = (typeof SIM_TYPES)[number]

/** The SIM types that a model takes; empty if they are unknown. */
export type SimTypes = SimType[]

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
