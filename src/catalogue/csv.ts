import { DEVICE_TYPES } from '../resources/device-models/schema.ts'
import { SIM_TYPES } from '../resources/sims/schema.ts'
import { type Entry, type Format, readIdentity } from './entry.ts'

/**
 * Handset's own CSV: the columns `tac`, `brand` and `name`, and where known `type` (one of the API's) and `simTypes`
 * (`eSIM`, `pSIM` or `eSIM+pSIM`). Other columns are passed over; lines beginning with `#` are comments.
 */
export const csv: Format = {
  recognises: (header) => ['tac', 'brand', 'name'].every((column) => header.includes(column)),
  reader(header) {
    const [tac, brand, name, type, simTypes] = ['tac', 'brand', 'name', 'type', 'simtypes'].map((column) =>
      header.indexOf(column),
    ) as [number, number, number, number, number]
    return (cells) => {
      const identity = readIdentity(cells[tac], cells[brand], cells[name])
      if ('reason' in identity) return identity
      return addKinds(identity, (cells[type] ?? '').trim(), (cells[simTypes] ?? '').trim())
    }
  },
}

function addKinds(entry: Entry, typeText: string, simTypesText: string): Entry | { reason: string } {
  const type = DEVICE_TYPES.find((known) => known === typeText)
  if (typeText !== '' && type === undefined) {
    return { reason: `the type "${typeText}" is not one of ${DEVICE_TYPES.join(', ')}` }
  }
  const parts = simTypesText === '' ? [] : simTypesText.split('+')
  const simTypes = SIM_TYPES.filter((known) => parts.includes(known))
  if (simTypes.length !== parts.length)
    return { reason: `the SIM types "${simTypesText}" are not eSIM, pSIM or eSIM+pSIM` }
  return { ...entry, ...(type ? { type } : {}), ...(simTypes.length > 0 ? { simTypes } : {}) }
}
