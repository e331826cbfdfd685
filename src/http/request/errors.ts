import { ApiError } from '../../errors.ts'

/** The error that a client sees. An unexpected error becomes `internal`, without any detail. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  switch ((error as { code?: string }).code) {
    case 'ECONNRESET': // The client disconnected while it sent its body: nobody reads this response.
      return new ApiError('malformed', 'The body does not have the length given in Content-Length')
    default:
      return new ApiError('internal', 'Something went wrong on the server', {
        hint: 'Report the x-request-id to the operator.',
        cause: error,
      })
  }
}

export function unsupportedMediaType(): ApiError {
  return new ApiError('unsupportedMediaType', 'The body must be JSON', {
    hint: 'Send `Content-Type: application/json`, in UTF-8 and without a Content-Encoding.',
  })
}
