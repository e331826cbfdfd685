import assert from 'node:assert/strict'
import { after, afterEach, describe, it } from 'node:test'
import { scale } from '../support/fault-scale.ts'
import { openApiDocument } from '../support/openapi-document.ts'
import { connectRaw, type RawConnection, type RawResponse } from '../support/raw-connection.ts'
import { createResponseValidator } from '../support/response-validator.ts'
import { startServerProcess } from '../support/server-process.ts'
import { makeStore } from '../support/store.ts'

const REQUEST_TIMEOUT = 1
/**
 * The time after which a late request is ended, in milliseconds: the timeout, and the interval between connection
 * checks.
 */
const ENDED_BY = REQUEST_TIMEOUT * 1000 + 4_000
/** The longest that another client may have to wait for a response, in milliseconds. */
const WORST_LATENCY = 2_000
const IDLE = scale(500, 5_000)
const DRIPPERS = scale(30, 300)
const CONNECTS_AT_ONCE = 100

const validateResponse = createResponseValidator(openApiDocument)
const server = await startServerProcess(await makeStore(), {
  HANDSET_REQUEST_TIMEOUT: String(REQUEST_TIMEOUT),
  HANDSET_MAX_CONCURRENT: '800',
})
const token = server.key as string
const call = server.clientWith(token)
after(() => server.stop())
afterEach(closeAll)

const opened: RawConnection[] = []

async function open(): Promise<RawConnection> {
  const connection = await connectRaw(server.url)
  opened.push(connection)
  return connection
}

function closeAll(): void {
  for (const connection of opened.splice(0)) connection.close()
}

const HEAD = `Host: handset\r\nAuthorization: Bearer ${token}\r\n`
const POST = `POST /projects/demo/users HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\n`

describe('slow and rude clients', () => {
  it('ends bodies, heads and half-open requests that take too long with 408, and serves others meanwhile', {
    timeout: 120_000,
  }, async (t) => {
    const beginnings = {
      'a body that drips': `${POST}Content-Length: 1000\r\n\r\n{"email":"`,
      'a chunked body that drips': `${POST}Transfer-Encoding: chunked\r\n\r\n`,
      'a head that drips': `GET /projects HTTP/1.1\r\nHost: handset\r\nX-Slow: `,
      'a head that stops': 'GET /projects HTTP/1.1\r\nHost: h',
      'a body that stops': `${POST}Content-Length: 10\r\n\r\n{"e`,
    }
    const drips: Record<string, string> = { 'a chunked body that drips': '1\r\nx\r\n' }
    const started = performance.now()
    const slow = await Promise.all(
      Object.entries(beginnings).flatMap(([name, beginning]) =>
        Array.from({ length: DRIPPERS / 5 }, async () => {
          const connection = await open()
          connection.write(beginning)
          const drip = name.endsWith('stops') ? '' : (drips[name] ?? 'x')
          return { name, connection, drip, isAnswered: false, answer: connection.answer('POST') }
        }),
      ),
    )
    for (const one of slow) one.answer.finally(() => (one.isAnswered = true)).catch(() => {})
    const dripping = setInterval(() => {
      for (const { connection, drip, isAnswered } of slow) if (drip !== '' && !isAnswered) connection.write(drip)
    }, 100)
    const latency = await worstLatencyWhile(Promise.all(slow.map(({ answer }) => answer))).finally(() =>
      clearInterval(dripping),
    )
    const took = performance.now() - started
    for (const { name, answer } of slow) {
      const ended = await answer
      assert.equal(ended?.status, 408, name)
      requireErrorShape(ended)
    }
    assert.ok(took < ENDED_BY, `ended after ${Math.round(took)} ms`)
    t.diagnostic(
      `${slow.length} slow requests ended with 408 within ${Math.round(took)} ms; others waited at most ${latency} ms`,
    )
  })

  it(`serves other clients alongside ${IDLE} idle connections`, { timeout: 300_000 }, async (t) => {
    while (opened.length < IDLE) {
      await Promise.all(
        Array.from({ length: Math.min(CONNECTS_AT_ONCE, IDLE - opened.length) }, async () => {
          const connection = await open()
          connection.write(`GET /health/live HTTP/1.1\r\n${HEAD}\r\n`)
          assert.equal((await connection.answer())?.status, 200)
        }),
      )
    }
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    const latencies = worstLatencyWhile(asked)
    for (let number = 0; number < 200; number++) {
      assert.equal((await call('POST', './users', { body: { email: `idle-${number}@example.com` } })).status, 201)
    }
    resolve()
    const latency = await latencies
    const stillOpen = opened.filter((connection) => connection.isOpen()).length
    assert.equal(stillOpen, IDLE, 'idle connections stay open for their next request')
    t.diagnostic(`${stillOpen} idle connections; others waited at most ${latency} ms; ${await residentMegabytes()} MB`)
  })

  it('serves other clients while some send requests continuously and read no response', {
    timeout: 120_000,
  }, async (t) => {
    const before = await residentMegabytes()
    for (let number = 0; number < 20; number++) {
      const connection = await open()
      connection.pause()
      connection.write('GET /openapi.json HTTP/1.1\r\nHost: handset\r\n\r\n'.repeat(60))
      connection.write(`GET /projects HTTP/1.1\r\nHost: handset\r\n\r\n`.repeat(600))
    }
    const latency = await worstLatencyWhile(sendReads(100))
    const during = await residentMegabytes()
    closeAll()
    await Promise.all(Array.from({ length: 300 }, () => call('GET', '/projects'))).then((answers) => {
      for (const { status } of answers)
        assert.equal(status, 200, 'requests of disconnected clients no longer count as in flight')
    })
    assert.ok(during - before < 200, `memory grew from ${before} MB to ${during} MB`)
    t.diagnostic(`20 clients that read nothing; others waited at most ${latency} ms; ${before} MB, then ${during} MB`)
  })

  it('releases requests whose clients disconnect midway', async (t) => {
    const gone = 1_000
    for (let number = 0; number < gone; number++) {
      const connection = await connectRaw(server.url)
      connection.write(number % 2 === 0 ? `${POST}Content-Length: 50\r\n\r\n{"email"` : `${POST.slice(0, 40)}`)
      connection.close()
    }
    await Promise.all(Array.from({ length: 300 }, () => call('GET', './devices'))).then((answers) => {
      for (const { status } of answers) assert.equal(status, 200)
    })
    t.diagnostic(`${gone} requests cut off by their clients; 300 concurrent ones served after`)
  })

  it('rejects bytes that are not HTTP with 400, or 431 where they are too long, with an error body', async (t) => {
    const garbage = {
      'a line of text': 'hello\r\n\r\n',
      'a TLS hello': Buffer.from('16030100050100000100', 'hex'),
      'an HTTP/2 preface': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'a version from the future': `GET /projects HTTP/9.9\r\n${HEAD}\r\n`,
      'an unknown method': `BREW /projects HTTP/1.1\r\n${HEAD}\r\n`,
      'a NUL in a header': `GET /projects HTTP/1.1\r\n${HEAD}X-Odd: a\0b\r\n\r\n`,
      'a header without a colon': `GET /projects HTTP/1.1\r\n${HEAD}Odd\r\n\r\n`,
      'a space before the colon': `GET /projects HTTP/1.1\r\n${HEAD}Odd : x\r\n\r\n`,
      'two lengths': `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
      'a length and chunks': `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      'a length that is not a number': `${POST}Content-Length: 2x\r\n\r\n{}`,
      'a chunk size that is not a number': `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
      'no host': `GET /projects HTTP/1.1\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      'a head of 20 KiB': `GET /projects HTTP/1.1\r\n${HEAD}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    }
    for (const [name, bytes] of Object.entries(garbage)) {
      const connection = await open()
      connection.write(bytes)
      const answer = await connection.answer()
      assert.equal(answer?.status, name.includes('KiB') ? 431 : 400, name)
      requireErrorShape(answer)
      assert.equal(await connection.answer(), null, `${name}: the connection is closed`)
    }
    t.diagnostic(`${Object.keys(garbage).length} kinds of garbage`)
  })
})

/** Sends one request after another until the promise settles. Returns the longest wait, in milliseconds. */
async function worstLatencyWhile(other: Promise<unknown>): Promise<number> {
  let isOver = false
  const end = () => {
    isOver = true
  }
  other.then(end, end)
  let worst = 0
  let asked = 0
  while (!isOver || asked === 0) {
    const start = performance.now()
    assert.equal((await call('GET', './devices')).status, 200)
    worst = Math.max(worst, performance.now() - start)
    asked += 1
  }
  await other
  assert.ok(worst < WORST_LATENCY, `another client waited ${Math.round(worst)} ms`)
  return Math.round(worst)
}

async function sendReads(count: number): Promise<void> {
  for (let number = 0; number < count; number++) assert.equal((await call('GET', '/projects')).status, 200)
}

function requireErrorShape(answer: RawResponse | null): void {
  assert.match(answer?.headers['content-type'] ?? '', /^application\/json/)
  validateResponse('GET', '/', answer?.status ?? 0, JSON.parse(answer?.body ?? ''))
}

async function residentMegabytes(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  return Math.round(Number(/^process_resident_memory_bytes (\d+)/m.exec(metrics)?.[1]) / 2 ** 20)
}
