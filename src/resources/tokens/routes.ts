import { type ObjectFinder, objectRoute, type Route } from '../../http/route.ts'
import { getUser } from '../users/users.ts'
import { UserTokensCreate, UserTokensDelete, UserTokensList } from './schema.ts'
import { createUserToken, getUserToken, listUserTokens, removeUserToken } from './tokens.ts'

/** Finds a token of the user that the path names. */
const findUserToken: ObjectFinder = async (db, caller, id, { context, params }) => {
  const userId = params.user as string
  await getUser(db, caller, userId)
  return getUserToken(context, caller, { userId, id })
}

export const userTokenRoutes: readonly Route[] = [
  objectRoute(UserTokensCreate, getUser, ({ context, caller, params, body }) =>
    createUserToken(context, caller, params.user, body),
  ),
  objectRoute(UserTokensList, getUser, ({ context, caller, params, query }) =>
    listUserTokens(context, caller, params.user, query),
  ),
  objectRoute(UserTokensDelete, findUserToken, ({ context, caller, params: { user, token }, precondition }) =>
    removeUserToken(context, caller, { userId: user, id: token }, precondition),
  ),
]
