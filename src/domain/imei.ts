import type { Problem } from '../errors.ts'
import { DAMAGED_NUMBER, SCIENTIFIC } from './spreadsheet.ts'

declare const brand: unique symbol

/** A 15-digit IMEI in its stored form. Only `parseImei` and `toImei` make one, so no IMEISV reaches a table. */
export type Imei = string & { readonly [brand]: 'Imei' }

/** A type allocation code: the first 8 digits of an IMEI. Only `tacOf` makes one. */
export type Tac = string & { readonly [brand]: 'Tac' }

const IMEI = /^[0-9]{15}$/
/** The TAC that stands for an unknown IMEI. */
const PLACEHOLDER = /^0{8}[0-9]{7,8}$/
const IMEISV = /^[0-9]{16}$/
/** 14 hex digits, the first at A or higher: the ranges of the 3GPP2 MEID that are not also decimal IMEIs. */
const MEID = /^[A-Fa-f][0-9A-Fa-f]{13,14}$/
const URN = /^urn:gsma:imei:/i
const SEPARATED = /^\s*[0-9][0-9\s./_-]*$/

/** Whether a wrong check digit is rejected (`live` projects) or accepted as sent (`test` projects and catalogue search). */
export type CheckDigitRule = 'checked' | 'unchecked'

/**
 * The check digit of an IMEI: Luhn over its first 14 digits (3GPP TS 23.003 Annex B).
 *
 * Takes 14 decimal digits or more, of which only the first 14 count. Returns one digit.
 */
export function checkDigit(digits: string): string {
  let sum = 0
  for (let position = 0; position < 14; position++) {
    const digit = digits.charCodeAt(position) - 48
    const doubled = digit * 2
    sum += position % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled
  }
  return String((10 - (sum % 10)) % 10)
}

/** The type allocation code of an IMEI or IMEISV: its first 8 digits (3GPP TS 23.003 §6.2.1). */
export function tacOf(imei: Imei): Tac {
  return imei.slice(0, 8) as Tac
}

/**
 * The stored form of an IMEI or IMEISV that the schemas accepted.
 *
 * A 16-digit IMEISV carries a software version where the check digit would be (3GPP TS 23.003 §6.2.2), so its check
 * digit is computed. Both forms of one phone yield the same IMEI.
 */
export function toImei(imei: string): Imei {
  return (imei.length === 16 ? imei.slice(0, 14) + checkDigit(imei) : imei) as Imei
}

/** Parses an IMEI, or returns the problem with it (docs/contract.md §7). */
export function parseImei(value: unknown, property: string, rule: CheckDigitRule): Imei | Problem {
  if (typeof value === 'string') {
    if (rule === 'checked' && PLACEHOLDER.test(value)) {
      return problem(
        property,
        'This is the placeholder that networks and faulty phones send in place of an IMEI (TAC 00000000). ' +
          'Dial *#06# on the device to see its IMEI.',
      )
    }
    if (IMEISV.test(value)) return toImei(value)
    if (IMEI.test(value)) {
      const fitting = checkDigit(value)
      if (rule === 'unchecked' || fitting === value[14]) return toImei(value)
      return problem(
        property,
        `The check digit ${value[14]} is wrong: the 14 digits before it require ${fitting}. ` +
          'One of the digits is mistyped; compare them with *#06# on the device.',
      )
    }
  }
  return problem(property, `${likeness(value)} Send a string of 15 digits (IMEI) or 16 digits (IMEISV).`)
}

function problem(property: string, hint: string): Problem {
  return { code: 'invalidImei', property, message: `\`${property}\` is not a valid IMEI`, hint }
}

/** What an invalid value looks like. The first match applies. */
const LIKENESSES: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'This is empty.'],
  [URN, 'This looks like an IMEI URN (RFC 7254): send only its digits, without dashes.'],
  [SCIENTIFIC, `${DAMAGED_NUMBER}.`],
  [
    /^\d{14,16}[.,]0+$/,
    'A spreadsheet turned this into a decimal number: format the column as text and export it again.',
  ],
  [/^\d{14}$/, 'This has 14 digits: the check digit is missing, or a leading zero was lost.'],
  [/^89\d{30}$/, 'This looks like an EID, which identifies an eSIM chip. The IMEI is listed next to it.'],
  [/^\d{15,16}\D+\d{15,16}$|^\d{30}$/, 'This looks like two IMEIs: send each in a field of its own.'],
  [/^89\d{16,17}$|^\d{19}[Ff]?$|^\d{20}$/, 'This looks like the ICCID of a SIM.'],
  [/^\d{18}$/, 'This has 18 digits: it looks like a MEID in decimal form, which identifies CDMA equipment.'],
  [MEID, 'This looks like a MEID, which identifies CDMA equipment.'],
  [
    /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9]{8,14}$/,
    'This looks like a serial number. Dial *#06# on the device to see its IMEI.',
  ],
]

function likeness(value: unknown): string {
  if (typeof value === 'number') return 'This is a number: send it in quotes, because leading zeros count.'
  if (typeof value !== 'string') return 'This is not a string.'
  const known = LIKENESSES.find(([pattern]) => pattern.test(value))
  if (known !== undefined) return known[1]
  if (/^[0-9]+$/.test(value)) return `This has ${value.length} digits.`
  if (SEPARATED.test(value)) return 'This contains separators: send only the digits.'
  if (/\p{Nd}/u.test(value.replace(/[0-9]/g, ''))) return 'This contains digits other than 0 to 9.'
  return 'This contains characters other than digits.'
}
