import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import { DEFAULT_LIMIT, MAX_LIMIT } from '../domain/cursor.ts'
import { idPattern, type Prefix } from '../domain/id.ts'
import { ERROR_CODES, STATUS } from '../errors.ts'

/**
 * Rules that JSON Schema cannot state, by the name in a schema's custom keyword `rule`; see `contract/validation.ts`.
 * The keyword stays out of the OpenAPI document.
 */
export type RuleName =
  | 'imei'
  | 'tacOnlyImei'
  | 'iccid'
  | 'metadata'
  | 'metadataChanges'
  | 'locale'
  | 'oneCursor'
  | 'words'
  | 'eventType'
  | 'eventTypePattern'

/** A closed object: an undeclared property is rejected in a request and never appears in a response. */
export function closed<Properties extends TProperties>(
  properties: Properties,
  options: { title?: string; description?: string; rule?: RuleName } = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

/** The same schema, or null. A single `type` list makes a wrong type one error instead of three. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  const { type, enum: values } = schema as unknown as { type: string; enum?: unknown[] }
  const orNull = values === undefined ? {} : { enum: [...values, null] }
  return Type.Unsafe<Static<Schema> | null>({ ...schema, type: [type, 'null'], ...orNull })
}

/** A resource or null, embedded in another. */
export function nullableObject<Schema extends TSchema>(schema: Schema, description: string) {
  return Type.Union([schema, Type.Null()], { description })
}

/** One of a closed set of strings. */
export function oneOf<const Value extends string>(values: readonly Value[], options: object = {}) {
  return Type.Unsafe<Value>({ type: 'string', enum: values, ...options })
}

/** An id in responses, and the pattern of cursors and filters. */
export function idOf(prefix: Prefix, description: string, example: string) {
  return Type.String({ pattern: idPattern(prefix), description, examples: [example] })
}

/** A point in time in a query. */
export function timeFilter(description: string) {
  return Type.Optional(Type.String({ format: 'date-time', description, examples: ['2026-11-01T00:00:00Z'] }))
}

/** The start of a name, in a query. */
export const NamePrefix = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'Only items whose name starts with this text, ignoring case.',
    examples: ['iPhone'],
  }),
)

/** The words of a search, in a query. `what` names the texts that are searched. */
export function wordSearch(what: string) {
  return Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      rule: 'words' satisfies RuleName,
      description:
        `Only items that have, for each of these words, a word in ${what} that starts with it, ignoring case and ` +
        'accents. A number of four digits or more also matches the end of a number.',
      examples: ['jerry'],
    }),
  )
}

export const Timestamp = Type.String({ format: 'date-time', examples: ['2021-02-14T19:38:34Z'] })

/** RFC 5321 §4.5.3.1.3 allows 254 characters for an address. */
export const Email = Type.String({ format: 'idn-email', maxLength: 254, examples: ['jerry@example.com'] })

export const METADATA_DESCRIPTION =
  'Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys that start with `gigs.com` are reserved.'

export const Metadata = Type.Unsafe<Record<string, string>>({
  type: 'object',
  additionalProperties: { type: 'string' },
  description: METADATA_DESCRIPTION,
  examples: [{ colour: 'blue' }],
})

export const NewMetadata = Type.Unsafe<Record<string, string>>({ ...Metadata, rule: 'metadata' satisfies RuleName })

export const MetadataChanges = Type.Unsafe<Record<string, string | null>>({
  type: 'object',
  additionalProperties: { type: ['string', 'null'] },
  description: `${METADATA_DESCRIPTION} Merged with the stored metadata; null removes a key.`,
  rule: 'metadataChanges' satisfies RuleName,
})

/** The paging parameters of a list whose ids match `pattern`, in addition to the list's filters. */
export function listQuery<Filters extends TProperties>(pattern: string, filters: Filters) {
  return closed(
    {
      ...filters,
      after: Type.Optional(
        Type.String({
          pattern,
          description: 'Returns the (older) items after this id. Cannot be combined with `before`.',
        }),
      ),
      before: Type.Optional(
        Type.String({
          pattern,
          description: 'Returns the (newer) items before this id. Cannot be combined with `after`.',
        }),
      ),
      limit: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: MAX_LIMIT,
          default: DEFAULT_LIMIT,
          description: 'The maximum number of items.',
        }),
      ),
    },
    { rule: 'oneCursor' },
  )
}

/** A query filter that accepts several values, comma-separated or repeated. */
export function anyOf<Schema extends TSchema>(schema: Schema, description: string) {
  return Type.Optional(
    Type.Array(schema, {
      description: `${description} Several values, comma-separated or repeated, match any of them.`,
    }),
  )
}

/** The list envelope around a resource. */
export function List(item: TObject) {
  const { title } = item as { title?: string }
  return closed(
    {
      object: Type.Literal('list'),
      items: Type.Array(item, { maxItems: MAX_LIMIT }),
      moreItemsAfter: nullable(
        Type.String({ description: 'Pass it as `after` to get the next items; null if there are none.' }),
      ),
      moreItemsBefore: nullable(
        Type.String({ description: 'Pass it as `before` to get the previous items; null if there are none.' }),
      ),
    },
    { title: `${title}List`, description: `A page of ${title} objects, newest first.` },
  )
}

/** How many items a list has (docs/contract.md §4). */
export const Count = closed(
  {
    object: Type.Literal('count'),
    count: Type.Integer({ minimum: 0, description: 'The number of items.', examples: [12] }),
    complete: Type.Boolean({ description: 'If false, counting has stopped and there may be more.' }),
  },
  { title: 'Count', description: 'The number of items in a list.' },
)

/** Errors repeat what the client sent, which can be any text. */
const ANY_TEXT = '^[\\s\\S]*$'

export const ErrorDetail = closed(
  {
    object: Type.Literal('propertyErrorDetail'),
    code: oneOf(ERROR_CODES),
    message: Type.String({ pattern: ANY_TEXT }),
    property: Type.String({
      pattern: ANY_TEXT,
      description: 'The offending property. Nested ones are written like `metadata.colour` and `sims[0]`.',
    }),
    suggestion: nullable(Type.String({ description: 'The name that was probably meant, if there is one.' })),
  },
  { title: 'PropertyErrorDetail' },
)

const errorTypes = Object.keys(STATUS) as (keyof typeof STATUS)[]

export const ErrorResponse = closed(
  {
    object: Type.Literal('error'),
    type: oneOf(errorTypes),
    message: Type.String({ pattern: ANY_TEXT, description: 'A description of the error, for people.' }),
    code: Type.Optional(oneOf(ERROR_CODES)),
    hint: Type.Optional(Type.String({ pattern: ANY_TEXT, description: 'How to fix the problem.' })),
    documentation: Type.Optional(Type.Array(Type.String({ format: 'uri' }))),
    details: Type.Optional(Type.Array(ErrorDetail, { description: 'One entry for every offending property.' })),
  },
  { title: 'Error' },
)
