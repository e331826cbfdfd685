/** A name as names are compared: without case. */
export function nameKey(name: string): string {
  return name.toLowerCase()
}

/** Brand and name, as they are compared, in one text. */
export function modelKey(brandKey: string, nameKey: string): string {
  return `${brandKey}\t${nameKey}`
}
