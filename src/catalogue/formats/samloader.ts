import { samsungNameOf } from '../facts/names.ts'
import { type Format, readIdentity } from './entry.ts'

/**
 * Groups of codes that the list repeats for TACs of several phones, found by the name alone: those of the Galaxy Note 10.1
 * also stand for the Note10 and Note10+, those of the S4 Mini also for the S4. These TACs cannot be told apart.
 */
const AMBIGUOUS_GROUPS = new Set([
  'GT-N8000 GT-N8005 GT-N8010 GT-N8013 GT-N8020 SHV-E230 SHW-M480',
  'GT-I9195 GT-I9197',
])

/**
 * The list of the samloader family of tools: a TAC, then the codes of the Samsung models that it was seen on. A TAC with
 * several codes is accepted if all of them belong to one phone. A TAC of seven digits has lost its leading zero.
 */
export const samloader: Format = {
  recognises: (header) => header[0] === 'tac' && header[1] === 'model',
  reader: () => (cells) => {
    const [tac = '', ...codes] = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
    const phones = codes.map(samsungNameOf)
    const group = [...new Set(phones.map(({ code }) => code))].sort().join(' ')
    if (AMBIGUOUS_GROUPS.has(group)) return { reason: `its group of codes stands for several phones: ${group}` }
    const names = new Set(phones.flatMap(({ name }) => name ?? []))
    // Codes without a known name are variants of the named phone, or no code has a name.
    const found = names.size > 0 ? names : new Set(phones.map(({ code }) => code))
    if (found.size > 1) return { reason: `its codes belong to several phones: ${[...found].join(', ')}` }
    return readIdentity(/^[0-9]{7}$/.test(tac) ? `0${tac}` : tac, 'Samsung', [...found][0])
  },
}
