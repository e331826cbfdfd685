import { type DeviceTexts, TEXTS } from './schema.ts'

export const TEXT_NAMES = Object.keys(TEXTS) as (keyof DeviceTexts)[]

/** An object with a value for each text of a device. */
export function mapTexts<Value>(valueFor: (name: keyof DeviceTexts) => Value): Record<keyof DeviceTexts, Value> {
  return Object.fromEntries(TEXT_NAMES.map((name) => [name, valueFor(name)])) as Record<keyof DeviceTexts, Value>
}

/** The texts that `given` sets. Those that it lacks keep their value in `current`, which is null by default. */
export function textsOf(given: Partial<DeviceTexts>, current: Partial<DeviceTexts> = {}): DeviceTexts {
  return mapTexts((name) => (given[name] === undefined ? current[name] : given[name]) ?? null)
}
