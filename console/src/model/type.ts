import type { DeviceModel } from '@handset/sdk'

/** The types of device as people call them. */
export const TYPE_NAMES: Record<DeviceModel['type'], string> = {
  smartphone: 'Smartphone',
  'feature-phone': 'Feature phone',
  tablet: 'Tablet',
  laptop: 'Laptop',
  smartwatch: 'Smartwatch',
  wearable: 'Wearable',
  router: 'Router',
  car: 'Car',
  iot: 'IoT device',
  other: 'Other',
}

export const DEVICE_TYPES = Object.keys(TYPE_NAMES) as DeviceModel['type'][]
