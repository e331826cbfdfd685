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
