import { type Static, Type } from 'typebox'
import { type Operation, ROLES } from '../../contract/operation.ts'
import { ProjectPath } from '../../contract/project.ts'
import { closed, idOf, List, listQuery, nullable, oneOf, Timestamp } from '../../contract/schemas.ts'
import { idPattern } from '../../domain/id.ts'

/** In seconds: ten years. */
export const MAX_EXPIRES_IN = 315_360_000

const ApiKeyId = idOf('key', 'Unique identifier for the API key.', 'key_0SNlurA049MEWV55CrA9qMvI2FVJ')

const Name = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'What the key is for. History shows it as the author of changes.',
  examples: ['backend'],
})

const RoleOfKey = oneOf(ROLES, {
  description:
    'What the key may do: `viewer` reads, `editor` also changes devices, users and SIMs and imports and exports them, ' +
    '`admin` also manages API keys and webhook endpoints.',
})

export const ApiKey = closed(
  {
    object: Type.Literal('apiKey'),
    id: ApiKeyId,
    createdAt: Timestamp,
    name: Name,
    role: RoleOfKey,
    prefix: Type.String({
      description: 'The first characters of the key, by which people recognise it.',
      examples: ['hsk_0A1b2C3d'],
    }),
    expiresAt: nullable(
      Type.String({ format: 'date-time', description: 'When the key expires; null if it never does.' }),
    ),
    lastUsedAt: nullable(
      Type.String({
        format: 'date-time',
        description: 'When the key was last used, accurate to a minute; null if it never was.',
      }),
    ),
    revokedAt: nullable(
      Type.String({ format: 'date-time', description: 'When the key was revoked; null if it was not.' }),
    ),
  },
  { title: 'ApiKey', description: "A key for the operator's programs and staff. Its role decides what it may do." },
)
export type ApiKey = Static<typeof ApiKey>

export const NewApiKey = closed(
  {
    ...ApiKey.properties,
    token: Type.String({ description: 'The key itself. It is shown only once and stored only as a hash.' }),
  },
  { title: 'NewApiKey', description: 'An API key when it is created: the only response that shows the key itself.' },
)
export type NewApiKey = Static<typeof NewApiKey>

export const ApiKeyList = List(ApiKey)

export const CreateApiKey = closed(
  {
    name: Name,
    role: Type.Optional({ ...RoleOfKey, default: 'editor' }),
    expiresIn: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_EXPIRES_IN,
        description: 'How long the key is valid, in seconds. Without it, the key is valid until it is revoked.',
      }),
    ),
  },
  { title: 'CreateApiKey' },
)
export type CreateApiKey = Static<typeof CreateApiKey>

export const ListApiKeys = listQuery(idPattern('key'), {})
export type ListApiKeys = Static<typeof ListApiKeys>

const ApiKeyPath = closed({ ...ProjectPath.properties, apiKey: ApiKeyId })

const tags: [string] = ['API keys']

export const ApiKeysCreate = {
  operationId: 'ApiKeysCreate',
  method: 'POST',
  path: '/projects/{project}/apiKeys',
  access: 'admin',
  idempotent: true,
  returnsSecret: true,
  tags,
  summary: 'Create an API key',
  description: 'Creates an API key of the project.',
  params: ProjectPath,
  body: CreateApiKey,
  example: { name: 'support desk', role: 'viewer' },
  response: { 201: NewApiKey },
} satisfies Operation

export const ApiKeysRetrieve = {
  operationId: 'ApiKeysRetrieve',
  method: 'GET',
  path: '/projects/{project}/apiKeys/{apiKey}',
  access: 'admin',
  tags,
  summary: 'Retrieve an API key',
  description: 'Retrieves an API key, without the key itself.',
  params: ApiKeyPath,
  response: { 200: ApiKey },
} satisfies Operation

export const ApiKeysList = {
  operationId: 'ApiKeysList',
  method: 'GET',
  path: '/projects/{project}/apiKeys',
  access: 'admin',
  tags,
  summary: 'List all API keys',
  description: 'Returns a list of the API keys of the project, revoked ones included, most recently created first.',
  params: ProjectPath,
  querystring: ListApiKeys,
  response: { 200: ApiKeyList },
} satisfies Operation

export const ApiKeysDelete = {
  operationId: 'ApiKeysDelete',
  method: 'DELETE',
  path: '/projects/{project}/apiKeys/{apiKey}',
  access: 'admin',
  idempotent: true,
  guarded: true,
  tags,
  summary: 'Revoke an API key',
  description:
    'Revokes an API key and returns it. The next request with it gets 401, on other nodes after at most a second. The ' +
    'last valid `admin` key of a project cannot be revoked.',
  params: ApiKeyPath,
  response: { 200: ApiKey },
} satisfies Operation
