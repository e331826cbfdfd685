import { SetupError } from '../../errors.ts'
import { type Format, readIdentity, withKinds } from './entry.ts'
import { readKinds } from './kinds.ts'

const COLUMNS = ['tac', 'brand', 'name', 'type', 'simtypes'] as const

/**
 * Handset's own CSV: the columns `tac`, `brand` and `name`, and optionally `type` (a type of the API) and `simTypes`
 * (`eSIM`, `pSIM` or `eSIM+pSIM`). Other columns are ignored, as are lines that start with `#`. Without a name, the
 * brand is the answer.
 */
export const csv: Format = {
  recognises: (header) => ['tac', 'brand', 'name'].every((column) => header.includes(column)),
  reader(header) {
    const repeated = COLUMNS.find((column) => header.indexOf(column) !== header.lastIndexOf(column))
    if (repeated !== undefined) {
      throw new SetupError(`The header has the column "${repeated}" twice. Remove or rename one of them.`)
    }
    const [tac, brand, name, type, simTypes] = COLUMNS.map((column) => header.indexOf(column)) as [
      number,
      number,
      number,
      number,
      number,
    ]
    return (cells) => {
      const entry = readIdentity(cells[tac], cells[brand], cells[name] || cells[brand])
      if ('reason' in entry) return entry
      const kinds = readKinds(cells[type] ?? '', cells[simTypes] ?? '')
      return 'reason' in kinds ? kinds : withKinds(entry, kinds)
    }
  },
}
