import { samsungNameOf } from '../facts/names.ts'
import { resolveGroup } from '../facts/samloader-groups.ts'
import { type Format, readIdentity } from './entry.ts'

/** Codes under which an operator sells a phone that has another code elsewhere: in Japan, and by TracFone in the US. */
const OPERATOR_CODE = /^(?:SC[A-Z-]*\d|\d{3}SC|SM-S\d{3}[A-Z]L$)/

/**
 * The list of the samloader family of tools: a TAC, then the codes of the Samsung models that it was seen on. A TAC with
 * several codes is accepted if all of them belong to one phone. A TAC of seven digits has lost its leading zero.
 */
export const samloader: Format = {
  recognises: (header) => header[0] === 'tac' && header[1] === 'model',
  reader: () => (cells) => {
    const [text = '', ...codes] = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
    const tac = /^[0-9]{7}$/.test(text) ? `0${text}` : text
    const group = resolveGroup(tac, codes)
    if (group !== undefined && group.others.length === 0) {
      if (group.name === null) return { reason: `its group of codes stands for several phones: ${codes.join(' ')}` }
      return readIdentity(tac, 'Samsung', group.name)
    }
    const phones = phonesOf(group?.others ?? codes)
    if (phones.length > 1) return { reason: `its codes belong to several phones: ${phones.join(', ')}` }
    return readIdentity(tac, 'Samsung', phones[0])
  },
}

/** The phones that codes belong to: their names, and the codes whose name is unknown. */
function phonesOf(codes: readonly string[]): string[] {
  const phones = codes.map((text) => ({ text, ...samsungNameOf(text) }))
  const names = new Set(phones.flatMap(({ name }) => name ?? []))
  // An operator's code without a known name is a variant of the named phone.
  const unnamed = phones.filter(({ name, text }) => name === null && !(names.size > 0 && OPERATOR_CODE.test(text)))
  return [...new Set([...names, ...unnamed.map(({ code }) => code)])]
}
