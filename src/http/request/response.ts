import { pipeline } from 'node:stream'
import type { Logger } from 'pino'
import { toBody } from '../../contract/error-body.ts'
import { JSON_TYPE } from '../../contract/media-types.ts'
import { STATUS } from '../../errors.ts'
import type { Exchange, JsonResponse, Streamed } from '../exchange.ts'
import type { Admission } from '../limits/overload.ts'
import { ratelimitHeader } from '../limits/rate-limit.ts'
import type { Page } from '../page.ts'
import { hasBody } from './body.ts'
import { discardRest } from './discard.ts'
import { matches } from './entity-tags.ts'
import { toApiError } from './errors.ts'
import { type Origins, preflightHeaders, SECURITY_HEADERS } from './security-headers.ts'

/** Sends responses. */
export interface Responder {
  respond(exchange: Exchange): void
  /** Sends a public page. */
  show(exchange: Exchange, page: Page): void
  /** Responds to a CORS preflight request. */
  allow(exchange: Exchange): void
  redirect(exchange: Exchange, location: string): void
  /** Sends an error (docs/contract.md §2). `errors.ts` in this folder classifies it. */
  fail(exchange: Exchange, error: unknown): void
}

interface Parts {
  logger: Logger
  admission: Admission
  /** How long the rest of a body is read after an error, in milliseconds. */
  patience: number
  /** The origins whose pages may call the API; null without any. */
  origins: Origins | null
}

const COMMON_HEADERS = Object.entries(SECURITY_HEADERS).flat()

export function createResponder({ logger, admission, patience, origins }: Parts): Responder {
  /** The headers of every response: names and values in turn, as `writeHead` takes them. */
  function headersOf({ request, standing }: Exchange): string[] {
    const headers = COMMON_HEADERS.slice()
    headers.push('x-request-id', request.id)
    if (standing !== null) {
      headers.push('ratelimit-policy', standing.policy, 'ratelimit', ratelimitHeader(standing))
    }
    // An open connection would keep the server from stopping, and its client from finding another one.
    if (admission.isLeaving) headers.push('connection', 'close')
    if (origins !== null) replace(headers, origins.headersFor(request))
    return headers
  }

  function sendJson(exchange: Exchange, { status, payload, tag, isReplay }: JsonResponse): void {
    const { request, reply } = exchange
    const headers = headersOf(exchange)
    if (isReplay) headers.push('idempotent-replayed', 'true')
    if (tag !== null) headers.push('etag', tag)
    const condition = request.headers['if-none-match']
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (tag === null || condition === undefined || !isRead || !matches(condition, tag)) {
      headers.push('content-type', JSON_TYPE)
      send(exchange, status, headers, payload)
      return
    }
    reply.writeHead(304, headers).end()
  }

  /** Destroys the stream if the connection closes, and the connection if the stream fails: the client sees that it is cut. */
  function sendStream(exchange: Exchange, { status, type, stream, length }: Streamed): void {
    const { reply } = exchange
    const headers = headersOf(exchange).concat('content-type', type)
    if (length !== null) headers.push('content-length', String(length))
    reply.writeHead(status, headers)
    if (reply.destroyed) stream.destroy()
    else pipeline(stream, reply, () => {})
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
    show(exchange, { status = 200, headers, body }) {
      const all = headersOf(exchange)
      replace(all, inTurn(headers))
      send(exchange, status, all, body)
    },
    allow(exchange) {
      const { request, reply } = exchange
      reply.writeHead(204, headersOf(exchange).concat(preflightHeaders(request))).end()
    },
    redirect(exchange, location) {
      send(exchange, 303, headersOf(exchange).concat('location', location), '')
    },
    fail(exchange, error) {
      admission.release(exchange)
      const failure = toApiError(error)
      const { request, reply } = exchange
      if (reply.headersSent) {
        logger.error({ reqId: request.id, err: error }, 'an error after the response had begun')
        reply.destroy()
        return
      }
      const status = STATUS[failure.type]
      if (hasBody(request)) discardRest(request.raw, patience)
      if (status >= 500) logger.error({ reqId: request.id, err: failure.cause ?? error }, failure.type)
      const headers = headersOf(exchange).concat('content-type', JSON_TYPE, Object.entries(failure.headers).flat())
      send(exchange, status, headers, toBody(failure))
    },
  }
}

function send({ reply }: Exchange, status: number, headers: string[], payload: string | Buffer): void {
  const length = Buffer.byteLength(payload)
  headers.push('content-length', String(length))
  reply.writeHead(status, headers).end(payload, length === payload.length ? 'latin1' : 'utf8')
}

/** Headers as a list of names and values in turn. */
function inTurn(headers: Page['headers']): string[] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((one) => [name, one]))
}

/** Adds headers to a list of names and values in turn, in place of those that it has under the same names. */
function replace(headers: string[], added: readonly string[]): void {
  for (let position = 0; position < added.length; position += 2) {
    const present = headers.indexOf(added[position] as string)
    if (present >= 0 && present % 2 === 0) headers.splice(present, 2)
  }
  headers.push(...added)
}
