import type { Static } from 'typebox'
import type { ApiError } from '../errors.ts'
import type { ErrorResponse } from './schemas.ts'

/**
 * An error as JSON (docs/contract.md §2). The error itself has a `code` if all its details share one that says more than
 * "invalid".
 */
export function toBody({ type, message, hint, problems }: ApiError): string {
  const [first] = problems
  const isShared = first && problems.every(({ code }) => code === first.code) && !first.code.startsWith('property')
  const body: Static<typeof ErrorResponse> = {
    object: 'error',
    type,
    message,
    ...(isShared ? { code: first.code } : {}),
    ...withHint(hint ?? (problems.length === 1 ? first?.hint : undefined)),
    ...(problems.length > 0 ? { details: problems.map(toDetail) } : {}),
  }
  return JSON.stringify(body)
}

function withHint(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint }
}

function toDetail({ code, property, message, hint, suggestion = null }: ApiError['problems'][number]) {
  const text = hint === undefined || code === 'invalidIccid' ? message : `${message}. ${hint}`
  return { object: 'propertyErrorDetail' as const, code, message: text, property, suggestion }
}
