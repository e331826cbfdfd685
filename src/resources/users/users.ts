import type { Caller } from '../../caller.ts'
import type { Context, Precondition } from '../../context.ts'
import { foundList, listOf } from '../../contract/list.ts'
import { type Queries, UniqueViolation } from '../../db/port.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import { toCursor } from '../../domain/cursor.ts'
import { emailKey } from '../../domain/keys.ts'
import { mergeMetadata } from '../../domain/metadata.ts'
import { invalid, notFound, orNotFound, type Problem } from '../../errors.ts'
import { releaseDevices } from '../devices/devices.ts'
import { endUserTokens } from '../tokens/tokens.ts'
import type { CreateUser, UpdateUser } from './schema.ts'
import * as store from './store.ts'

/** Creates a user. Returns it as JSON. Throws `invalid` if the project already has a user with this e-mail address. */
export function createUser({ change, newId }: Context, caller: Caller, input: CreateUser): Promise<string> {
  const { project } = caller
  return change(async (tx) => {
    const { id, createdAt } = newId('usr', project.tag)
    const fields = {
      email: input.email,
      emailKey: emailKey(input.email),
      emailVerified: input.emailVerified ?? false,
      fullName: input.fullName ?? null,
      birthday: input.birthday ?? null,
      preferredLocale: input.preferredLocale ?? (project.locales[0] as string),
      metadata: JSON.stringify(input.metadata ?? {}),
    }
    if (!(await store.insertUser(tx, project.id, { id, createdAt }, fields))) throw invalid([emailTaken()])
    return getUser(tx, caller, id)
  })
}

/** Returns a user as JSON. Throws `notFound`. A user token sees only its own user. */
export function getUser(db: Queries, { project, userId }: Caller, id: string): Awaitable<string> {
  return andThen(store.findUser(db, project.id, id, userId), (json) => orNotFound(json, 'user'))
}

export function searchUsers(
  { db }: Context,
  { project, userId }: Caller,
  { email }: { email: string },
): Awaitable<string> {
  return andThen(store.findUserByEmail(db, project.id, emailKey(email), userId), (json) =>
    foundList(json === undefined ? [] : [json]),
  )
}

export function listUsers(
  { db }: Context,
  { project, userId }: Caller,
  query: Parameters<typeof toCursor>[0],
): Awaitable<string> {
  return andThen(store.listUsers(db, project.id, userId, toCursor(query)), listOf)
}

/** Changes the given properties of a user. Returns it as JSON. */
export function updateUser(
  { change }: Context,
  caller: Caller,
  id: string,
  input: UpdateUser,
  precondition: Precondition,
): Promise<string> {
  const { project } = caller
  return change(async (tx) => {
    const fields = await store.findUserFields(tx, project.id, id)
    if (fields === undefined) throw notFound('user')
    const before = await getUser(tx, caller, id)
    const { metadata, problems } = mergeMetadata(fields.metadata, input.metadata ?? {}, 'metadata')
    try {
      await store.updateUser(tx, project.id, id, {
        email: input.email ?? fields.email,
        emailKey: input.email === undefined ? fields.emailKey : emailKey(input.email),
        emailVerified: input.emailVerified ?? fields.emailVerified,
        fullName: input.fullName === undefined ? fields.fullName : input.fullName,
        birthday: input.birthday === undefined ? fields.birthday : input.birthday,
        preferredLocale: input.preferredLocale ?? fields.preferredLocale,
        metadata,
      })
    } catch (error) {
      throw error instanceof UniqueViolation ? invalid([emailTaken(), ...problems]) : error
    }
    if (problems.length > 0) throw invalid(problems)
    precondition?.(before)
    return getUser(tx, caller, id)
  })
}

/** Deletes a user, releases their devices, which also lose their name, and ends their tokens. Returns the user as it was. */
export function removeUser(
  { change }: Context,
  caller: Caller,
  id: string,
  precondition: Precondition,
): Promise<string> {
  const { project } = caller
  return change(async (tx) => {
    const json = await getUser(tx, caller, id)
    precondition?.(json)
    await releaseDevices(tx, project.id, id)
    await endUserTokens(tx, project, id)
    await store.deleteUser(tx, project.id, id)
    return json
  })
}

function emailTaken(): Problem {
  return {
    code: 'userAlreadyExists',
    property: 'email',
    message: 'The project already has a user with this e-mail address',
    hint: 'Find the user with POST users/search, which ignores case.',
  }
}
