import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'

/** What a scripted server does with one request: it responds, hangs up without a response, or leaves it waiting. */
export type Step = { status: number; headers?: Record<string, string>; body?: unknown } | 'hang up' | 'wait'

/** A request as it arrived. */
export interface Received {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: unknown
}

export interface ScriptedServer {
  url: string
  received: Received[]
}

/**
 * A server that follows a script, one step per request; the last step applies to all further requests. It reproduces
 * what proxies, crashes and limits do to a client. It ends with the test or file that starts it.
 */
export async function startScriptedServer(script: readonly Step[]): Promise<ScriptedServer> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const step = script[Math.min(received.length, script.length - 1)] as Step
    received.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    })
    if (step === 'hang up') request.socket.destroy()
    if (typeof step === 'string') return
    const { status, headers = {}, body = {} } = step
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}
