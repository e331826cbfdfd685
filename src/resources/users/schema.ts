import { type Static, Type } from 'typebox'
import { exportOperation } from '../../contract/export.ts'
import { importOperation } from '../../contract/import.ts'
import type { Operation } from '../../contract/operation.ts'
import { ProjectPath } from '../../contract/project.ts'
import {
  Count,
  closed,
  Email,
  idOf,
  List,
  listQuery,
  Metadata,
  MetadataChanges,
  NewMetadata,
  nullable,
  type RuleName,
  Timestamp,
  wordSearch,
} from '../../contract/schemas.ts'
import { idPattern } from '../../domain/id.ts'

export const UserId = idOf('usr', 'Unique identifier for the user.', 'usr_0SNlurA049MEWV4OpCwsNyC9Kn2d')
export const USER_ID_PATTERN = idPattern('usr')

const Birthday = nullable(Type.String({ format: 'date', examples: ['2017-07-21'] }))
const FullName = nullable(Type.String({ maxLength: 255, examples: ['Jerry Seinfeld'] }))
const Locale = Type.String({
  rule: 'locale' satisfies RuleName,
  description: "A BCP 47 language tag. The default is the project's first locale.",
  examples: ['en-US'],
})
const EmailVerified = Type.Boolean({ description: 'Whether the operator has verified the address.' })

export const User = closed(
  {
    object: Type.Literal('user'),
    id: UserId,
    metadata: Metadata,
    birthday: Birthday,
    createdAt: Timestamp,
    email: Email,
    emailVerified: EmailVerified,
    fullName: FullName,
    preferredLocale: Locale,
  },
  { title: 'User', description: 'An end customer, who can have devices and SIMs.' },
)
export type User = Static<typeof User>

export const UserList = List(User)

export const CreateUser = closed(
  {
    email: Email,
    birthday: Type.Optional(Birthday),
    emailVerified: Type.Optional(EmailVerified),
    fullName: Type.Optional(FullName),
    preferredLocale: Type.Optional(Locale),
    metadata: Type.Optional(NewMetadata),
  },
  { title: 'CreateUser' },
)
export type CreateUser = Static<typeof CreateUser>

export const ImportUser = closed(
  {
    ...CreateUser.properties,
    id: Type.Optional(Type.String({ description: 'Ignored. Present so that an export can be imported as it is.' })),
  },
  { title: 'ImportUser' },
)
export type ImportUser = Static<typeof ImportUser>

export const ExportedUser = closed(
  {
    id: UserId,
    email: Email,
    fullName: FullName,
    birthday: Birthday,
    preferredLocale: Locale,
    emailVerified: EmailVerified,
    metadata: Metadata,
  },
  { title: 'ExportedUser', description: 'A user in the format of exports and imports.' },
)
export type ExportedUser = Static<typeof ExportedUser>

export const UpdateUser = closed(
  {
    email: Type.Optional(Email),
    birthday: Type.Optional(Birthday),
    emailVerified: Type.Optional(EmailVerified),
    fullName: Type.Optional(FullName),
    preferredLocale: Type.Optional(Locale),
    metadata: Type.Optional(MetadataChanges),
  },
  { title: 'UpdateUser' },
)
export type UpdateUser = Static<typeof UpdateUser>

export const SearchUsers = closed({ email: Email }, { title: 'SearchUsers' })

const USER_FILTERS = {
  q: wordSearch('the full name, the e-mail address or a metadata value'),
}

export const ListUsers = listQuery(USER_ID_PATTERN, USER_FILTERS)
export type ListUsers = Static<typeof ListUsers>

export const CountUsers = closed(USER_FILTERS)
export type CountUsers = Static<typeof CountUsers>

/** The maximum number of users whose devices are counted at a time. */
const MAX_USERS = 100
/** Up to how many devices of a user are counted. */
export const MAX_DEVICES = 1_000

export const CountUserDevices = closed({
  user: Type.Optional(
    Type.Array(Type.String({ pattern: USER_ID_PATTERN }), {
      maxItems: MAX_USERS,
      description: `The ids of up to ${MAX_USERS} users, comma-separated or repeated.`,
    }),
  ),
})
export type CountUserDevices = Static<typeof CountUserDevices>

export const UserDevices = closed(
  {
    object: Type.Literal('userDevices'),
    users: Type.Array(closed({ user: UserId, count: Count.properties.count, complete: Count.properties.complete }), {
      description: 'The users that exist, in the order of their ids.',
    }),
  },
  { title: 'UserDevices', description: 'How many devices each of several users has.' },
)

export const UserPath = closed({ ...ProjectPath.properties, user: UserId })

const tags: [string] = ['Users']

export const UsersCreate = {
  operationId: 'UsersCreate',
  method: 'POST',
  path: '/projects/{project}/users',
  access: 'editor',
  idempotent: true,
  tags,
  summary: 'Create a user',
  description:
    'Creates a user with the given parameters. An e-mail address can be used only once per project, ignoring case.',
  params: ProjectPath,
  body: CreateUser,
  example: { email: 'jerry@example.com', fullName: 'Jerry Seinfeld', birthday: '2017-07-21', preferredLocale: 'en-US' },
  response: { 201: User },
} satisfies Operation

export const UsersRetrieve = {
  operationId: 'UsersRetrieve',
  method: 'GET',
  path: '/projects/{project}/users/{user}',
  access: 'open',
  tags,
  summary: 'Retrieve a user',
  description: 'Retrieves a user.',
  params: UserPath,
  response: { 200: User },
} satisfies Operation

export const UsersUpdate = {
  operationId: 'UsersUpdate',
  method: 'PATCH',
  path: '/projects/{project}/users/{user}',
  access: 'editor',
  guarded: true,
  tags,
  summary: 'Update a user',
  description: 'Updates the given properties of a user.',
  params: UserPath,
  body: UpdateUser,
  example: { fullName: 'Jerome Seinfeld', emailVerified: true },
  response: { 200: User },
} satisfies Operation

export const UsersDelete = {
  operationId: 'UsersDelete',
  method: 'DELETE',
  path: '/projects/{project}/users/{user}',
  access: 'editor',
  idempotent: true,
  guarded: true,
  tags,
  summary: 'Delete a user',
  description: "Deletes a user and returns it as it was. The user's devices remain, without user and name.",
  params: UserPath,
  response: { 200: User },
} satisfies Operation

export const UsersSearch = {
  operationId: 'UsersSearch',
  method: 'POST',
  path: '/projects/{project}/users/search',
  access: 'open',
  idempotent: true,
  tags,
  summary: 'Search for users',
  description: 'Finds the user with the given e-mail address, ignoring case.',
  params: ProjectPath,
  body: SearchUsers,
  example: { email: 'jerry@example.com' },
  response: { 200: UserList },
} satisfies Operation

export const UsersList = {
  operationId: 'UsersList',
  method: 'GET',
  path: '/projects/{project}/users',
  access: 'open',
  tags,
  summary: 'List all users',
  description: 'Returns a list of users, most recently created first.',
  params: ProjectPath,
  querystring: ListUsers,
  response: { 200: UserList },
} satisfies Operation

export const UsersCount = {
  operationId: 'UsersCount',
  method: 'GET',
  path: '/projects/{project}/users/count',
  access: 'viewer',
  tags,
  summary: 'Count users',
  description: 'Counts the users in the list with these filters, up to 10,000, or 1,000 with `q`.',
  params: ProjectPath,
  querystring: CountUsers,
  response: { 200: Count },
} satisfies Operation

export const UsersDevices = {
  operationId: 'UsersDevices',
  method: 'GET',
  path: '/projects/{project}/users/devices',
  access: 'viewer',
  tags,
  summary: 'Count the devices of users',
  description: 'Counts the devices of each of several users, up to 1,000.',
  params: ProjectPath,
  querystring: CountUserDevices,
  response: { 200: UserDevices },
} satisfies Operation

export const UsersImport = importOperation('UsersImport', tags[0], 'users', ImportUser, {
  email: 'jerry@example.com',
  fullName: 'Jerry Smith',
  metadata: { customer: '1001' },
})

export const UsersExport = exportOperation('UsersExport', tags[0], 'users', ExportedUser)
