import { exportFleet } from '../../bulk/export.ts'
import { users } from '../../bulk/kinds.ts'
import { keyOnly } from '../../http/caller.ts'
import { answerExport } from '../../http/export.ts'
import { type Api, pathObject } from '../../http/operation.ts'
import { UsersCreate, UsersDelete, UsersExport, UsersList, UsersRetrieve, UsersSearch, UsersUpdate } from './schema.ts'
import { createUser, getUser, listUsers, removeUser, searchUsers, updateUser } from './users.ts'

/** Users, in the scope that has found the project. */
export function userRoutes(api: Api): void {
  const onRequest = pathObject('user', getUser)

  api.post('/users', { schema: UsersCreate, preValidation: keyOnly }, ({ registry, caller, body }) =>
    createUser(registry, caller, body),
  )
  api.get('/users', { schema: UsersList }, ({ registry, caller, query }) => listUsers(registry, caller, query))
  api.get('/users/export', { schema: UsersExport }, ({ registry, caller, query, streaming }) =>
    answerExport(streaming, query, (format, write) => exportFleet(registry.db, caller, users, format, write)),
  )
  api.post('/users/search', { schema: UsersSearch }, ({ registry, caller, body }) =>
    searchUsers(registry, caller, body),
  )
  api.get('/users/:user', { schema: UsersRetrieve, onRequest }, ({ found }) => found)
  api.patch(
    '/users/:user',
    { schema: UsersUpdate, onRequest, preValidation: keyOnly },
    ({ registry, caller, params, body, precondition }) => updateUser(registry, caller, params.user, body, precondition),
  )
  api.delete(
    '/users/:user',
    { schema: UsersDelete, onRequest, preValidation: keyOnly },
    ({ registry, caller, params, precondition }) => removeUser(registry, caller, params.user, precondition),
  )
}
