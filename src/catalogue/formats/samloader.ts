import { samsungNameOf } from '../facts/names.ts'
import { type Format, readIdentity } from './entry.ts'

/**
 * The list of the samloader family of tools: a TAC, then the codes of the Samsung models that it was seen on. A TAC with
 * several codes is taken where all of them are one phone; a TAC of seven digits has lost its leading zero.
 */
export const samloader: Format = {
  recognises: (header) => header[0] === 'tac' && header[1] === 'model',
  reader: () => (cells) => {
    const [tac = '', ...codes] = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
    const phones = codes.map(samsungNameOf)
    const names = new Set(phones.flatMap(({ name }) => name ?? []))
    // Codes that no name is known for are variants of the named phone, or there is no named phone at all.
    const found = names.size > 0 ? names : new Set(phones.map(({ code }) => code))
    if (found.size > 1) return { reason: `its codes are of several phones: ${[...found].join(', ')}` }
    return readIdentity(/^[0-9]{7}$/.test(tac) ? `0${tac}` : tac, 'Samsung', [...found][0])
  },
}
