/** The HTTP status of each error type (docs/contract.md §2). */
export const STATUS = {
  malformed: 400,
  unauthenticated: 401,
  permissionDenied: 403,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  preconditionFailed: 412,
  payloadTooLarge: 413,
  unsupportedMediaType: 415,
  invalid: 422,
  tooManyRequests: 429,
  internal: 500,
  serviceUnavailable: 503,
} as const

export type ErrorType = keyof typeof STATUS

/** The codes of problems with a property. The specific ones also become the code of an error that has only them. */
export const ERROR_CODES = [
  'propertyRequired',
  'propertyUnknown',
  'propertyInvalid',
  'invalidImei',
  'invalidIccid',
  'deviceImeiAlreadyExists',
  'deviceSimAlreadyUsed',
  'userAlreadyExists',
  'simAlreadyExists',
  'lastAdminKey',
  'webhookUrlInvalid',
  'webhookUrlForbidden',
  'webhookSecretInvalid',
  'webhookEndpointLimitReached',
  'eventTypeUnknown',
  'cursorExpired',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** A rule that one property violates. `hint` says how to fix it, and moves to the error if this is the only problem. */
export interface Problem {
  code: ErrorCode
  property: string
  message: string
  hint?: string
  /** The name that was probably meant, or null. */
  suggestion?: string | null
}

interface Extras {
  hint?: string
  problems?: readonly Problem[]
  headers?: Record<string, string>
  cause?: unknown
}

/** A request that fails. Thrown anywhere below a route; only `http/request/response.ts` turns it into a response. */
export class ApiError extends Error {
  readonly type: ErrorType
  readonly hint: string | undefined
  readonly problems: readonly Problem[]
  readonly headers: Record<string, string>

  constructor(type: ErrorType, message: string, { hint, problems = [], headers = {}, cause }: Extras = {}) {
    super(message, { cause })
    this.type = type
    this.hint = hint
    this.problems = problems
    this.headers = headers
  }
}

/** A reason not to start, or not to run a command: one line for the person at the terminal. */
export class SetupError extends Error {}

/** 422 with one detail for every violated rule. */
export function invalid(problems: readonly Problem[]): ApiError {
  const [first] = problems
  const message = problems.length === 1 && first ? first.message : `${problems.length} properties are invalid`
  return new ApiError('invalid', message, { problems })
}

/** 404 for the object in the path. The error for an invisible object equals that for an object that does not exist. */
export function notFound(kind: string): ApiError {
  return new ApiError('notFound', `The ${kind} does not exist`, {
    hint: `Check the id of the ${kind}, and that the token belongs to its project.`,
  })
}

/** The object itself, or `notFound` if there is none. */
export function orNotFound<T>(object: T | undefined, kind: string): T {
  if (object === undefined) throw notFound(kind)
  return object
}

/** 404 for objects that a body refers to, naming each. */
export function referenceNotFound(references: readonly { kind: string; id: string; property: string }[]): ApiError {
  const problems = references.map(({ kind, id, property }) => ({
    code: 'propertyInvalid' as const,
    property,
    message: `There is no ${kind} ${JSON.stringify(id)}`,
  }))
  const [first] = problems
  const message =
    problems.length === 1 && first ? first.message : `${problems.length} objects that the body names do not exist`
  return new ApiError('notFound', message, { problems, hint: 'Check the ids. They are case-sensitive.' })
}

/** 503: the store cannot serve the request now. The same request can succeed later. */
export function unavailable(message: string, cause?: unknown): ApiError {
  return new ApiError('serviceUnavailable', message, { headers: { 'retry-after': '1' }, cause })
}
