import { exportAll } from '../../bulk/export.ts'
import { respondImport } from '../../bulk/respond.ts'
import { respondExport } from '../../http/request/export.ts'
import { objectRoute, type Route, route } from '../../http/route.ts'
import { users } from './bulk.ts'
import {
  UsersCount,
  UsersCreate,
  UsersDelete,
  UsersDevices,
  UsersExport,
  UsersImport,
  UsersList,
  UsersRetrieve,
  UsersSearch,
  UsersUpdate,
} from './schema.ts'
import {
  countUserDevices,
  countUsers,
  createUser,
  getUser,
  listUsers,
  removeUser,
  searchUsers,
  updateUser,
} from './users.ts'

export const userRoutes: readonly Route[] = [
  route(UsersCreate, ({ context, caller, body }) => createUser(context, caller, body)),
  route(UsersList, ({ context, caller, query }) => listUsers(context, caller, query)),
  route(UsersSearch, ({ context, caller, body }) => searchUsers(context, caller, body)),
  route(UsersCount, ({ context, caller, query }) => countUsers(context, caller, query)),
  route(UsersDevices, ({ context, caller, query }) => countUserDevices(context, caller, query)),
  objectRoute(UsersRetrieve, getUser, ({ found }) => found),
  objectRoute(UsersUpdate, getUser, ({ context, caller, params, body, precondition }) =>
    updateUser(context, caller, params.user, body, precondition),
  ),
  objectRoute(UsersDelete, getUser, ({ context, caller, params, precondition }) =>
    removeUser(context, caller, params.user, precondition),
  ),
  route(UsersImport, (call) => respondImport(call, users)),
  route(UsersExport, ({ context, caller, query, streaming }) =>
    respondExport(streaming, query, (format, write) => exportAll(context.db, caller, users, format, write)),
  ),
]
