import { type Static, Type } from 'typebox'
import type { Operation } from '../../contract/operation.ts'
import { closed, idOf, Timestamp } from '../../contract/schemas.ts'
import { UserId, UserPath } from '../users/schema.ts'

/** Seconds: an hour where not given, 30 days at most. */
export const DEFAULT_EXPIRES_IN = 3_600
const MAX_EXPIRES_IN = 2_592_000

export const UserToken = closed(
  {
    object: Type.Literal('userToken'),
    id: idOf('utk', 'Unique identifier for the user token.', 'utk_0SNlurA049MEWV55CrA9qMvI2FVJ'),
    user: UserId,
    createdAt: Timestamp,
    expiresAt: Timestamp,
    token: Type.String({ description: 'The token itself. It is shown only once and stored only as a hash.' }),
  },
  { title: 'UserToken', description: 'A token for an app that acts as one user and sees only the data of that user.' },
)
export type UserToken = Static<typeof UserToken>

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

export const UserTokensCreate = {
  operationId: 'UserTokensCreate',
  method: 'POST',
  path: '/projects/{project}/users/{user}/tokens',
  access: 'viewer',
  idempotent: true,
  tags: ['Users'] as [string],
  summary: 'Create a user token',
  description:
    'Creates a token that acts as the user until it expires or the user is deleted. It can see their devices, the SIMs ' +
    'on them and their user, and can register, claim, change and release devices. Requires an API key.',
  params: UserPath,
  body: CreateUserToken,
  example: { expiresIn: 3_600 },
  response: { 201: UserToken },
} satisfies Operation
