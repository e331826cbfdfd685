/** HTTP status of each error type of the contract (section 2): the one mapping from an error to HTTP. */
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

/** What can be wrong with one property; the specific codes also stand at the top of an error that has only them. */
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
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** One broken rule at one property. `hint` says how to mend it and moves to the error when this is its only problem. */
export interface Problem {
  code: ErrorCode
  property: string
  message: string
  hint?: string
  /** The value that was probably meant, or null. */
  suggestion?: string | null
}

interface Extras {
  hint?: string
  problems?: readonly Problem[]
  headers?: Record<string, string>
  cause?: unknown
}

/** An answer that refuses: thrown anywhere below a route, turned into HTTP by `http/errors.ts` alone. */
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

/** A reason not to start or not to run a command, in one line for the person at the terminal. */
export class SetupError extends Error {}

/** 422 with one detail for every broken rule. */
export function invalid(problems: readonly Problem[]): ApiError {
  const [first] = problems
  const message = problems.length === 1 && first ? first.message : `${problems.length} properties are invalid`
  return new ApiError('invalid', message, { problems })
}

/** 404 for the object of the path. Absent and invisible read alike. */
export function notFound(kind: string): ApiError {
  return new ApiError('notFound', `The ${kind} does not exist`, {
    hint: `Check the id of the ${kind}, and that the token belongs to its project.`,
  })
}

/** 404 for objects that a body points at, each named. */
export function referenceNotFound(references: readonly { kind: string; id: string; property: string }[]): ApiError {
  const problems = references.map(({ kind, id, property }) => ({
    code: 'propertyInvalid' as const,
    property,
    message: `There is no ${kind} ${JSON.stringify(id)}`,
  }))
  const message = problems.map((problem) => problem.message).join('. ')
  return new ApiError('notFound', message, { problems, hint: 'Check the ids. They are case-sensitive.' })
}

/** 503: the store can't take or give this now; the same request may succeed later. */
export function unavailable(message: string, cause?: unknown): ApiError {
  return new ApiError('serviceUnavailable', message, { headers: { 'retry-after': '1' }, cause })
}
