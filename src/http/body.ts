import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { NDJSON_TYPE } from '../contract/media-types.ts'
import { ApiError } from '../errors.ts'
import { unsupportedMediaType } from './errors.ts'

/** Contract section 1: bodies of up to 64 KiB. */
export const BODY_LIMIT = 64 * 1024

const UTF_8 = '\\s*(?:;\\s*charset\\s*=\\s*"?utf-8"?\\s*)?;?\\s*$'
const JSON_MEDIA_TYPE = new RegExp(`^application/json${UTF_8}`, 'i')
const NDJSON_MEDIA_TYPE = new RegExp(`^${NDJSON_TYPE}${UTF_8}`, 'i')

/** Reads bodies: JSON in UTF-8 and nothing else; a JSON content type without a body is no error. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  // Fastify finds the parser of a named type at once, and takes the header to pieces for another.
  app.addContentTypeParser(['application/json', '*'], { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    done(null, parseJson(body))
  })
  app.addContentTypeParser(/^application\/x-ndjson\b/i, (_request, payload, done) => done(null, payload))
  app.addHook('preParsing', (request, _reply, _payload, next) => {
    const isLines = request.routeOptions.schema?.stream?.body !== undefined
    if (hasBody(request) && !isOfType(request, isLines ? NDJSON_MEDIA_TYPE : JSON_MEDIA_TYPE)) {
      throw unsupportedMediaType(isLines ? NDJSON_TYPE : 'application/json')
    }
    next()
  })
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined
  if (!isUtf8(body)) throw notJson('The body is not valid JSON in UTF-8')
  try {
    return JSON.parse(body.toString())
  } catch (error) {
    // V8 quotes the body around the fault: its words stay here, only the place goes out.
    const place = /at position (\d+)/.exec((error as Error).message)?.[1]
    throw notJson(place ? `The body is not valid JSON at character ${place}` : 'The body is not valid JSON')
  }
}

function notJson(message: string): ApiError {
  return new ApiError('malformed', message, { hint: 'Check quotes, commas and brackets.' })
}

/** Whether a request says that it has a body. */
export function hasBody({ method, headers }: FastifyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function isOfType({ headers }: FastifyRequest, type: RegExp): boolean {
  return headers['content-encoding'] === undefined && type.test(headers['content-type'] ?? '')
}
