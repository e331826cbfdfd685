import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { makeImei } from '../support/factories.ts'
import { scale } from '../support/fault-scale.ts'
import { hasHaproxy, startHaproxy } from '../support/haproxy.ts'
import { hasNginx, startNginx } from '../support/nginx.ts'
import { findFreePort } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'

/** Bodies and results of several megabytes: more than the buffers of a connection hold. */
const ROWS = scale(6_000, 100_000)
const REJECTED_ROWS = scale(12_000, 300_000)
const PADDING = 'x'.repeat(200)

const server = await startServer({ settings: { requestTimeout: scale(2, 30) } })
const { port: serverPort } = new URL(server.url)
const demo = await server.addProject('demo', 'test')

interface Outcome {
  status: number
  lines: string[]
}

/** The head and the body of an import. */
function importOf(body: Buffer, headers = ''): [string, Buffer] {
  return [
    'POST /projects/demo/devices/import HTTP/1.1\r\nHost: handset\r\nConnection: close\r\n' +
      `Authorization: Bearer ${demo.token}\r\nContent-Type: application/x-ndjson\r\n${headers}` +
      `Content-Length: ${body.length}\r\n\r\n`,
    body,
  ]
}

function rowsToCreate(count: number): Buffer {
  const metadata = { a: PADDING, b: PADDING, c: PADDING }
  return Buffer.from(
    Array.from({ length: count }, () => `${JSON.stringify({ imei: makeImei(), metadata })}\n`).join(''),
  )
}

function rowsToReject(count: number): Buffer {
  return Buffer.from(`${JSON.stringify({ imie: '1', nmae: PADDING })}\n`.repeat(count))
}

/** Sends a whole request before it reads anything, as `requests` of Python and `HttpClient` of Java do. */
async function sendThenRead(port: number, [head, body]: [string, Buffer]): Promise<Outcome> {
  const socket = connect(port, '127.0.0.1')
  socket.pause()
  await once(socket, 'connect')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.write(head)
    socket.write(body, () => resolve())
  })
  return readResponse(socket)
}

/** Reads while it sends, as curl does. */
async function sendAndRead(port: number, [head, body]: [string, Buffer]): Promise<Outcome> {
  const socket = connect(port, '127.0.0.1')
  socket.write(head)
  socket.write(body)
  return readResponse(socket)
}

async function readResponse(socket: Socket): Promise<Outcome> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.resume()
  await once(socket, 'end')
  socket.destroy()
  const text = Buffer.concat(chunks).toString('latin1')
  const start = text.indexOf('\r\n\r\n') + 4
  const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, start))?.[1])
  assert.equal(text.length - start, length, 'the whole response arrives')
  return { status: Number(text.slice(9, 12)), lines: text.slice(start).trimEnd().split('\n') }
}

function summaryOf({ status, lines }: Outcome) {
  assert.equal(status, 200)
  const { object, ...summary } = JSON.parse(lines.at(-1) as string)
  assert.equal(object, 'importSummary')
  return summary
}

const CLIENTS = { 'a client that sends everything first': sendThenRead, 'a client that reads meanwhile': sendAndRead }

/** Imports that succeed, that have an invalid row, and that fail as a whole. */
async function assertImports(port: number, send: typeof sendThenRead): Promise<void> {
  const created = await send(port, importOf(rowsToCreate(ROWS)))
  assert.deepEqual(summaryOf(created), { ...counts(ROWS, 'created'), complete: true })
  assert.equal(created.lines.length, ROWS + 1)

  const rejected = await send(port, importOf(rowsToReject(REJECTED_ROWS)))
  assert.deepEqual(summaryOf(rejected), { ...counts(REJECTED_ROWS, 'rejected'), complete: true })
  assert.equal(rejected.lines.length, REJECTED_ROWS + 1)

  const damaged = await send(port, importOf(rowsToReject(REJECTED_ROWS), 'Content-Encoding: gzip\r\n'))
  assert.deepEqual(summaryOf(damaged), { ...counts(0, 'created'), complete: false })
  assert.match(damaged.lines[0] as string, /"type":"malformed","message":"The gzip data cannot be read/)
}

function counts(rows: number, status: string) {
  return { rows, created: 0, updated: 0, unchanged: 0, rejected: 0, [status]: rows }
}

async function withNginx(settings: string): Promise<number> {
  const port = await findFreePort()
  const location = `location / { proxy_pass http://127.0.0.1:${serverPort}; client_max_body_size 0; ${settings} }`
  await startNginx(`server { listen 127.0.0.1:${port}; ${location} }`, port)
  return port
}

const UNBUFFERED = 'proxy_http_version 1.1; proxy_request_buffering off; proxy_buffering off;'

describe('an import of megabytes, with results of megabytes', () => {
  for (const [client, send] of Object.entries(CLIENTS)) {
    it(`responds in full to ${client}`, () => assertImports(Number(serverPort), send))

    it(`responds in full to ${client} through nginx with its defaults`, { skip: !hasNginx }, async () =>
      assertImports(await withNginx(''), send),
    )

    it(`responds in full to ${client} through nginx without buffers`, { skip: !hasNginx }, async () =>
      assertImports(await withNginx(UNBUFFERED), send),
    )

    it(`responds in full to ${client} through HAProxy`, { skip: !hasHaproxy }, async () => {
      const port = await findFreePort()
      await startHaproxy(port, Number(serverPort))
      await assertImports(port, send)
    })
  }

  it('is cut off for a client that reads nothing', async () => {
    const socket = connect(Number(serverPort), '127.0.0.1')
    const closed = once(socket, 'close')
    socket.on('error', () => {}).pause()
    for (const part of importOf(rowsToReject(REJECTED_ROWS))) socket.write(part)
    await untilLogged(/"reason":"The client reads too slowly".*"msg":"import results cut off"/)
    socket.resume()
    await closed
  })
})

async function untilLogged(line: RegExp): Promise<void> {
  const end = Date.now() + 30_000
  while (!line.test(server.log.lines().join(''))) {
    assert.ok(Date.now() < end, `${line} is logged`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
