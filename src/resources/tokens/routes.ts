import { keyOnly } from '../../http/caller.ts'
import { type Api, pathObject } from '../../http/operation.ts'
import { getUser } from '../users/users.ts'
import { UserTokensCreate } from './schema.ts'
import { createUserToken } from './tokens.ts'

/** Tokens that act as a user, in the scope that has found the project. */
export function userTokenRoutes(api: Api): void {
  const onRequest = pathObject('user', getUser)

  api.post(
    '/users/:user/tokens',
    { schema: UserTokensCreate, onRequest, preValidation: keyOnly },
    ({ registry, caller, params, body }) => createUserToken(registry, caller, params.user, body),
  )
}
