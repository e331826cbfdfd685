import { type Format, readIdentity } from './entry.ts'

/**
 * The CSV of the Osmocom TAC database: a licence banner, then a header with two columns called `name`: the brand, then
 * the model. It states neither type nor SIM types.
 */
export const osmocom: Format = {
  recognises: (header) =>
    header[0] === 'tac' && header[1] === 'name' && header[2] === 'name' && !header.includes('brand'),
  reader: () => (cells) => readIdentity(cells[0], cells[1], cells[2]),
}
