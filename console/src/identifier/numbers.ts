import { checkDigit, hasCheckDigit } from './luhn.ts'
import type { Identifier } from './reading.ts'

/** The numbers in a line. */
export interface Numbers {
  found: Identifier[]
  eids: string[]
  /** Digits that are not a complete identifier. */
  rest: string[]
  /** Whether the line has words other than the labels of numbers. */
  hasOtherWords: boolean
}

interface Token {
  kind: 'digits' | 'word' | 'separator' | 'boundary'
  text: string
}

const TOKEN = /([0-9]+)|(\p{L}+)|([ ._/-]+)|[\s\S]/gu
const LABELS = new Set('imei imeisv iccid icc sim esim eid slot card line urn gsma tel sv svn'.split(' '))
/** Words that continue a label. */
const NUMBER_WORDS = new Set('no nr number nummer numero'.split(' '))
/** Labels of other numbers: a serial number may have 15 digits too. */
const FOREIGN_LABELS = new Set('sn serial pn meid phone mobile order'.split(' '))
const SLOT = /^[1-4]$/
const SOFTWARE_VERSION = /^[0-9]{2}$/

/** Reads a normalised line. */
export function readLine(line: string): Numbers {
  const tokens = tokenise(line)
  const withoutSlots = readTokens(withoutSoftwareVersions(tokens.filter((_, at) => !isSlot(tokens, at))))
  if (withoutSlots.rest.length === 0) return withoutSlots
  // A digit after a label can be the first of the number: "IMEI 4 9015420 323751 8".
  const withSlots = readTokens(withoutSoftwareVersions(tokens))
  return withSlots.rest.length === 0 ? withSlots : withoutSlots
}

function tokenise(line: string): Token[] {
  const text = line
    .replace(/\b([sp])\s*\/\s*n\b/gi, '$1n')
    .replace(/\b(?:imei\s*\/\s*meid|meid\s*\/\s*imei)\b/gi, 'imei')
    .replace(/\b(imei)([1-4])(?=([0-9]{15})(?![0-9]))/gi, splitSlot)
  return Array.from(text.matchAll(TOKEN), ([text, digits, word, separator]) => {
    if (digits !== undefined) return { kind: 'digits', text }
    if (word !== undefined) return { kind: 'word', text: text.toLowerCase() }
    return { kind: separator === undefined ? 'boundary' : 'separator', text }
  })
}

/** "IMEI1490154203237518" is the label "IMEI1" and an IMEI only if its check digit is correct. */
function splitSlot(match: string, label: string, slot: string, imei: string): string {
  return hasCheckDigit(imei) ? `${label} ${slot}:` : match
}

/** Whether a digit tells the IMEIs or SIMs of a phone apart: "IMEI 2:", "IMEI (slot 2)", "SIM2", "1. IMEI". */
function isSlot(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.kind !== 'digits' || !SLOT.test(tokens[at].text)) return false
  const isGap = ({ kind, text }: Token) => kind === 'separator' || /^[(#:)]$/.test(text)
  const before = tokens.slice(0, at).findLast((token) => !isGap(token))
  if (before?.kind === 'word' && (LABELS.has(before.text) || NUMBER_WORDS.has(before.text))) return true
  const after = tokens.slice(at + 1).find((token) => !isGap(token))
  return before === undefined && after?.kind === 'word' && LABELS.has(after.text)
}

/** Removes the two digits after a slash, or after "SV", that phones show after an IMEI. */
function withoutSoftwareVersions(tokens: readonly Token[]): Token[] {
  return tokens.filter(({ kind, text }, at) => {
    if (kind !== 'digits' || !SOFTWARE_VERSION.test(text)) return true
    const label = tokens
      .slice(Math.max(0, at - 3), at)
      .findLast((token) => token.kind === 'word' || token.kind === 'digits')
    if (label?.text === 'sv' || label?.text === 'svn') return false
    const isLast = tokens[at + 1]?.kind !== 'separator' || tokens[at + 2]?.kind !== 'digits'
    return !(isLast && tokens[at - 1]?.text.includes('/'))
  })
}

function readTokens(tokens: readonly Token[]): Numbers {
  const numbers: Numbers = { found: [], eids: [], rest: [], hasOtherWords: false }
  let label = ''
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token
    if (token.kind === 'word') {
      if (!LABELS.has(token.text) && !NUMBER_WORDS.has(token.text) && token.text !== 'f') numbers.hasOtherWords = true
      if (LABELS.has(token.text) || FOREIGN_LABELS.has(token.text)) label = token.text
    }
    if (token.kind !== 'digits') continue
    const start = at
    while (tokens[at + 1]?.kind === 'separator' && tokens[at + 2]?.kind === 'digits') at += 2
    const groups = tokens.slice(start, at + 1).flatMap(({ kind, text }) => (kind === 'digits' ? [text] : []))
    readRun(numbers, groups, label, tokens[start - 1], tokens[at + 1])
  }
  return numbers
}

/** Reads digits with nothing but separators between them. */
function readRun(numbers: Numbers, groups: string[], label: string, before?: Token, after?: Token): void {
  const isFiller = after?.kind === 'word' && after.text === 'f'
  const isGlued = (before?.kind === 'word' && !LABELS.has(before.text)) || (after?.kind === 'word' && !isFiller)
  if (isGlued || FOREIGN_LABELS.has(label)) {
    numbers.hasOtherWords = true
    return
  }
  const values = isSlotOrImeisv(groups, label, before) ? null : split(groups)
  if (values === null) numbers.rest.push(groups.join(''))
  for (const value of values ?? []) {
    if (value.length === 32) numbers.eids.push(value)
    else numbers.found.push(identify(value))
  }
}

/** "IMEI1" and a wrong IMEI, or "IMEI" and an IMEISV? Nobody can tell whether the first digit belongs to the number. */
function isSlotOrImeisv(groups: readonly string[], label: string, before?: Token): boolean {
  return (
    before?.kind === 'word' && label === 'imei' && groups.length === 1 && /^[1-4][0-9]{15}$/.test(groups[0] as string)
  )
}

/** Splits groups of digits into complete numbers; null if digits are left over. */
function split(groups: readonly string[]): string[] | null {
  if (groups.length === 0) return []
  for (const isNumber of [isEid, isIccid, isImei, isImeisv, isUnusualIccid]) {
    let value = ''
    for (const [at, group] of groups.entries()) {
      value += group
      if (!isNumber(value)) {
        // An IMEI with one more digit is not an IMEISV.
        if (isNumber === isImeisv && hasCheckDigit(value)) break
        continue
      }
      const rest = groups.slice(at + 1)
      // "490154203237518 01" ends in a software version too.
      if (rest.length === 1 && hasCheckDigit(value) && SOFTWARE_VERSION.test(rest[0] as string)) return [value]
      const others = split(rest)
      if (others !== null) return [value, ...others]
    }
  }
  return null
}

const isEid = (digits: string) => digits.length === 32 && digits.startsWith('89')
const isIccid = (digits: string) => (digits.length === 19 || digits.length === 20) && digits.startsWith('89')
const isImei = (digits: string) => digits.length === 15
/** No TAC starts with 89, as every ICCID does: these 16 digits are the start of an ICCID. */
const isImeisv = (digits: string) => digits.length === 16 && !digits.startsWith('89')
const isUnusualIccid = (digits: string) => digits.length === 19 || digits.length === 20

function identify(digits: string): Identifier {
  const corrected = digits.slice(0, 14) + checkDigit(digits)
  if (digits.length === 15) return { kind: 'imei', imei: digits, isValid: digits === corrected, corrected }
  if (digits.length === 16) return { kind: 'imeisv', imeisv: digits, imei: corrected }
  return { kind: 'iccid', iccid: digits }
}
