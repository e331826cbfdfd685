import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { toBody } from '../../contract/error-body.ts'
import { JSON_TYPE } from '../../contract/media-types.ts'
import { ApiError, type ErrorType } from '../../errors.ts'
import { STATUS_CODES } from '../node-http.ts'
import { NOT_HTTP } from './host.ts'

const TOO_MANY = 'HANDSET_TOO_MANY_CONNECTIONS'

/** The errors that our own limits raise on a connection. The first uses Node's code for a request timeout. */
export const REQUEST_TIMEOUT: ConnectionError = Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
export const TOO_MANY_CONNECTIONS: ConnectionError = Object.assign(new Error(), { code: TOO_MANY })

type ConnectionError = Error & { code?: string }

const REASONS: Record<string, { status: number; type?: ErrorType; message: string; hint: string }> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    message: 'The request line and headers are larger than 16 KiB',
    hint: 'Send fewer filters or cookies.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    message: 'The request took too long to arrive',
    hint: 'Send the whole request at once.',
  },
  [TOO_MANY]: {
    status: 429,
    type: 'tooManyRequests',
    message: 'This address has too many open connections',
    hint: 'Close some, or send more requests on each.',
  },
}

const OTHER_FAULT: (typeof REASONS)[string] = {
  status: 400,
  message: NOT_HTTP,
  hint: 'Check the request line and the headers.',
}

/** Responds to bytes that are rejected before they form a request. No route, hook or log line sees them. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, type = 'malformed', message, hint } = REASONS[error.code ?? ''] ?? OTHER_FAULT
  const body = toBody(new ApiError(type, message, { hint }))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\nx-request-id: ${randomUUID()}\r\n` +
      `content-type: ${JSON_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${status === 429 ? 'retry-after: 1\r\n' : ''}\r\n${body}`,
  )
}
