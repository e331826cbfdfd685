import { InvalidArgumentError } from 'commander'

const MAX_NAME_LENGTH = 255

/** Reads a name that people will see in a list. */
export function readName(text: string): string {
  if (text.trim() !== '' && text.length <= MAX_NAME_LENGTH) return text
  throw new InvalidArgumentError(`It must have 1 to ${MAX_NAME_LENGTH} characters.`)
}

/** Reads a text, such as a path. An empty one most likely comes from a variable that a script never set. */
export function readText(text: string): string {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('It must not be empty.')
}

/** Returns a reader of whole numbers between two limits, both included. */
export function readWhole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^[0-9]+$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}
