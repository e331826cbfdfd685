import type { FastifyInstance } from 'fastify'
import { toBody } from '../contract/error-body.ts'
import { JSON_TYPE, NDJSON_TYPE } from '../contract/media-types.ts'
import { ApiError, STATUS } from '../errors.ts'

/** Turns every failure into the contract's error (section 2): the one place where an error becomes HTTP. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const failure = toApiError(error)
    if (STATUS[failure.type] >= 500) request.log.error({ reqId: request.id, err: failure.cause ?? error }, failure.type)
    return reply.code(STATUS[failure.type]).headers(failure.headers).type(JSON_TYPE).send(toBody(failure))
  })
  app.addHook('onRequest', ({ is404 }, _reply, next) => {
    if (is404)
      throw new ApiError('notFound', 'There is nothing at this path', {
        hint: 'The paths are listed in /openapi.json.',
      })
    next()
  })
}

/** The error a caller sees. What is not one of ours is ours to mend: `internal`, and nothing of it leaves the server. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  switch ((error as { code?: string }).code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError('payloadTooLarge', 'The body is larger than 64 KiB')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return unsupportedMediaType('application/json')
    case 'ECONNRESET': // The client went away while it sent its body: nobody reads this answer.
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new ApiError('malformed', 'The body is not as long as its Content-Length')
    default:
      return new ApiError('internal', 'Something went wrong here', {
        hint: 'Tell the operator the x-request-id.',
        cause: error,
      })
  }
}

export function unsupportedMediaType(wanted: string): ApiError {
  return new ApiError('unsupportedMediaType', `The body must be ${wanted === NDJSON_TYPE ? 'NDJSON' : 'JSON'}`, {
    hint: `Send \`Content-Type: ${wanted}\`, in UTF-8 and without a Content-Encoding.`,
  })
}
