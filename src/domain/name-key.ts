/** Behind the last character that Unicode has: names that begin alike sort before it. */
const END = '\u{10ffff}'

/** A name as names are compared: without case. */
export function nameKey(name: string): string {
  return name.toLowerCase()
}

/** The range of the keys of names that begin so: from the first, up to before the second. */
export function nameKeysFrom(prefix: string): readonly [from: string, to: string] {
  const key = nameKey(prefix)
  return [key, `${key}${END}`]
}
