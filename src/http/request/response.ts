import type { FastifyBaseLogger } from 'fastify'
import { toBody } from '../../contract/error-body.ts'
import { JSON_TYPE } from '../../contract/media-types.ts'
import { STATUS } from '../../errors.ts'
import type { Exchange, JsonResponse, Streamed } from '../exchange.ts'
import type { Admission } from '../limits/overload.ts'
import { ratelimitHeader } from '../limits/rate-limit.ts'
import { hasBody } from './body.ts'
import { discardRest } from './discard.ts'
import { matches } from './entity-tags.ts'
import { toApiError } from './errors.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** Sends responses. */
export interface Responder {
  respond(exchange: Exchange): void
  /** Sends an error (docs/contract.md §2). `errors.ts` in this folder classifies it. */
  fail(exchange: Exchange, error: unknown): void
}

interface Parts {
  logger: FastifyBaseLogger
  admission: Admission
  /** How long the rest of a body is read after an error, in milliseconds. */
  patience: number
  /** Whether pages of other origins may call the API. If so, Fastify's reply also has CORS headers. */
  hasOrigins: boolean
}

const COMMON_HEADERS = Object.entries(SECURITY_HEADERS).flat()

export function createResponder({ logger, admission, patience, hasOrigins }: Parts): Responder {
  /** The headers of every response: names and values in turn, as `writeHead` takes them. */
  function headersOf({ request, reply, standing }: Exchange): string[] {
    const headers = COMMON_HEADERS.concat('x-request-id', request.id)
    if (standing !== null) {
      headers.push('ratelimit-policy', standing.policy, 'ratelimit', ratelimitHeader(standing))
    }
    // An open connection would keep the server from stopping, and its client from finding another one.
    if (admission.isLeaving) headers.push('connection', 'close')
    if (hasOrigins) {
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        const position = headers.indexOf(name)
        if (position < 0) headers.push(name, String(value))
        else headers[position + 1] = String(value)
      }
    }
    return headers
  }

  /** Writes to the socket directly, because Fastify's reply would first build an object of the headers. */
  function send({ reply }: Exchange, status: number, headers: string[], payload: string): void {
    const length = Buffer.byteLength(payload)
    headers.push('content-type', JSON_TYPE, 'content-length', String(length))
    reply.hijack()
    reply.raw.writeHead(status, headers).end(payload, length === payload.length ? 'latin1' : 'utf8')
  }

  function sendJson(exchange: Exchange, { status, payload, tag, isReplay }: JsonResponse): void {
    const { request, reply } = exchange
    const headers = headersOf(exchange)
    if (isReplay) headers.push('idempotent-replayed', 'true')
    if (tag !== null) headers.push('etag', tag)
    const condition = request.headers['if-none-match']
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (tag === null || condition === undefined || !isRead || !matches(condition, tag)) {
      send(exchange, status, headers, payload)
      return
    }
    reply.hijack()
    reply.raw.writeHead(304, headers).end()
  }

  /** Fastify sends streams: it destroys a stream if the connection closes, and the connection if the stream fails. */
  function sendStream(exchange: Exchange, { status, type, stream, length }: Streamed): void {
    const { reply } = exchange
    const headers = headersOf(exchange)
    for (let position = 0; position < headers.length; position += 2) {
      reply.header(headers[position] as string, headers[position + 1])
    }
    if (length !== null) reply.header('content-length', length)
    reply.code(status).type(type).send(stream)
  }

  return {
    respond(exchange) {
      const response = exchange.response as NonNullable<Exchange['response']>
      if ('stream' in response) {
        admission.releaseStream(exchange)
        sendStream(exchange, response)
      } else {
        admission.release(exchange)
        sendJson(exchange, response)
      }
    },
    fail(exchange, error) {
      admission.release(exchange)
      const failure = toApiError(error)
      const { request } = exchange
      const status = STATUS[failure.type]
      if (hasBody(request)) discardRest(request.raw, patience)
      if (status >= 500) logger.error({ reqId: request.id, err: failure.cause ?? error }, failure.type)
      send(exchange, status, headersOf(exchange).concat(Object.entries(failure.headers).flat()), toBody(failure))
    },
  }
}
