import { isUtf8 } from 'node:buffer'
import { MIMEType } from 'node:util'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.ts'
import type { Exchange } from '../exchange.ts'
import { unsupportedMediaType } from './errors.ts'

/** 64 KiB (docs/contract.md §1). */
export const BODY_LIMIT = 64 * 1024

const BYTE_ORDER_MARK = '\ufeff'

/**
 * Parses JSON in UTF-8, and passes the body of an import on as a stream. A JSON content type without a body is not an
 * error.
 */
export function parseBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  // Fastify finds the parser of a named type at once; for others it parses the header first.
  app.addContentTypeParser(['application/json', '*'], { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    done(null, parseJson(body))
  })
  app.addContentTypeParser(/^(?:application\/(?:x-ndjson|ndjson|jsonl)|text\/csv)\b/i, (_request, payload, done) =>
    done(null, payload),
  )
}

const JSON_ESSENCE = 'application/json'

/** 415 for a body that is not JSON in UTF-8 without a content coding. */
export function requireJsonType({ request }: Exchange): void {
  if (hasBody(request) && !isOfType(request, JSON_ESSENCE)) throw unsupportedMediaType()
}

/** 400 for an empty body if the operation requires one. */
export function requireBody({ body }: Exchange): void {
  if (body === undefined) throw emptyBody('a JSON object')
}

/** The same for an import, whose body is not parsed yet. */
export function requireLines({ request }: Exchange): void {
  if (!hasBody(request)) throw emptyBody('one JSON object per line, or CSV')
}

/** Sends 100 to a client that waits for it before it sends the body (RFC 9110 §10.1.1). */
export function sendContinue({ request, reply }: Exchange): void {
  const { expect } = request.headers
  if (expect !== undefined && request.raw.httpVersion === '1.1' && /^100-continue$/i.test(expect)) {
    reply.raw.writeContinue()
  }
}

function emptyBody(wanted: string): ApiError {
  return new ApiError('malformed', 'The body is empty', { hint: `Send ${wanted}.` })
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined
  if (!isUtf8(body)) throw notJson('The body is not valid UTF-8', 'Encode it as UTF-8.')
  const text = body.toString()
  try {
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text)
  } catch (error) {
    // V8's message quotes the body around the fault, so the response contains only the position.
    const position = /at position (\d+)/.exec((error as Error).message)?.[1]
    throw notJson(position ? `The body is not valid JSON at character ${position}` : 'The body is not valid JSON')
  }
}

function notJson(message: string, hint = 'Check quotes, commas and brackets.'): ApiError {
  return new ApiError('malformed', message, { hint })
}

/** Whether a request declares a body. */
export function hasBody({ method, headers }: FastifyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function isOfType({ headers }: FastifyRequest, type: string): boolean {
  const given = headers['content-type'] ?? ''
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? '')) return false
  if (given === type) return true
  try {
    const { essence, params } = new MIMEType(given)
    return essence === type && /^utf-?8$/i.test(params.get('charset') ?? 'utf-8')
  } catch {
    return false
  }
}
