import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { toBody } from '../contract/error-body.ts'
import { JSON_TYPE } from '../contract/media-types.ts'
import { ApiError } from '../errors.ts'
import { STATUS_CODES } from './node-http.ts'

const REASONS: Record<string, { status: number; message: string; hint: string }> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    message: 'The request line and headers are larger than 16 KiB',
    hint: 'Send fewer filters or cookies.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    message: 'The request took too long to arrive',
    hint: 'Send it again, in one go.',
  },
}

const NOT_HTTP = { status: 400, message: 'This is not a valid HTTP request', hint: 'Check its first line and headers.' }

/** Refuses a request of HTTP/1.1 that does not say which host it asks (RFC 9112 §3.2). */
export function requireHost(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers, raw }, _reply, next) => {
    if (headers.host === undefined && raw.httpVersion === '1.1') {
      throw new ApiError('malformed', NOT_HTTP.message, {
        hint: 'Send a Host header.',
        headers: { connection: 'close' },
      })
    }
    next()
  })
}

/** Answers what is refused before it is a request: no route, no hook and no log line ever sees it. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, message, hint } = REASONS[error.code ?? ''] ?? NOT_HTTP
  const body = toBody(new ApiError('malformed', message, { hint }))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\nx-request-id: ${randomUUID()}\r\n` +
      `content-type: ${JSON_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
