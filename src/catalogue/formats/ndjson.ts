import { type Entry, type Rejection, readIdentity } from './entry.ts'
import { readKinds } from './kinds.ts'

/**
 * Reads a line of NDJSON: an object with the columns of Handset's own CSV, in which `simTypes` is a list, as in the API,
 * or a text, as in the CSV. Other properties are passed over.
 */
export function readObject(text: string): Entry | Rejection {
  let row: unknown
  try {
    row = JSON.parse(text)
  } catch {
    return { reason: 'the line is not JSON', damage: 'cut' }
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return { reason: 'the line is not a JSON object' }
  const { tac, brand, name, type, simTypes } = row as Record<string, unknown>
  if (typeof tac === 'number') return { reason: 'the TAC is a number: put it in quotes, since leading zeros count' }
  for (const [property, value] of Object.entries({ tac, brand, name, type })) {
    if (value !== undefined && value !== null && typeof value !== 'string')
      return { reason: `the ${property} is no string` }
  }
  const entry = readIdentity(textOf(tac), textOf(brand), textOf(name))
  if ('reason' in entry) return entry
  const kinds = readKinds(textOf(type), Array.isArray(simTypes) ? simTypes.join('+') : textOf(simTypes))
  return 'reason' in kinds ? kinds : { ...entry, ...kinds }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}
