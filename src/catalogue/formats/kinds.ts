import { DEVICE_TYPES, type DeviceType, SIM_TYPES, type SimTypes } from '../../contract/device-kinds.ts'

/** What an operator's own list may state about a model besides its brand and name. */
export type Kinds = { type?: DeviceType; simTypes?: SimTypes }

/**
 * Reads a type (one of the API's) and SIM types (`eSIM`, `pSIM` or `eSIM+pSIM`), ignoring case. Each may be empty if it
 * is not known. Returns the reason if one is invalid.
 */
export function readKinds(typeText: string, simTypesText: string): Kinds | { reason: string } {
  const type = DEVICE_TYPES.find((known) => known === typeText.toLowerCase())
  if (typeText !== '' && type === undefined) {
    return { reason: `the type "${typeText}" is not one of ${DEVICE_TYPES.join(', ')}` }
  }
  const parts = simTypesText === '' ? [] : simTypesText.toLowerCase().split(/\s*[+,;|/\s]\s*/)
  const simTypes = SIM_TYPES.filter((known) => parts.includes(known.toLowerCase()))
  if (simTypes.length !== parts.length) {
    return { reason: `the SIM types "${simTypesText}" are not eSIM, pSIM or eSIM+pSIM` }
  }
  return { ...(type ? { type } : {}), ...(simTypes.length > 0 ? { simTypes } : {}) }
}
