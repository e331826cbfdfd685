import type { Problem } from '../errors.ts'

/** ITU-T E.118: 19 digits, as stored on the card with the filler F or without it, or 20 digits. */
export const ICCID_PATTERN = '^([0-9]{19}[Ff]?|[0-9]{20})$'

const ICCID = new RegExp(ICCID_PATTERN)

/** Returns the problem with a value that should be an ICCID, or null. Its check digit is not validated, since some makers omit it. */
export function iccidProblem(value: unknown, property: string): Problem | null {
  if (typeof value === 'string' && ICCID.test(value)) return null
  return {
    code: 'invalidIccid',
    property,
    message: `\`${property}\` is not a valid ICCID`,
    hint: ICCID_PATTERN,
  }
}

/** The digits of a valid ICCID: the filler `F` that pads 19 digits to whole bytes is dropped. */
export function toIccid(iccid: string): string {
  return iccid.length === 20 && /[Ff]$/.test(iccid) ? iccid.slice(0, 19) : iccid
}
