import type { Caller } from '../../caller.ts'
import { type Access, includesRole, type Operation, ROLES, type Role, requiredRole } from '../../contract/operation.ts'
import { ApiError, notFound } from '../../errors.ts'
import type { Exchange, Step } from '../exchange.ts'

/** Hides every project but the caller's own: 404, whatever the rest of the path names. */
export function requireOwnProject({ params, caller }: Exchange): void {
  if (params.project !== caller.project.id) throw notFound('project')
}

/** Rejects a token that may not call the operation, with 403. Returns null for an operation that is open to every token. */
export function requireAccess(access: Access): Step | null {
  if (access === 'open') return null
  const role = requiredRole(access)
  return ({ caller: { key } }) => {
    if (key === null && access !== 'user') throw keyRequired(role)
    if (key !== null && !includesRole(key.role, role)) throw roleTooLow(key.role, role)
  }
}

/** Throws `permissionDenied` if the caller's API key has a lower role. For what only some requests of an operation need. */
export function requireRole({ key }: Caller, role: Role): void {
  if (key !== null && !includesRole(key.role, role)) throw roleTooLow(key.role, role)
}

/** Rejects a user token that names another user in this property of the body, with 403. */
export function requireOwnUser(property: string): Step {
  return ({ caller, body }) => {
    const user = (body as Record<string, unknown> | null)?.[property]
    if (caller.userId !== null && typeof user === 'string' && user !== caller.userId) {
      throw new ApiError('permissionDenied', 'A user token may name only its own user', { hint: BACKEND_HINT })
    }
  }
}

/** Whether some token that authenticates gets 403 for an operation. */
export function canBeDenied({ access, ownUser }: Operation): boolean {
  return access !== 'open' || ownUser !== undefined
}

const BACKEND_HINT = "Call it from the operator's backend, with an API key."

function keyRequired(role: Role): ApiError {
  return new ApiError('permissionDenied', `This operation requires an API key with the role ${anyOf(role)}`, {
    hint: BACKEND_HINT,
  })
}

function roleTooLow(actual: Role, required: Role): ApiError {
  return new ApiError(
    'permissionDenied',
    `This operation requires the role ${anyOf(required)}; this key has the role \`${actual}\``,
    {
      hint: 'Use a key with a sufficient role. An administrator can create one with POST apiKeys.',
    },
  )
}

/** The role and those above it, as in "`editor` or `admin`". */
function anyOf(role: Role): string {
  const names = ROLES.slice(ROLES.indexOf(role)).map((name) => `\`${name}\``)
  return names.length < 3 ? names.join(' or ') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
