/** The highest code point of Unicode: sorts after every other character. */
const LAST_CHARACTER = '\u{10ffff}'

/** The form in which names are compared: ignoring case. */
export function nameKey(name: string): string {
  return name.toLowerCase()
}

/** The form in which brands are compared: ignoring case. */
export function brandKey(brand: string): string {
  return brand.toLowerCase()
}

/** The form in which e-mail addresses are compared: ignoring case. */
export function emailKey(email: string): string {
  return email.toLowerCase()
}

/** The range of keys of the names that start with `prefix`: inclusive start, exclusive end. */
export function nameKeysFrom(prefix: string): readonly [from: string, to: string] {
  const key = nameKey(prefix)
  return [key, `${key}${LAST_CHARACTER}`]
}
