import { isUtf8 } from 'node:buffer'
import { MIMEType } from 'node:util'
import { ApiError } from '../../errors.ts'
import type { Exchange, Request } from '../exchange.ts'
import { unsupportedMediaType } from './errors.ts'

/** 64 KiB (docs/contract.md §1). */
export const BODY_LIMIT = 64 * 1024

const BYTE_ORDER_MARK = '\ufeff'

/**
 * Reads a body of JSON in UTF-8, and passes it to `done`: undefined if there is none, because a JSON content type
 * without a body is not an error. Passes `payloadTooLarge` to `fail`, and `malformed` for a body that is not JSON or
 * breaks off. Uses callbacks rather than a promise, so that a request goes straight from its last byte to the store.
 */
export function readBody(request: Request, done: (body: unknown) => void, fail: (error: unknown) => void): void {
  const { raw, headers } = request
  const chunks: Buffer[] = []
  let length = 0

  function take(chunk: Buffer): void {
    length += chunk.length
    chunks.push(chunk)
    if (length > BODY_LIMIT) stop(tooLarge())
  }

  function stop(error?: Error): void {
    raw.off('data', take).off('end', stop).off('error', stop)
    if (error === undefined) parseJson(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), done, fail)
    else fail(error)
  }

  if (!hasBody(request)) done(undefined)
  else if (Number(headers['content-length']) > BODY_LIMIT) fail(tooLarge())
  else raw.on('data', take).on('end', stop).on('error', stop)
}

function tooLarge(): ApiError {
  return new ApiError('payloadTooLarge', 'The body is larger than 64 KiB')
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
    reply.writeContinue()
  }
}

function emptyBody(wanted: string): ApiError {
  return new ApiError('malformed', 'The body is empty', { hint: `Send ${wanted}.` })
}

function parseJson(bytes: Buffer, done: (body: unknown) => void, fail: (error: unknown) => void): void {
  let body: unknown
  if (!isUtf8(bytes)) {
    fail(notJson('The body is not valid UTF-8', 'Encode it as UTF-8.'))
    return
  }
  const text = bytes.toString()
  try {
    if (text !== '') body = JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text)
  } catch (error) {
    // V8's message quotes the body around the fault, so the response contains only the position.
    const position = /at position (\d+)/.exec((error as Error).message)?.[1]
    fail(notJson(position ? `The body is not valid JSON at character ${position}` : 'The body is not valid JSON'))
    return
  }
  done(body)
}

function notJson(message: string, hint = 'Check quotes, commas and brackets.'): ApiError {
  return new ApiError('malformed', message, { hint })
}

/** Whether a request declares a body. */
export function hasBody({ method, headers }: Pick<Request, 'method' | 'headers'>): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function isOfType({ headers }: Request, type: string): boolean {
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
