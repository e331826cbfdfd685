import { type Api, pathObject } from '../../http/operation.ts'
import type { Registry } from '../registry.ts'
import { UsersCreate, UsersDelete, UsersList, UsersRetrieve, UsersSearch, UsersUpdate } from './schema.ts'
import { createUser, getUser, listUsers, removeUser, searchUsers, updateUser } from './users.ts'

/** Users, in the scope that has found the project. */
export function userRoutes(api: Api, registry: Registry): void {
  const onRequest = pathObject('user', (caller, id) => getUser(registry.db, caller, id))

  api.post('/users', { schema: UsersCreate }, ({ caller, body }) => createUser(registry, caller, body))
  api.get('/users', { schema: UsersList }, ({ caller, query }) => listUsers(registry, caller, query))
  api.post('/users/search', { schema: UsersSearch }, ({ caller, body }) => searchUsers(registry, caller, body))
  api.get('/users/:user', { schema: UsersRetrieve, onRequest }, ({ found }) => found)
  api.patch('/users/:user', { schema: UsersUpdate, onRequest }, ({ caller, params, body }) =>
    updateUser(registry, caller, params.user, body),
  )
  api.delete('/users/:user', { schema: UsersDelete, onRequest }, ({ caller, params }) =>
    removeUser(registry, caller, params.user),
  )
}
