import type { TObject } from 'typebox'
import { nearest } from '../domain/nearest.ts'
import type { Problem } from '../errors.ts'

const DECIMAL_INTEGER = /^(0|[1-9][0-9]*)$/

/** Query parameters by name, not yet validated, and the problems with their syntax. */
export interface ParsedQuery {
  values: Record<string, unknown>
  problems: Problem[]
}

/**
 * Reads a query string by its schema (docs/contract.md §1).
 *
 * Array filters take `a=1,2` and `a=1&a=2`, and `%2C` between values.
 * Decimal integers become numbers, `true` and `false` booleans; anything else stays a string for the schema to reject.
 */
export function parseQuery(text: string, schema: TObject): ParsedQuery {
  const values: Record<string, unknown> = Object.create(null)
  const problems: Problem[] = []
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const separator = pair.indexOf('=')
    const name = decode(separator < 0 ? pair : pair.slice(0, separator)) ?? pair
    const raw = separator < 0 ? '' : pair.slice(separator + 1)
    if (!Object.hasOwn(schema.properties, name)) {
      problems.push(unknownParameter(name, Object.keys(schema.properties)))
      continue
    }
    const { type } = schema.properties[name] as { type?: string }
    const isArray = type === 'array'
    if (!isArray && name in values) {
      problems.push(invalidParameter(name, 'is given more than once'))
      continue
    }
    const decoded = isArray ? splitValues(raw, schema.properties[name] as ArraySchema) : [decode(raw)]
    if (decoded.some((value) => value === null || value.includes('\0'))) {
      problems.push(invalidParameter(name, 'contains an invalid percent-encoding or a NUL character'))
    } else if (isArray) {
      values[name] = [...((values[name] as string[]) ?? []), ...decoded]
    } else {
      const [value] = decoded as [string]
      values[name] = convert(value, type)
    }
  }
  return { values, problems }
}

interface ArraySchema {
  items?: { enum?: unknown; pattern?: unknown }
}

/**
 * The values of an array filter. Many clients also encode the commas between values. Values with an enum or a pattern
 * never contain a comma; for the others, the text matches as a whole or by any of its parts (docs/contract.md §1).
 */
function splitValues(raw: string, { items = {} }: ArraySchema): (string | null)[] {
  const isClosed = items.enum !== undefined || items.pattern !== undefined
  return raw.split(',').flatMap((text) => {
    const value = decode(text)
    if (value === null || !value.includes(',')) return [value]
    const parts = value.split(',')
    return isClosed ? parts : [value, ...parts.filter((part) => part !== '')]
  })
}

function convert(value: string, type: string | undefined): unknown {
  if (type === 'integer' && DECIMAL_INTEGER.test(value)) return Number(value)
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

function unknownParameter(property: string, known: string[]): Problem {
  const message = `\`${property}\` is not a parameter of this operation`
  return { code: 'propertyUnknown', property, message, suggestion: nearest(property, known) }
}

function invalidParameter(property: string, rule: string): Problem {
  return { code: 'propertyInvalid', property, message: `\`${property}\` ${rule}` }
}

/** A decoded name or value, or null if it is malformed. A plus sign is a space, as forms and `URLSearchParams` write it. */
function decode(text: string): string | null {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}
