const INVISIBLE = /\p{Cf}/gu
const DASHES = /[\p{Pd}\u2212]/gu
const SPACES = /[^\S\n]+/gu
const LINE_ENDS = /\r\n?|[\u2028\u2029\v\f]/g
const OTHER_DIGITS = /(?![0-9])\p{Nd}/gu

/**
 * Replaces what other scripts, word processors and mail clients put in place of plain digits, spaces and dashes:
 * full-width and Arabic digits, no-break spaces, en dashes, directional marks. Lines are kept.
 */
export function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(LINE_ENDS, '\n')
    .replace(SPACES, ' ')
    .replace(DASHES, '-')
    .replace(OTHER_DIGITS, toAsciiDigit)
    .trim()
}

/** The decimal digits of a script follow each other in Unicode, from zero to nine. */
function toAsciiDigit(digit: string): string {
  let zero = digit.codePointAt(0) as number
  for (let value = 0; value < 10; value++) {
    if (!/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) return String(value)
    zero -= 1
  }
  return digit
}
