import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'

/** A request of a webhook as its receiver reads it. */
export interface Received {
  path: string
  headers: IncomingHttpHeaders
  /** The bytes, as text. */
  body: string
  // biome-ignore lint/suspicious/noExplicitAny: each test asserts the parts of an event that it is about
  event: any
}

/** A receiver of webhooks on this machine. */
export interface Receiver {
  url: string
  received: Received[]
  /** The number of connections that were made to it. */
  connections(): number
  /** How it responds to each request: with this status, or as this function does. */
  respond: number | ((response: ServerResponse, request: Received) => void)
}

/** Starts a receiver, which ends after the test file. It responds with 200 at first. */
export async function startReceiver(): Promise<Receiver> {
  let connections = 0
  const receiver: Receiver = { url: '', received: [], connections: () => connections, respond: 200 }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const received = { path: request.url ?? '', headers: request.headers, body, event: JSON.parse(body) }
      receiver.received.push(received)
      if (typeof receiver.respond === 'number') response.writeHead(receiver.respond).end('thanks')
      else receiver.respond(response, received)
    })
  })
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return receiver
}
