import type { components } from './openapi.ts'

type ErrorBody = components['schemas']['Error']
type PropertyErrorDetail = components['schemas']['PropertyErrorDetail']

/** The kind of an error: a type of the API, or a failure on the way to it. */
export type HandsetErrorType = ErrorBody['type'] | 'connectionFailed' | 'timedOut' | 'unexpectedResponse'

export type HandsetErrorCode = NonNullable<ErrorBody['code']>

/** The properties of an error, apart from its message. */
export interface HandsetErrorParts {
  type: HandsetErrorType
  /** The HTTP status; null if there was no response. */
  status: number | null
  code?: HandsetErrorCode | undefined
  hint?: string | undefined
  details?: readonly PropertyErrorDetail[] | undefined
  requestId?: string | null | undefined
  retryAfter?: number | null | undefined
  cause?: unknown
}

/** A failed call. The message is for people; programs should use `type` and `code`. */
export class HandsetError extends Error {
  override readonly name = 'HandsetError'
  /** `notFound`, `invalid` or another type of the API; or `connectionFailed`, `timedOut` or `unexpectedResponse`. */
  readonly type: HandsetErrorType
  /** The HTTP status; null if there was no response. */
  readonly status: number | null
  /** The violated rule, if there is one: `deviceImeiAlreadyExists`, `invalidImei`, … */
  readonly code: HandsetErrorCode | null
  /** How to fix the problem. */
  readonly hint: string | null
  /** One entry for every offending property. */
  readonly details: readonly PropertyErrorDetail[]
  /** Identifies the request in the server's log. */
  readonly requestId: string | null
  /** How long the server asks clients to wait before another attempt, in milliseconds. */
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

/** Reads the body of a response outside 2xx and returns the error that it describes. */
export async function errorOf(response: Response): Promise<HandsetError> {
  const { status, headers } = response
  const body = readBody(await response.text())
  const parts = { status, requestId: headers.get('x-request-id'), retryAfter: retryAfterOf(headers) }
  if (body !== null) {
    const { type, message, code, hint, details } = body
    return new HandsetError(message, { ...parts, type, code, hint, details })
  }
  const hint = 'A proxy between this program and Handset may have responded, or `baseUrl` may be wrong.'
  return new HandsetError(`The response with status ${status} does not come from Handset`, {
    ...parts,
    type: 'unexpectedResponse',
    hint,
  })
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
