import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { it } from 'node:test'
import { makeEmail } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

/** Sends a head that waits for `100 Continue`. Returns the first line of the response. */
async function firstLine(path: string, headers: string[]): Promise<{ line: string; finish(): Promise<string> }> {
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  const body = JSON.stringify({ email: makeEmail() })
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: handset',
    'Expect: 100-continue',
    'Connection: close',
    `Content-Length: ${body.length}`,
    ...headers,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const [data] = await once(socket, 'data')
  return {
    line: String(data).split('\r\n', 1)[0] as string,
    async finish() {
      socket.write(body)
      const [answer] = await once(socket, 'data')
      socket.destroy()
      return String(answer).split('\r\n', 1)[0] as string
    },
  }
}

const JSON_HEADER = 'Content-Type: application/json'

it('asks for the body of a request whose head is accepted', async () => {
  const { line, finish } = await firstLine('/projects/demo/users', [`Authorization: Bearer ${demo.token}`, JSON_HEADER])
  assert.equal(line, 'HTTP/1.1 100 Continue')
  assert.equal(await finish(), 'HTTP/1.1 201 Created')
})

it('responds at once if the head alone is an error', async () => {
  const authorization = `Authorization: Bearer ${demo.token}`
  for (const [path, headers, status] of [
    ['/projects/demo/users', [JSON_HEADER], 401],
    ['/projects/other/users', [authorization, JSON_HEADER], 404],
    ['/projects/demo/users', [authorization, 'Content-Type: text/plain'], 415],
    ['/projects/demo/users', [JSON_HEADER, authorization, 'X: y'], 100],
  ] as const) {
    const { line } = await firstLine(path, [...headers])
    assert.match(line, new RegExp(`^HTTP/1.1 ${status} `))
  }
})
