import type { ErrorBody, PropertyErrorDetail } from './operations.ts'

/** What kind of refusal it is: the API's own, and what can go wrong on the way to it. */
export type HandsetErrorType = ErrorBody['type'] | 'connectionFailed' | 'timedOut' | 'unexpectedAnswer'

export type HandsetErrorCode = NonNullable<ErrorBody['code']>

/** What an error holds beside its message. */
export interface HandsetErrorParts {
  type: HandsetErrorType
  /** The HTTP status; null where no answer came. */
  status: number | null
  code?: HandsetErrorCode | undefined
  hint?: string | undefined
  details?: readonly PropertyErrorDetail[] | undefined
  requestId?: string | null | undefined
  retryAfter?: number | null | undefined
  cause?: unknown
}

/** A call that failed. Its message is for people; programs go by `type` and `code`. */
export class HandsetError extends Error {
  override readonly name = 'HandsetError'
  /** `notFound`, `invalid` and the other types of the API; `connectionFailed`, `timedOut` or `unexpectedAnswer`. */
  readonly type: HandsetErrorType
  /** The HTTP status; null where no answer came. */
  readonly status: number | null
  /** Which rule was broken, where it was one: `deviceImeiAlreadyExists`, `invalidImei`, … */
  readonly code: HandsetErrorCode | null
  /** How to mend it. */
  readonly hint: string | null
  /** One for every offending property. */
  readonly details: readonly PropertyErrorDetail[]
  /** Names the request in the server's log. */
  readonly requestId: string | null
  /** How long the server asks to wait before another attempt, in milliseconds. */
  readonly retryAfter: number | null

  constructor(message: string, parts: HandsetErrorParts) {
    super(message, { cause: parts.cause })
    this.type = parts.type
    this.status = parts.status
    this.code = parts.code ?? null
    this.hint = parts.hint ?? null
    this.details = parts.details ?? []
    this.requestId = parts.requestId ?? null
    this.retryAfter = parts.retryAfter ?? null
  }
}

/** The error that an answer beyond 2xx is; reads its body. */
export async function errorOf(response: Response): Promise<HandsetError> {
  const { status, headers } = response
  const body = readBody(await response.text())
  const told = { status, requestId: headers.get('x-request-id'), retryAfter: retryAfterOf(headers) }
  if (body !== null) {
    const { type, message, code, hint, details } = body
    return new HandsetError(message, { ...told, type, code, hint, details })
  }
  const hint = 'Something between here and Handset answered, or `baseUrl` is not where Handset is.'
  return new HandsetError(`The answer ${status} is none of Handset's`, { ...told, type: 'unexpectedAnswer', hint })
}

function readBody(text: string): ErrorBody | null {
  try {
    const body = JSON.parse(text) as ErrorBody | null
    return body?.object === 'error' ? body : null
  } catch {
    return null
  }
}

/** `Retry-After` is seconds or a date (RFC 9110 §10.2.3). */
function retryAfterOf(headers: Headers): number | null {
  const field = headers.get('retry-after')
  if (field === null) return null
  const milliseconds = /^\d+$/.test(field) ? Number(field) * 1000 : Date.parse(field) - Date.now()
  return Number.isNaN(milliseconds) ? null : Math.max(0, milliseconds)
}
