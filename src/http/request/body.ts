import { isUtf8 } from 'node:buffer'
import { MIMEType } from 'node:util'
import { ApiError } from '../../errors.ts'
import type { Exchange, Request } from '../exchange.ts'
import { unsupportedMediaType } from './errors.ts'

/** 64 KiB (docs/contract.md §1). */
export const BODY_LIMIT = 64 * 1024

const BYTE_ORDER_MARK = '\ufeff'

/**
 * Reads a body of JSON in UTF-8. Resolves to undefined if there is none: a JSON content type without a body is not an
 * error. Throws `payloadTooLarge`, and `malformed` for a body that is not JSON or breaks off.
 */
export async function readBody(request: Request): Promise<unknown> {
  return hasBody(request) ? parseJson(await readBytes(request)) : undefined
}

function readBytes({ raw, headers }: Request): Promise<Buffer> {
  if (Number(headers['content-length']) > BODY_LIMIT) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0

    function take(chunk: Buffer): void {
      length += chunk.length
      chunks.push(chunk)
      if (length > BODY_LIMIT) stop(tooLarge())
    }

    function stop(error?: Error): void {
      raw.off('data', take).off('end', stop).off('error', stop)
      if (error === undefined) resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
      else reject(error)
    }

    raw.on('data', take).on('end', stop).on('error', stop)
  })
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
