import { DEVICE_TYPES, type DeviceType, SIM_TYPES, type SimTypes } from '../../contract/model.ts'

/** What an operator's own list may say of a model beside its brand and name. */
export type Kinds = { type?: DeviceType; simTypes?: SimTypes }

/**
 * Reads a type (one of the API's) and SIM types (`eSIM`, `pSIM` or `eSIM+pSIM`), each of which may be empty for not
 * known; gives the reason where one is neither.
 */
export function readKinds(typeText: string, simTypesText: string): Kinds | { reason: string } {
  const type = DEVICE_TYPES.find((known) => known === typeText)
  if (typeText !== '' && type === undefined) {
    return { reason: `the type "${typeText}" is not one of ${DEVICE_TYPES.join(', ')}` }
  }
  const parts = simTypesText === '' ? [] : simTypesText.split('+')
  const simTypes = SIM_TYPES.filter((known) => parts.includes(known))
  if (simTypes.length !== parts.length) {
    return { reason: `the SIM types "${simTypesText}" are not eSIM, pSIM or eSIM+pSIM` }
  }
  return { ...(type ? { type } : {}), ...(simTypes.length > 0 ? { simTypes } : {}) }
}
