import type { Problem } from '../errors.ts'

/** ITU-T E.118: 19 digits, as stored on the card with the filler F or without it, or 20 digits. */
export const ICCID_PATTERN = '^([0-9]{19}[Ff]?|[0-9]{20})$'

const ICCID = new RegExp(ICCID_PATTERN)

declare const brand: unique symbol

/** An ICCID in its stored form, without the filler. Only `parseIccid` and `toIccid` make one. */
export type Iccid = string & { readonly [brand]: 'Iccid' }

/** Parses an ICCID, or returns the problem with it. The check digit is not validated: some makers omit it. */
export function parseIccid(value: unknown, property: string): Iccid | Problem {
  if (typeof value === 'string' && ICCID.test(value)) return toIccid(value)
  return {
    code: 'invalidIccid',
    property,
    message: `\`${property}\` is not a valid ICCID`,
    hint: ICCID_PATTERN,
  }
}

/**
 * The stored form of an ICCID that the schemas accepted: without the filler `F`, which pads 19 digits to whole bytes.
 */
export function toIccid(iccid: string): Iccid {
  return (iccid.length === 20 && /[Ff]$/.test(iccid) ? iccid.slice(0, 19) : iccid) as Iccid
}
