import { type Format, readIdentity } from './entry.ts'

/**
 * The CSV of the Osmocom TAC database: a licence banner, then a header in which two columns are both called `name`,
 * the brand and then the model. It says neither type nor SIM types.
 */
export const osmocom: Format = {
  recognises: (header) =>
    header[0] === 'tac' && header[1] === 'name' && header[2] === 'name' && !header.includes('brand'),
  reader: () => (cells) => readIdentity(cells[0], cells[1], cells[2]),
}
