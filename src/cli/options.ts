import { InvalidArgumentError } from 'commander'

const MAX_NAME_LENGTH = 255

/** A name that people will read in a list. */
export function readName(text: string): string {
  if (text.trim() !== '' && text.length <= MAX_NAME_LENGTH) return text
  throw new InvalidArgumentError(`It must have 1 to ${MAX_NAME_LENGTH} characters.`)
}
