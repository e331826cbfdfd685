import { objectRoute, type Route } from '../../http/route.ts'
import { getUser } from '../users/users.ts'
import { UserTokensCreate } from './schema.ts'
import { createUserToken } from './tokens.ts'

export const userTokenRoutes: readonly Route[] = [
  objectRoute(UserTokensCreate, getUser, ({ context, caller, params, body }) =>
    createUserToken(context, caller, params.user, body),
  ),
]
