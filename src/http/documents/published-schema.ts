import { PROJECT_ID_PATTERN } from '../../contract/project.ts'

export type Json = Record<string, unknown>

/** The part of a JSON Schema that publishing reads. */
interface Schema extends Json {
  type?: string | string[]
  title?: string
  rule?: string
  format?: string
  pattern?: string
  maximum?: number
  items?: Schema
  examples?: unknown[]
  default?: unknown
  enum?: unknown[]
}

/** Limits that no value exceeds, for schemas without their own. A body has at most 64 KiB. */
const MAX_CHARACTERS = 65_536
const MAX_ITEMS = 65_536
const MAX_IN_FORMAT: Record<string, number> = { date: 10, 'date-time': 40, 'idn-email': 254, uri: 2_048 }
/** Metadata values are the only strings in open objects (docs/contract.md §5). */
const MAX_IN_METADATA = 255
const INT32 = 2_147_483_647

/** No string has a NUL character (docs/contract.md §1). */
const TEXT = '^[^\\u0000]*$'

/**
 * A schema as it appears in the document: a schema with a title becomes a reference to `schemas`, the keyword that only
 * Handset knows is removed, and every string, number and array has limits.
 */
export function publish(schema: unknown, schemas: Json): unknown {
  if (Array.isArray(schema)) return schema.map((item) => publish(item, schemas))
  if (typeof schema !== 'object' || schema === null) return schema
  const { title } = schema as Schema
  const published = withLimits(
    Object.fromEntries(
      Object.entries(schema)
        .filter(([keyword]) => keyword !== 'rule')
        .map(([keyword, value]) => [keyword, publish(value, schemas)]),
    ),
  )
  if (title === undefined) return published
  schemas[title] ??= published
  return { $ref: `#/components/schemas/${title}` }
}

function withLimits(schema: Schema): Schema {
  const types = [schema.type].flat()
  if ('enum' in schema || 'const' in schema) return schema
  if (types.includes('string')) {
    const { format, pattern } = schema
    const maxLength = MAX_IN_FORMAT[format ?? ''] ?? MAX_CHARACTERS
    return { maxLength, ...((format ?? pattern) ? {} : { pattern: TEXT }), ...schema }
  }
  if (types.includes('array')) return { maxItems: MAX_ITEMS, ...schema }
  if (types.includes('integer')) return { minimum: 0, maximum: INT32, format: 'int32', ...schema }
  const { additionalProperties: values } = schema as { additionalProperties?: Schema | boolean }
  if (typeof values !== 'object') return schema
  return { ...schema, additionalProperties: { ...values, maxLength: MAX_IN_METADATA } }
}

/** NDJSON: OpenAPI 3.1 has no schema for its lines, so the description names them, and they are components. */
export function publishLines(lines: object, example: object | undefined, schemas: Json): Json {
  const { anyOf = [lines as Schema] } = lines as { anyOf?: Schema[] }
  const names = anyOf.map(({ title }) => `\`${title}\``)
  const description = `NDJSON: one JSON object per line, each ${names.join(' or ')}.`
  const schema = { ...TEXT_STREAM, description, contentSchema: publish(lines, schemas) }
  return example === undefined ? { schema } : { schema, example: `${JSON.stringify(example)}\n` }
}

/** Text without a limit. The keyword must have a value that generators can read. */
export const TEXT_STREAM = { type: 'string', maxLength: INT32, pattern: TEXT }

/** An example of a parameter. Without one, clients such as Postman send a placeholder of their own. */
export function exampleOf(name: string, schema: Schema): unknown {
  const { examples, default: standard, enum: values, type, items, pattern } = schema
  const known = examples?.[0] ?? standard ?? values?.[0]
  if (known !== undefined) return known
  if (items !== undefined) return [exampleOf(name, items)]
  if (type === 'boolean') return true
  if (pattern === PROJECT_ID_PATTERN) return 'demo'
  const [, prefix, length] = ID_PATTERN.exec(pattern ?? '') ?? []
  if (prefix === undefined) throw new Error(`The parameter ${name} needs an example`)
  return prefix + ID_CHARACTERS.slice(0, Number(length))
}

/** The pattern of an id, as `idPattern` makes it. */
const ID_PATTERN = /^\^(\w+_)\[0-9A-Za-z\]\{(\d+)\}\$$/
const ID_CHARACTERS = '0SNlurA049MEWV55CrA9qMvI2FVJ'
