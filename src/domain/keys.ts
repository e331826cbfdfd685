/** The highest code point of Unicode: sorts after every other character. */
const LAST_CHARACTER = '\u{10ffff}'

/** The form in which the names of models are compared: ignoring case. */
export function nameKey(name: string): string {
  return name.toLowerCase()
}

/** The form in which brands are compared: ignoring case. */
export function brandKey(brand: string): string {
  return brand.toLowerCase()
}

/** Printable ASCII text has no accents, and each of its letters has one lower-case form. */
const PLAIN = /^[ -~]*$/

/** The form in which texts that people write are compared: ignoring case and accents (docs/contract.md §12). */
export function textKey(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  return foldCase(text.normalize('NFKD').replaceAll(/\p{M}/gu, ''))
}

/**
 * The form in which e-mail addresses are compared: ignoring case and how accents are encoded. Accents count, since
 * `jose@` and `josé@` are two mailboxes.
 */
export function emailKey(email: string): string {
  return foldCase(email).normalize('NFC')
}

/** The text without differences of case: `ß` and `ẞ` become `ss`, and both forms of the lower-case sigma become one. */
function foldCase(text: string): string {
  // `ẞ` has no other upper case: it becomes `ß` first, whose upper case is `SS`.
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}

/** The range of keys that start with `key`: inclusive start, exclusive end. */
export function keysFrom(key: string): readonly [from: string, to: string] {
  return [key, `${key}${LAST_CHARACTER}`]
}
