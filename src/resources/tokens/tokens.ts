import type { Caller, StoredProject } from '../../caller.ts'
import type { Context, Precondition } from '../../context.ts'
import { listOf } from '../../contract/list.ts'
import type { Queries } from '../../db/port.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import { toCursor } from '../../domain/cursor.ts'
import { timeIn, toSecond } from '../../domain/time.ts'
import { notFound } from '../../errors.ts'
import {
  type CreateUserToken,
  DEFAULT_EXPIRES_IN,
  type ListUserTokens,
  type NewUserToken,
  type UserToken,
} from './schema.ts'
import * as store from './store.ts'
import { newToken } from './token.ts'

/** How a path identifies a token: by its user and its id. */
interface UserTokenName {
  userId: string
  id: string
}

/** Creates a token that acts as a user. Returns it as JSON, the only place where the token itself is shown. */
export function createUserToken(
  { change, newId, clock }: Context,
  caller: Caller,
  userId: string,
  { expiresIn = DEFAULT_EXPIRES_IN }: CreateUserToken,
): Promise<string> {
  const { project } = caller
  return change(caller, async (tx) => {
    const { token, hash } = newToken('hut', project.tag)
    const { id, createdAt } = newId('utk', project.tag)
    const expiresAt = timeIn(clock(), expiresIn)
    const stored = { id, userId, createdAt, expiresAt }
    if (!(await store.insertUserToken(tx, project.id, stored, hash))) throw notFound('user')
    const shown: UserToken = { object: 'userToken', id, user: userId, createdAt, expiresAt: toSecond(expiresAt) }
    const withToken: NewUserToken = { ...shown, token }
    return {
      response: JSON.stringify(withToken),
      changes: [{ kind: 'userToken', before: null, after: JSON.stringify(shown) }],
    }
  })
}

/** A user's token as JSON, without the token itself. Throws `notFound`, also if it has expired. */
export async function getUserToken(
  { db, clock }: Pick<Context, 'clock'> & { db: Queries },
  { project }: Pick<Caller, 'project'>,
  token: UserTokenName,
): Promise<string> {
  const json = await store.findValidUserToken(db, project.id, token, timeIn(clock(), 0))
  if (json === undefined) throw notFound('user token')
  return json
}

/** A page of a user's tokens that are still valid, as JSON. */
export function listUserTokens(
  { db, clock }: Context,
  { project }: Pick<Caller, 'project'>,
  userId: string,
  query: ListUserTokens,
): Awaitable<string> {
  return andThen(store.listUserTokens(db, project.id, userId, timeIn(clock(), 0), toCursor(query)), listOf)
}

/**
 * Revokes a user's token: the next request with it is rejected; on PostgreSQL, other processes reject it within a
 * second. Returns the token as it was, as JSON.
 */
export function removeUserToken(
  { change, clock }: Context,
  caller: Caller,
  token: UserTokenName,
  precondition: Precondition,
): Promise<string> {
  return change(caller, async (tx) => {
    const json = await getUserToken({ db: tx, clock }, caller, token)
    precondition?.(json)
    await store.deleteUserToken(tx, caller.project.id, token.id)
    return { response: json, changes: [{ kind: 'userToken', before: json, after: null }] }
  })
}

/** Ends all tokens of a user: the next request with one is rejected. */
export function endUserTokens(tx: Queries, project: StoredProject, userId: string): Promise<void> {
  return store.endUserTokens(tx, project.id, userId)
}

/** Deletes some of a project's expired user tokens. Returns how many. */
export function sweepUserTokens(tx: Queries, project: StoredProject, now: string, limit: number): Promise<number> {
  return store.sweepUserTokens(tx, project.id, now, limit)
}
