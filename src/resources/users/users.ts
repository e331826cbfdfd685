import type { Caller } from '../../caller.ts'
import type { Context, Precondition } from '../../context.ts'
import { countJson, foundList, listOf } from '../../contract/list.ts'
import { type Queries, UniqueViolation } from '../../db/port.ts'
import { unawaited } from '../../db/unawaited.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import { toCursor } from '../../domain/cursor.ts'
import { emailKey } from '../../domain/keys.ts'
import { mergeMetadata } from '../../domain/metadata.ts'
import { parseSearch } from '../../domain/words.ts'
import { invalid, orNotFound, type Problem } from '../../errors.ts'
import { releaseDevices } from '../devices/devices.ts'
import { endUserTokens } from '../tokens/tokens.ts'
import type { CountUserDevices, CountUsers, CreateUser, ListUsers, UpdateUser, User } from './schema.ts'
import * as store from './store.ts'

/** Creates a user. Returns it as JSON. Throws `invalid` if the project already has a user with this e-mail address. */
export function createUser({ change, newId }: Context, caller: Caller, input: CreateUser): Promise<string> {
  const { project } = caller
  return change(caller, async (tx) => {
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
    const [inserted, found] = await Promise.all([
      store.insertUser(tx, project.id, { id, createdAt }, fields),
      store.findUser(tx, project.id, id, caller.userId),
    ])
    if (!inserted) throw invalid([emailTaken()])
    const json = orNotFound(found, 'user')
    return { response: json, changes: [{ kind: 'user', before: null, after: json }] }
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

export function listUsers({ db }: Context, { project, userId }: Caller, query: ListUsers): Awaitable<string> {
  return andThen(store.listUsers(db, project.id, toFilters(query), userId, toCursor(query)), listOf)
}

/** Counts the users in the list with these filters. Returns JSON. */
export async function countUsers({ db }: Context, { project }: Caller, query: CountUsers): Promise<string> {
  return countJson(await store.countUsers(db, project.id, toFilters(query)))
}

/** Counts the devices of each of these users that exists. Returns JSON. */
export async function countUserDevices(
  { db }: Context,
  { project }: Caller,
  { user = [] }: CountUserDevices,
): Promise<string> {
  return JSON.stringify({ object: 'userDevices', users: await store.countDevicesOf(db, project.id, user) })
}

function toFilters({ q }: CountUsers): store.UserFilters {
  return { terms: q === undefined ? [] : parseSearch(q) }
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
  return change(caller, async (tx) => {
    const before = await getUser(tx, caller, id)
    const fields: User = JSON.parse(before)
    const email = input.email ?? fields.email
    const { metadata, problems } = mergeMetadata(fields.metadata, input.metadata ?? {}, 'metadata')
    const keepsEmail = email === fields.email
    if (!keepsEmail && (await isTaken(tx, caller, email, id))) problems.unshift(emailTaken())
    if (problems.length > 0) throw invalid(problems)
    precondition?.(before)
    const changed = {
      email,
      emailKey: emailKey(email),
      emailVerified: input.emailVerified ?? fields.emailVerified,
      fullName: input.fullName === undefined ? fields.fullName : input.fullName,
      birthday: input.birthday === undefined ? fields.birthday : input.birthday,
      preferredLocale: input.preferredLocale ?? fields.preferredLocale,
      metadata: JSON.stringify(metadata),
    }
    try {
      const [, after] = await Promise.all([
        store.updateUser(tx, project.id, id, changed, { keepsEmail }),
        getUser(tx, caller, id),
      ])
      return { response: after, changes: [{ kind: 'user', before, after }] }
    } catch (error) {
      // Another node has given the address to a user since it was looked up.
      throw error instanceof UniqueViolation ? invalid([emailTaken()]) : error
    }
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
  return change(caller, async (tx) => {
    const json = await getUser(tx, caller, id)
    precondition?.(json)
    const released = await releaseDevices(tx, caller, id)
    unawaited(endUserTokens(tx, project, id))
    unawaited(store.deleteUser(tx, project.id, id))
    return { response: json, changes: [...released, { kind: 'user', before: json, after: null }] }
  })
}

/** Whether a user other than this one has the address. */
async function isTaken(tx: Queries, { project }: Caller, email: string, id: string): Promise<boolean> {
  const json = await store.findUserByEmail(tx, project.id, emailKey(email), null)
  return json !== undefined && (JSON.parse(json) as User).id !== id
}

function emailTaken(): Problem {
  return {
    code: 'userAlreadyExists',
    property: 'email',
    message: 'The project already has a user with this e-mail address',
    hint: 'Find the user with POST users/search, which ignores case.',
  }
}
