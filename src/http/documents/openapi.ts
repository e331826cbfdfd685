import type { TSchema } from 'typebox'
import { CSV_TYPE, NDJSON_TYPES } from '../../contract/media-types.ts'
import { type Access, type Operation, returnsResource } from '../../contract/operation.ts'
import { ErrorResponse } from '../../contract/schemas.ts'
import { type ErrorType, STATUS } from '../../errors.ts'
import { STATUS_CODES } from '../node-http.ts'
import { canBeDenied } from '../request/access.ts'
import { exampleOf, type Json, publish, publishLines, TEXT_STREAM } from './published-schema.ts'

/** The parts of the document that Handset itself reads. */
export interface OpenApiDocument extends Json {
  info: { title: string; version: string; description: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, OpenApiOperation>>
  components: {
    schemas: Record<string, { required?: string[]; properties?: Record<string, { enum?: string[] }> }>
    responses: Record<string, { description: string }>
  }
}

export interface OpenApiOperation {
  operationId: string
  tags: [string]
  summary: string
  description: string
  parameters: { name: string; in: string }[]
  requestBody?: { content: Record<string, { schema: BodySchema; example?: object | string }> }
}

/** A schema of the components, or NDJSON with the schema of a line. */
type BodySchema = { $ref: string } | { contentSchema: { $ref: string } }

/** The name of the schema of a JSON body, or of a line of NDJSON. */
export function schemaOfBody(schema: BodySchema): string {
  const { $ref } = 'contentSchema' in schema ? schema.contentSchema : schema
  return $ref.slice('#/components/schemas/'.length)
}

const DESCRIPTIONS: Record<number, string> = {
  400: 'The body is not valid JSON, or it is empty where one is required.',
  401: 'The token is missing, unknown, expired or revoked.',
  403: 'The token lacks permission for this operation. The message names the role that would be sufficient.',
  404: 'The object does not exist, or the token cannot see it.',
  409: 'A request with the same idempotency key is in flight.',
  412: 'The object has changed, so `If-Match` does not match.',
  413: 'The body is larger than 64 KiB.',
  415: 'The body has a content type that the operation does not accept.',
  422: 'A parameter is invalid, or conflicts with existing data. `details` lists every problem.',
  429: 'Too many requests with this token, or too many failed authentications from this address.',
  500: 'An internal error, logged with the request id.',
  503: 'The server is temporarily unavailable. Retry after `Retry-After` seconds.',
}

/** The headers of every response, as components. */
const COMMON_HEADERS: Json = {
  'X-Request-Id': {
    description: "The request's id, for the log. It is the client's own if that is valid.",
    schema: { type: 'string', maxLength: 64, pattern: '^[A-Za-z0-9._-]{1,64}$' },
  },
  RateLimit: {
    description:
      'The requests that the token may still make (`r`) until the window ends, in `t` seconds. Absent without a valid ' +
      'token, and without a limit.',
    schema: { type: 'string', maxLength: 100, pattern: '^"\\w+";r=[0-9]+;t=[0-9]+$', examples: ['"token";r=0;t=7'] },
  },
  'RateLimit-Policy': {
    description: 'The requests that the token may make (`q`) in a window of `w` seconds.',
    schema: {
      type: 'string',
      maxLength: 100,
      pattern: '^"\\w+";q=[0-9]+;w=[0-9]+$',
      examples: ['"token";q=200000;w=10'],
    },
  },
  'Access-Control-Allow-Origin': {
    description: 'Present if `HANDSET_CORS_ORIGINS` allows the origin of the page that calls.',
    schema: { type: 'string', maxLength: 255, pattern: '^\\S+$' },
  },
}

interface ApiFacts {
  version: string
  /** The path in front of all others, such as `/handset`. May be empty. */
  basePath: string
}

const RETRY_AFTER = {
  'Retry-After': {
    description: 'In seconds.',
    schema: { type: 'integer', format: 'int32', minimum: 1, maximum: 2_147_483_647 },
  },
}

const HEADERS: Record<number, Json> = {
  401: {
    'WWW-Authenticate': { description: 'Always `Bearer`.', schema: { type: 'string', const: 'Bearer' } },
  },
  409: RETRY_AFTER,
  429: RETRY_AFTER,
  503: RETRY_AFTER,
}

/** An entity tag (RFC 9110 §8.8.3), or several. */
const TAGS = { type: 'string', maxLength: 8_192, pattern: '^[\\x21-\\x7e ]+$' }
const TAG_EXAMPLE = '"1n0HdUIbX1VdGTLSMHpYV2"'

/** Request headers besides `Authorization`. */
const REQUEST_HEADERS = {
  idempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A unique string for each change, such as a UUID. Repeating the request with the same key within 24 hours changes ' +
      'nothing and returns the first response, with `idempotent-replayed: true`.',
    example: 'f3b0c442-98fc-4c14-9afb-f4c8996fb924',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[^\\u0000]*$' },
  },
  ifMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'The `ETag` that the object must still have. Returns 412 if it has changed.',
    example: TAG_EXAMPLE,
    schema: TAGS,
  },
  ifNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'The `ETag` of a copy. Returns 304 without a body if the copy is still current.',
    example: TAG_EXAMPLE,
    schema: TAGS,
  },
}

const ETAG = {
  ETag: {
    description: 'The entity tag of the current state of the object (RFC 9110 §8.8.3).',
    schema: TAGS,
  },
}

/**
 * The OpenAPI 3.1 document of these operations.
 *
 * A schema with a title becomes a component, so that the document, too, defines each shape once.
 */
export function describeOperations(operations: readonly Operation[], about: ApiFacts): OpenApiDocument {
  return describe(operations, about) as OpenApiDocument
}

function describe(operations: readonly Operation[], { version, basePath }: ApiFacts): Json {
  const schemas: Json = {}
  const paths: Record<string, Json> = {}
  const rejections = new Set<number>()
  const error = publish(ErrorResponse, schemas)
  for (const operation of operations) {
    const statuses = rejectionsOf(operation)
    for (const status of statuses) rejections.add(status)
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describeOperation(operation, statuses, schemas),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Handset',
      version,
      summary: 'The device registry for mobile operators and MVNOs.',
      description:
        'Registers phones, watches, routers and other devices by IMEI, derives the model and its eSIM support from the ' +
        'IMEI, and links each device to a user and SIMs.',
      contact: { name: 'The operator of this server' },
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: basePath || '/', description: 'This server, in production or local.', 'x-internal': false }],
    security: [{ token: [] }],
    tags: [
      { name: 'Devices', description: 'Phones, watches, routers and other devices of a project.' },
      { name: 'Device models', description: 'The catalogue: the models of all TACs that the operator has imported.' },
      { name: 'Users', description: 'The end customers of a project.' },
      { name: 'SIMs', description: 'The SIM cards and eSIM profiles of a project.' },
      { name: 'Events', description: 'Every change of an object of a project, in a fixed order.' },
      { name: 'Webhooks', description: 'URLs of the operator to which events are sent.' },
      { name: 'Projects', description: 'Separate registries, isolated from each other.' },
      { name: 'API keys', description: "The operator's keys to a project, each with a role." },
    ],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An API key from `handset keys create` or `ApiKeysCreate`, or a user token from `UserTokensCreate`, in the header ' +
            '`Authorization: Bearer TOKEN`.',
        },
      },
      schemas: sorted(schemas),
      headers: COMMON_HEADERS,
      responses: Object.fromEntries(
        [...rejections].sort().map((status) => [
          nameOf(status),
          {
            description: DESCRIPTIONS[status],
            headers: headersOf(HEADERS[status]),
            content: { 'application/json': { schema: error } },
          },
        ]),
      ),
    },
  }
}

function describeOperation(operation: Operation, rejections: readonly number[], schemas: Json): Json {
  const { operationId, access, tags, summary, description, params, querystring, body, example, response, stream } =
    operation
  const isResource = returnsResource(operation)
  const canBeUnchanged = isResource && operation.method === 'GET'
  return {
    operationId,
    tags,
    summary,
    description: [description, ...describeAccess(access)].join(' '),
    'x-handset-access': access,
    parameters: [
      ...parametersOf(params, 'path', schemas),
      ...parametersOf(querystring, 'query', schemas),
      ...(operation.idempotent ? [REQUEST_HEADERS.idempotencyKey] : []),
      ...(operation.guarded ? [REQUEST_HEADERS.ifMatch] : []),
      ...(canBeUnchanged ? [REQUEST_HEADERS.ifNoneMatch] : []),
    ],
    ...(body ? { requestBody: { required: true, content: jsonContent(body, schemas, example) } } : {}),
    ...(stream?.body ? { requestBody: { required: true, content: importContent(stream.body, schemas, example) } } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(response).map(([status, schema]) => [
          status,
          {
            description: (schema as { description?: string }).description,
            headers: headersOf(isResource ? ETAG : {}),
            content: stream ? streamContent(stream.answers, schemas) : jsonContent(schema, schemas),
          },
        ]),
      ),
      ...(canBeUnchanged ? { 304: { description: 'The copy is still current.', headers: headersOf(ETAG) } } : {}),
      ...Object.fromEntries(rejections.map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }])),
    },
  }
}

/** A sentence that says which tokens an operation requires, unless any will do. */
function describeAccess(access: Access): string[] {
  switch (access) {
    case 'open':
      return []
    case 'viewer':
      return ['Requires an API key.']
    case 'editor':
      return ['Requires an API key with the role `editor` or `admin`.']
    case 'admin':
      return ['Requires an API key with the role `admin`.']
    case 'user':
      return ['Requires an API key with the role `editor` or `admin`, or a user token.']
  }
}

/** The statuses with which an operation can be rejected, from what it declares. */
function rejectionsOf(operation: Operation): number[] {
  const { method, params, body, stream, idempotent, guarded, findsByBody } = operation
  const types: ErrorType[] = ['unauthenticated', 'invalid', 'tooManyRequests', 'internal', 'serviceUnavailable']
  if (params || findsByBody) types.push('notFound')
  if (canBeDenied(operation)) types.push('permissionDenied')
  if (idempotent) types.push('conflict')
  if (guarded) types.push('preconditionFailed')
  // DELETE needs no body, but one that is sent anyway is validated.
  if (body || method === 'DELETE') types.push('malformed', 'payloadTooLarge', 'unsupportedMediaType')
  if (stream?.body) types.push('malformed', 'unsupportedMediaType')
  return types.map((type) => STATUS[type]).sort()
}

/** The headers of every response, and more. */
function headersOf(more: Json = {}): Json {
  const common = Object.keys(COMMON_HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }])
  return { ...Object.fromEntries(common), ...more }
}

function parametersOf(schema: unknown, place: 'path' | 'query', schemas: Json): Json[] {
  const { properties = {} } = (schema ?? {}) as { properties?: Record<string, { description?: string; type?: string }> }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path',
    description: property.description,
    ...(property.type === 'array' ? { style: 'form', explode: true } : {}),
    example: exampleOf(name, property),
    schema: publish(property, schemas),
  }))
}

function jsonContent(schema: unknown, schemas: Json, example?: object): Json {
  return { 'application/json': { schema: publish(schema, schemas), ...(example ? { example } : {}) } }
}

/** The body of an import: NDJSON or CSV. */
function importContent(row: TSchema, schemas: Json, example?: object): Json {
  const ndjson = NDJSON_TYPES.map((type) => [type, publishLines(row, example, schemas)])
  return { ...Object.fromEntries(ndjson), [CSV_TYPE]: { schema: TEXT_STREAM } }
}

/** Streamed content by media type: NDJSON, whose lines have a schema, or CSV. */
function streamContent(content: Record<string, TSchema>, schemas: Json): Json {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [
      type,
      type === CSV_TYPE ? { schema: TEXT_STREAM } : publishLines(schema, undefined, schemas),
    ]),
  )
}

function nameOf(status: number): string {
  return (STATUS_CODES[status] as string).replaceAll(/\W/g, '')
}

function sorted(schemas: Json): Json {
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
}
