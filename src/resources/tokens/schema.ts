import { type Static, Type } from 'typebox'
import type { Operation } from '../../contract/operation.ts'
import { closed, idOf, List, listQuery, Timestamp } from '../../contract/schemas.ts'
import { idPattern } from '../../domain/id.ts'
import { UserId, UserPath } from '../users/schema.ts'

/** In seconds: an hour by default, 30 days at most. */
export const DEFAULT_EXPIRES_IN = 3_600
const MAX_EXPIRES_IN = 2_592_000

const UserTokenId = idOf('utk', 'Unique identifier for the user token.', 'utk_0SNlurA049MEWV55CrA9qMvI2FVJ')

export const UserToken = closed(
  {
    object: Type.Literal('userToken'),
    id: UserTokenId,
    user: UserId,
    createdAt: Timestamp,
    expiresAt: Timestamp,
  },
  { title: 'UserToken', description: 'A token for an app that acts as one user and sees only the data of that user.' },
)
export type UserToken = Static<typeof UserToken>

export const NewUserToken = closed(
  {
    ...UserToken.properties,
    token: Type.String({ description: 'The token itself. It is shown only once and stored only as a hash.' }),
  },
  { title: 'NewUserToken', description: 'A user token when it is created: the only response that shows the token.' },
)
export type NewUserToken = Static<typeof NewUserToken>

export const UserTokenList = List(UserToken)

export const CreateUserToken = closed(
  {
    expiresIn: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_EXPIRES_IN,
        default: DEFAULT_EXPIRES_IN,
        description: 'How long the token is valid, in seconds.',
      }),
    ),
  },
  { title: 'CreateUserToken' },
)
export type CreateUserToken = Static<typeof CreateUserToken>

export const ListUserTokens = listQuery(idPattern('utk'), {})
export type ListUserTokens = Static<typeof ListUserTokens>

const UserTokenPath = closed({ ...UserPath.properties, token: UserTokenId })

const tags: [string] = ['Users']

export const UserTokensCreate = {
  operationId: 'UserTokensCreate',
  method: 'POST',
  path: '/projects/{project}/users/{user}/tokens',
  access: 'editor',
  idempotent: true,
  returnsSecret: true,
  tags,
  summary: 'Create a user token',
  description:
    'Creates a token that acts as the user until it expires or is revoked, or the user is deleted. It can see the user, ' +
    "the user's devices and the SIMs on them, and can register, claim, change and release devices.",
  params: UserPath,
  body: CreateUserToken,
  example: { expiresIn: 3_600 },
  response: { 201: NewUserToken },
} satisfies Operation

export const UserTokensList = {
  operationId: 'UserTokensList',
  method: 'GET',
  path: '/projects/{project}/users/{user}/tokens',
  access: 'editor',
  dependsOnTime: true,
  tags,
  summary: "List a user's tokens",
  description: 'Returns a list of the tokens of a user that are still valid, most recently created first.',
  params: UserPath,
  querystring: ListUserTokens,
  response: { 200: UserTokenList },
} satisfies Operation

export const UserTokensDelete = {
  operationId: 'UserTokensDelete',
  method: 'DELETE',
  path: '/projects/{project}/users/{user}/tokens/{token}',
  access: 'editor',
  idempotent: true,
  guarded: true,
  tags,
  summary: 'Revoke a user token',
  description:
    'Revokes a token and returns it. The next request with it gets 401, on other nodes after at most a second.',
  params: UserTokenPath,
  response: { 200: UserToken },
} satisfies Operation
