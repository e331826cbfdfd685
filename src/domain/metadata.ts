import type { Problem } from '../errors.ts'

const MAX_KEYS = 10
const MAX_KEY_LENGTH = 40
const MAX_VALUE_LENGTH = 255
const RESERVED_PREFIX = 'gigs.com'

/** The problems of metadata as sent (docs/contract.md §5). null removes a key, so only a PATCH can contain it. */
export function metadataProblems(value: unknown, property: string, nulls: 'allowed' | 'rejected'): Problem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [problem(property, 'must be an object of strings', 'Omit it, or send {} for none.')]
  }
  const problems: Problem[] = []
  for (const [key, entry] of Object.entries(value)) {
    const place = `${property}.${key}`
    if (key.length === 0 || longerThan(key, MAX_KEY_LENGTH)) {
      problems.push(problem(place, `must have a key of 1 to ${MAX_KEY_LENGTH} characters`))
    } else if (key.startsWith(RESERVED_PREFIX)) {
      problems.push(problem(place, `is reserved: keys must not start with ${RESERVED_PREFIX}`))
    } else if (entry === null) {
      if (nulls === 'rejected')
        problems.push(problem(place, 'must be a string: null only removes a key of an existing object'))
    } else if (typeof entry !== 'string') {
      problems.push(problem(place, 'must be a string', 'Send numbers and booleans as strings.'))
    } else if (longerThan(entry, MAX_VALUE_LENGTH)) {
      problems.push(problem(place, `must have at most ${MAX_VALUE_LENGTH} characters`))
    }
  }
  if (nulls === 'rejected') problems.push(...sizeProblems(Object.keys(value).length, property))
  return problems
}

/**
 * Metadata after a PATCH: keys in `changes` are set, or removed if null; the others keep their order.
 *
 * Takes the current metadata and valid changes. Also returns a problem if there are too many keys.
 */
export function mergeMetadata(
  current: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
  property: string,
): { metadata: Record<string, string>; problems: Problem[] } {
  const entries = new Map(Object.entries(current))
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) entries.delete(key)
    else entries.set(key, value)
  }
  return {
    metadata: Object.fromEntries(entries),
    problems: sizeProblems(entries.size, property),
  }
}

function sizeProblems(keys: number, property: string): Problem[] {
  if (keys <= MAX_KEYS) return []
  return [
    problem(property, `must have at most ${MAX_KEYS} keys, and would have ${keys}`, 'Set a key to null to remove it.'),
  ]
}

function problem(property: string, rule: string, hint?: string): Problem {
  return { code: 'propertyInvalid', property, message: `\`${property}\` ${rule}`, ...(hint ? { hint } : {}) }
}

/** Whether a text has more code points than `limit`. JSON Schema's `maxLength` counts the same way. */
function longerThan(text: string, limit: number): boolean {
  return text.length > limit && [...text].length > limit
}
