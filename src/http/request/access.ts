import type { Operation } from '../../contract/operation.ts'
import { ApiError, notFound } from '../../errors.ts'
import type { Exchange, Step } from '../exchange.ts'

/** Hides every project but the caller's own: 404, whatever the rest of the path names. */
export function requireOwnProject({ params, caller }: Exchange): void {
  if (params.project !== caller.project.id) throw notFound('project')
}

/** Rejects user tokens with 403: for operations that only API keys may call. */
export function requireApiKey({ caller }: Exchange): void {
  if (caller.userId !== null) throw permissionDenied('This operation requires an API key')
}

/** Rejects a user token that names another user in this property of the body, with 403. */
export function requireOwnUser(property: string): Step {
  return ({ caller, body }) => {
    const user = (body as Record<string, unknown> | null)?.[property]
    if (caller.userId !== null && typeof user === 'string' && user !== caller.userId) {
      throw permissionDenied('A user token may name only its own user')
    }
  }
}

/** Whether some token that authenticates gets 403 for an operation. */
export function canBeDenied({ access, ownUser }: Operation): boolean {
  return access !== 'user' || ownUser !== undefined
}

function permissionDenied(message: string): ApiError {
  return new ApiError('permissionDenied', message, { hint: "Call it from the operator's backend, with an API key." })
}
