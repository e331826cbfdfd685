import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { toBody } from '../../contract/error-body.ts'
import { JSON_TYPE } from '../../contract/media-types.ts'
import { ApiError } from '../../errors.ts'
import { STATUS_CODES } from '../node-http.ts'
import { NOT_HTTP } from './host.ts'

const REASONS: Record<string, { status: number; message: string; hint: string }> = {
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
}

const OTHER_FAULT = { status: 400, message: NOT_HTTP, hint: 'Check the request line and the headers.' }

/** Answers what Node rejects before it is a request: no route, no hook and no log line ever sees it. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, message, hint } = REASONS[error.code ?? ''] ?? OTHER_FAULT
  const body = toBody(new ApiError('malformed', message, { hint }))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\nx-request-id: ${randomUUID()}\r\n` +
      `content-type: ${JSON_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
