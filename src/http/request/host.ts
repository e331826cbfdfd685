import type { IncomingMessage } from 'node:http'
import { ApiError } from '../../errors.ts'

export const NOT_HTTP = 'This is not a valid HTTP request'

/** 400 for a request of HTTP/1.1 without a `Host` header, and for any request with two (RFC 9112 §3.2). */
export function requireHost({ headers, rawHeaders, httpVersion }: IncomingMessage): void {
  if (headers.host === undefined && httpVersion === '1.1') throw badHost('Send a Host header.')
  let hosts = 0
  for (let position = 0; position < rawHeaders.length; position += 2) {
    const name = rawHeaders[position] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  if (hosts > 1) throw badHost('Send one Host header.')
}

function badHost(hint: string): ApiError {
  return new ApiError('malformed', NOT_HTTP, { hint, headers: { connection: 'close' } })
}
