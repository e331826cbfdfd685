import { type Format, readIdentity } from './entry.ts'
import { readKinds } from './kinds.ts'

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
      const entry = readIdentity(cells[tac], cells[brand], cells[name])
      if ('reason' in entry) return entry
      const kinds = readKinds((cells[type] ?? '').trim(), (cells[simTypes] ?? '').trim())
      return 'reason' in kinds ? kinds : { ...entry, ...kinds }
    }
  },
}
