import { normalise } from './normalise.ts'
import { type Numbers, readLine } from './numbers.ts'
import type { Identifier, Reading } from './reading.ts'

const ID = /(?<![0-9A-Za-z_])(?:(dev|usr|sim)_[0-9A-Za-z]{28}|(dmd)_[0-9A-Za-z]{22})(?![0-9A-Za-z_])/g
const PATHS = { dev: 'devices', usr: 'users', sim: 'sims', dmd: 'models' } as const
/** Addresses with international domains and local parts too (RFC 6531). */
const EMAIL = /[^\s<>()[\]{}:;,|"'@]+@(?:[\p{L}\p{M}\p{N}-]+\.)+[\p{L}\p{M}\p{N}-]*[\p{L}\p{N}]/gu
const URL_START = /^https?:\/\//i
const PHONE_NUMBER = /^(?:tel:\s*\+?|\+)[0-9 ()./-]+$/i
const LINE_END = /[\n;|]/

/**
 * Reads what a person typed, or pasted from a phone, a box, a spreadsheet or a mail. Digits of an IMEI are never added
 * or removed.
 */
export function readIdentifier(typed: string): Reading {
  const text = normalise(typed)
  if (text === '') return { kind: 'nothing' }
  const ids = readIds(text)
  if (URL_START.test(text)) return ids.length > 0 ? oneOf(ids) : readUrl(text)
  const emails = readEmails(typed)
  const numbers = readNumbers(text.replace(ID, ' ').replace(EMAIL, ' '))
  const found = unique([...ids, ...numbers.found, ...emails])
  if (found.length > 0) return oneOf(found)
  if (PHONE_NUMBER.test(text)) return { kind: 'phone-number', text }
  if (numbers.eids[0] !== undefined) return { kind: 'eid', eid: numbers.eids[0] }
  const digits = numbers.rest.join('')
  return digits === '' || numbers.hasOtherWords ? { kind: 'text', text: typed.trim() } : { kind: 'digits', digits }
}

/**
 * The numbers or address in a text, without labels, spaces and dashes. Any other text is returned unchanged, for the API
 * to validate.
 */
export function bareText(typed: string): string {
  const reading = readIdentifier(typed)
  switch (reading.kind) {
    case 'imei':
      return reading.imei
    case 'imeisv':
      return reading.imeisv
    case 'iccid':
      return reading.iccid
    case 'email':
      return reading.email
    case 'eid':
      return reading.eid
    case 'several':
      return reading.found.map(textOf).join(', ')
    case 'digits':
      return reading.digits
    default:
      return typed.trim()
  }
}

/** The address in `Name <address>` or a mailto link. Any other text is returned unchanged, for the API to validate. */
export function bareEmail(typed: string): string {
  const text = typed.trim()
  const isWrapped = /^mailto:/i.test(text) || /^[^<>@]*<[^<>]+>[.,;]?$/.test(text)
  return isWrapped ? bareText(text) : text
}

/** What an identifier is searched by. */
export function textOf(identifier: Identifier): string {
  switch (identifier.kind) {
    case 'imei':
      return identifier.imei
    case 'imeisv':
      return identifier.imeisv
    case 'iccid':
      return identifier.iccid
    case 'email':
      return identifier.email
    case 'id':
      return identifier.path.slice(identifier.path.lastIndexOf('/') + 1)
  }
}

function readIds(text: string): Identifier[] {
  const ids = Array.from(text.matchAll(ID), ([id, own, model]): Identifier => {
    return { kind: 'id', path: `/${PATHS[(own ?? model) as keyof typeof PATHS]}/${id}` }
  })
  return unique(ids)
}

function readEmails(typed: string): Identifier[] {
  const text = /^\s*mailto:/i.test(typed) ? decode(typed.replace(/\?.*/s, '')) : typed
  const plain = text.replace(/\p{Cf}/gu, '').replaceAll('\uff20', '@')
  return unique(Array.from(plain.matchAll(EMAIL), ([email]): Identifier => ({ kind: 'email', email })))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** An address of the console or the API: what it searches for. */
function readUrl(text: string): Reading {
  if (!URL.canParse(text)) return { kind: 'text', text }
  const { searchParams } = new URL(text)
  const terms = ['q', 'imei', 'iccid', 'email'].flatMap((name) => searchParams.getAll(name)).join('\n')
  const reading = readIdentifier(terms)
  return reading.kind === 'nothing' ? { kind: 'text', text } : reading
}

function readNumbers(text: string): Numbers {
  const lines = text.split(LINE_END)
  const all = lines.map(readLine)
  const found = all.flatMap(({ found }) => found)
  const eids = all.flatMap(({ eids }) => eids)
  const rest = all.flatMap(({ rest }) => rest)
  const hasOtherWords = all.some(({ hasOtherWords }) => hasOtherWords)
  if (hasOtherWords || rest.length === 0) return { found, eids, rest, hasOtherWords }
  // Only numbers, some of them incomplete. A SIM card shows its ICCID on two or more lines.
  const joined = readLine(rest.join(' '))
  if (found.length === 0 && rest.length > 1 && joined.rest.length === 0)
    return { ...joined, eids: [...eids, ...joined.eids] }
  const digits = found.length === 0 ? rest.join('') : text.replace(/[^0-9]/g, '')
  return { found: [], eids: [], rest: [digits], hasOtherWords }
}

function oneOf(found: readonly Identifier[]): Reading {
  const [only] = found
  return found.length === 1 && only !== undefined ? only : { kind: 'several', found }
}

function unique(found: readonly Identifier[]): Identifier[] {
  return [...new Map(found.map((identifier) => [JSON.stringify(identifier), identifier])).values()]
}
