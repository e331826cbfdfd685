import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A response as received over the wire. */
export interface RawResponse {
  status: number
  headers: Record<string, string>
  body: string
}

/** A connection that sends bytes unchanged, whether or not they are HTTP. */
export interface RawConnection {
  write(bytes: string | Buffer): void
  /** Half-closes the connection: nothing more will be sent. */
  end(): void
  /** Stops reading from the connection. */
  pause(): void
  /** The next final response, to a request with this method; null if the server closed without one. */
  answer(method?: string): Promise<RawResponse | null>
  isOpen(): boolean
  close(): void
}

const DEADLINE = 30_000

/** Connects to the server at a URL. */
export async function connectRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  await once(socket, 'connect')
  let received = Buffer.alloc(0)
  let ended = false
  let wake = () => {}
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk as Buffer])
    wake()
  })
  const onEnd = () => {
    ended = true
    wake()
  }
  socket.on('end', onEnd).on('close', onEnd)
  // A server may reject a request that is still being sent; the response that arrived first counts.
  socket.on('error', onEnd)
  return {
    write: (bytes) => void (socket.writable && socket.write(bytes)),
    end: () => socket.end(),
    pause: () => void socket.pause(),
    async answer(method = 'GET') {
      const end = Date.now() + DEADLINE
      for (;;) {
        const answer = readAnswer(received, method)
        if (answer) {
          received = received.subarray(answer.length)
          if (answer.status >= 200) return answer
          continue
        }
        if (ended) {
          assert.equal(
            received.length,
            0,
            `the server ended in the middle of a response: ${received.toString('latin1')}`,
          )
          return null
        }
        assert.ok(Date.now() < end, 'the server responds in time')
        await nextChange(socket, end - Date.now(), (resolve) => {
          wake = resolve
        })
      }
    },
    isOpen: () => !ended && !socket.destroyed,
    close: () => void socket.destroy(),
  }
}

function nextChange(socket: Socket, milliseconds: number, listen: (resolve: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    listen(() => {
      clearTimeout(timer)
      resolve()
    })
    socket.resume()
  })
}

/** Parses the response at the start of the bytes, and its length; undefined while it is incomplete. */
function readAnswer(bytes: Buffer, method: string): (RawResponse & { length: number }) | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const status = Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(statusLine)?.[1])
  assert.ok(status, `"${statusLine}" is a status line`)
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const bodyStart = headEnd + 4
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) {
    return { status, headers, body: '', length: bodyStart }
  }
  if (headers['transfer-encoding'] === 'chunked') {
    const read = readChunks(bytes.subarray(bodyStart))
    return read && { status, headers, body: read.body, length: bodyStart + read.length }
  }
  const size = Number(headers['content-length'] ?? 0)
  if (bytes.length < bodyStart + size) return undefined
  const length = bodyStart + size
  return { status, headers, body: bytes.toString('utf8', bodyStart, length), length }
}

/** Parses a chunked body (RFC 9112 §7.1), and its framed length; undefined while it is incomplete. */
function readChunks(bytes: Buffer): { body: string; length: number } | undefined {
  const chunks: Buffer[] = []
  for (let from = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', from)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.toString('latin1', from, lineEnd), 16)
    const end = lineEnd + 2 + size + 2
    if (bytes.length < end) return undefined
    if (size === 0) return { body: Buffer.concat(chunks).toString('utf8'), length: end }
    chunks.push(bytes.subarray(lineEnd + 2, end - 2))
    from = end
  }
}
