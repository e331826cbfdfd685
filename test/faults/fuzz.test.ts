import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createRandom, type Random } from '../../src/domain/random.ts'
import { schemaOfBody } from '../../src/http/documents/openapi.ts'
import {
  createDevice,
  createSim,
  createUser,
  createUserToken,
  makeEmail,
  makeIccid,
  makeImei,
} from '../support/factories.ts'
import { scale, seed } from '../support/fault-scale.ts'
import { openApiDocument, operations } from '../support/openapi-document.ts'
import { connectRaw, type RawConnection } from '../support/raw-connection.ts'
import { createResponseValidator } from '../support/response-validator.ts'
import type { TestProject } from '../support/server.ts'
import { startServerProcess } from '../support/server-process.ts'
import { makeStore } from '../support/store.ts'

const REQUESTS = scale(2_000, 100_000)
const CONNECTIONS = 4
/**
 * How much the heap may grow over the whole run, in MiB. It leaves room for caches, but for nothing kept per request.
 */
const GROWTH = 48

const validateResponse = createResponseValidator(openApiDocument)
const server = await startServerProcess(await makeStore(), {
  HANDSET_RATE_LIMIT: '0',
  HANDSET_AUTH_FAILURE_LIMIT: '0',
  // A request that declares a body and sends none is answered after this time.
  HANDSET_REQUEST_TIMEOUT: '2',
  NODE_OPTIONS: `--import=${new URL('../support/collect-garbage.ts', import.meta.url)}`,
  LOG_LEVEL: 'error',
})
after(() => server.stop())
const token = server.key as string
const call = server.clientWith(token)
const demo = { call, token } as TestProject

const TEXTS = [
  '',
  ' ',
  '\0',
  '\u202e',
  '\ufeff',
  '💥'.repeat(50),
  'é'.normalize('NFD'),
  "'; DROP TABLE devices; --",
  '%00',
  '../../etc/passwd',
  '{{7*7}}',
  '__proto__',
  'constructor',
  'x'.repeat(300),
  '492388841798923',
  '٤٩٢٣٨٨٨٤١٧٩٨٩٢٣',
]
const RAW_VALUES = [
  'null',
  'true',
  '0',
  '-0',
  '1e400',
  '-1',
  `${'9'.repeat(400)}`,
  '[]',
  '{}',
  '[null]',
  '"\\ud800"',
  '"\\u0000"',
  `${'['.repeat(3_000)}${']'.repeat(3_000)}`,
  `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
]
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'imei',
  'user',
  'sims',
  'metadata',
  'name',
  'length',
  '\\u0000',
]
const BROKEN_BODIES = [
  '',
  '{',
  '{"imei":',
  '[1,2',
  '"',
  '{"a":1,}',
  "{'a':1}",
  'NaN',
  '\ufeff{}',
  '{"a":1}{"b":2}',
  'undefined',
  '\0',
]
const HEADERS = [
  'Content-Type: text/plain',
  'Content-Type: application/json; charset=latin1',
  'Content-Type: application/json;charset=utf-8',
  'Content-Type: ,',
  'Content-Encoding: gzip',
  'If-Match: "x"',
  'If-Match: *',
  'If-Match: """,W/',
  'If-None-Match: *',
  'If-None-Match: W/"x", "',
  'Idempotency-Key: ',
  'Idempotency-Key: same',
  `Idempotency-Key: ${'k'.repeat(300)}`,
  'X-Request-Id: ok-1',
  'X-Request-Id: not ok',
  `X-Long: ${'x'.repeat(5_000)}`,
  'X-HTTP-Method-Override: DELETE',
  'Range: bytes=0-1',
  'Accept: text/html;q=0',
  'Expect: 100-continue',
  'Origin: null',
  'Transfer-Encoding: chunked',
]
const SEGMENTS = ['%00', '%2F', '%2e%2e', '..', '%', '%zz', '%ff', 'x'.repeat(2_000), ';a=b', '%0d%0a', '', ' '.trim()]
const QUERIES = [
  'limit=1e1',
  'limit=99999999999999999999',
  'limit=-0',
  'after=x',
  'x',
  '=',
  '&&',
  '%zz=1',
  'a[]=1',
  '__proto__=1',
  'type=,,',
  'brand=%00',
  'brand=%2C',
  'limit=1&limit=2',
  '?',
  '%',
]

/** Ids of objects that exist, so that some requests reach the store. */
const ids = await makeIds()

async function makeIds(): Promise<Record<string, string[]>> {
  const made: Record<string, string[]> = {
    project: ['demo'],
    deviceModel: [],
    device: [],
    user: [],
    sim: [],
    token: [],
  }
  for (let count = 0; count < 10; count++) {
    const user = await createUser(demo)
    made.user?.push(user.id)
    made.token?.push((await createUserToken(demo, user.id)).id)
    made.sim?.push((await createSim(demo)).id)
    made.device?.push((await createDevice(demo)).id)
  }
  const { body } = await call('GET', '/deviceModels')
  for (const { id } of body.items) made.deviceModel?.push(id)
  return made
}

/** A request as it goes over the wire, and what is needed to read its response. */
interface FuzzedRequest {
  method: string
  path: string
  bytes: string
}

function makeRequest(random: Random): FuzzedRequest {
  const operation = random.pick(operations)
  const method = random.chance(0.05)
    ? random.pick(['PUT', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'GET', 'POST'])
    : operation.method
  const path = makePath(operation.path, random)
  const hasBody = operation.requestBody !== undefined ? random.chance(0.95) : random.chance(0.1)
  const [[type, { schema }] = ['application/json', { schema: undefined }]] = Object.entries(
    operation.requestBody?.content ?? {},
  )
  const lines = type === 'application/json' ? 1 : 1 + random.below(4)
  const body = hasBody
    ? Array.from({ length: lines }, () => makeBody(schema && schemaOfBody(schema), random)).join('\n')
    : ''
  const headers = [
    'Host: handset',
    ...(random.chance(0.97)
      ? [`Authorization: Bearer ${token}`]
      : [random.pick(['Authorization: Bearer', 'Authorization: Basic eA==', `Authorization: Bearer ${token}x`])]),
    ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ...(random.chance(0.95) ? [`Content-Type: ${type}`] : []),
    ...(random.chance(0.15) ? [random.pick(HEADERS)] : []),
  ]
  return { method, path, bytes: `${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}` }
}

function makePath(template: string, random: Random): string {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    random.chance(0.9) ? random.pick(ids[name] ?? ['x']) : random.pick([...SEGMENTS, random.pick(ids.device ?? [])]),
  )
  const odd = random.chance(0.03) ? `${filled}/${random.pick(SEGMENTS)}` : filled
  return random.chance(0.15) ? `${odd}?${random.pick(QUERIES)}` : odd
}

/** Returns JSON text, because JavaScript objects cannot represent much hostile JSON (duplicate keys, huge numbers). */
function makeBody(name: string | undefined, random: Random): string {
  if (random.chance(0.08)) return random.pick(BROKEN_BODIES)
  if (random.chance(0.05)) return random.pick(RAW_VALUES)
  const schema = openApiDocument.components.schemas[name ?? ''] as { properties?: Record<string, Property> } | undefined
  const goodness = random.chance(0.4) ? 1 : 0.6
  const pairs = Object.entries(schema?.properties ?? {})
    .filter(() => random.chance(0.7))
    .map(
      ([name, property]) =>
        `"${name}":${random.chance(goodness) ? goodValue(name, property, random) : makeValue(random)}`,
    )
  while (random.chance(0.2)) pairs.push(`"${random.pick(NAMES)}":${makeValue(random)}`)
  return `{${pairs.join(',')}}`
}

/** The part of a property's schema that the fuzzer reads. */
interface Property {
  examples?: unknown[]
  enum?: unknown[]
}

/** A value that is probably valid, and can be sent more than once. */
function goodValue(name: string, { examples, enum: values }: Property, random: Random): string {
  const good: Record<string, () => unknown> = {
    imei: makeImei,
    email: makeEmail,
    iccid: makeIccid,
    user: () => random.pick(ids.user ?? []),
    sims: () => [],
    iccids: () => [],
    metadata: () => ({ odd: random.pick(TEXTS) }),
    emailVerified: () => true,
    expiresIn: () => 60,
  }
  return JSON.stringify(good[name]?.() ?? values?.[0] ?? examples?.[0] ?? 'x')
}

function makeValue(random: Random): string {
  if (random.chance(0.4)) return random.pick(RAW_VALUES)
  if (random.chance(0.2)) return `{"${random.pick(NAMES)}":${JSON.stringify(random.pick(TEXTS))}}`
  if (random.chance(0.2)) return JSON.stringify([random.pick(ids.sim ?? []), random.pick(ids.sim ?? [])])
  return JSON.stringify(random.pick([...TEXTS, random.pick(ids.user ?? [])]))
}

describe('hostile input', () => {
  it('causes no 5xx and no response outside the schema, and leaves the server intact', {
    timeout: 3_000_000,
  }, async (t) => {
    t.diagnostic(`seed ${seed}: set HANDSET_SEED to replay it`)
    const before = await heapMegabytes()
    const statuses: Record<number, number> = {}
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => fuzz(createRandom(seed + index), statuses)))
    assert.ok(server.isRunning())
    assert.equal((await call('GET', './devices')).status, 200)
    const growth = (await heapMegabytes()) - before
    const sent = Object.values(statuses).reduce((sum, count) => sum + count, 0)
    assert.equal(sent, REQUESTS)
    assert.ok((statuses[200] ?? 0) + (statuses[201] ?? 0) > REQUESTS / 20, 'enough requests reach an operation')
    assert.ok(growth < GROWTH, `the heap grew from ${before} MiB by ${growth}`)
    assert.equal(server.errors(), '')
    t.diagnostic(
      `${sent} requests, responses by status ${JSON.stringify(statuses)}; the heap grew from ${before} MiB by ${growth}`,
    )
  })
})

async function fuzz(random: Random, statuses: Record<number, number>): Promise<void> {
  let connection = await connectRaw(server.url)
  try {
    for (let request = 0; request < REQUESTS / CONNECTIONS; request++) {
      const { method, path, bytes } = makeRequest(random)
      connection = await reopened(connection)
      connection.write(bytes)
      const answer = await connection.answer(method)
      assert.ok(answer, `no response to ${JSON.stringify(bytes.slice(0, 300))}`)
      const { status, headers, body } = answer
      statuses[status] = (statuses[status] ?? 0) + 1
      assert.ok(status < 500, `${status} to ${JSON.stringify(bytes.slice(0, 1_000))}: ${body}`)
      if (method !== 'HEAD' && status !== 304) requireShape(method, path, status, body, headers['content-type'])
      // A request that is rejected before its body is read, or is badly framed, may leave bytes behind, so the next
      // request uses a new connection.
      if (headers.connection === 'close' || status >= 400) connection.close()
    }
  } finally {
    connection.close()
  }
}

/** A request that is not valid HTTP reaches no operation, so its response is the plain error. */
function requireShape(method: string, path: string, status: number, text: string, type = ''): void {
  const mediaType = type.split(';', 1)[0]
  if (mediaType === 'text/csv') return
  if (mediaType === 'application/x-ndjson') {
    const lines = text.split('\n').filter((line) => line !== '')
    validateResponse(
      method,
      path,
      status,
      lines.map((line) => JSON.parse(line)),
      mediaType,
    )
    return
  }
  const body = JSON.parse(text)
  const isHttp = status !== 408 && status !== 431 && body.message !== 'This is not a valid HTTP request'
  validateResponse(isHttp ? method : 'GET', isHttp ? path : '/no/operation', status, body)
}

async function reopened(connection: RawConnection): Promise<RawConnection> {
  return connection.isOpen() ? connection : connectRaw(server.url)
}

/**
 * The heap in use after garbage collection. The resident size would also include memory that V8 holds for later use,
 * which says nothing about what requests leave behind.
 */
async function heapMegabytes(): Promise<number> {
  process.kill(server.pid, 'SIGUSR2')
  // The server may handle the signal only after the next request, so send one that does not count.
  await call('GET', './devices?limit=1')
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  const [used, external] = ['heap_size_used', 'external_memory'].map((name) =>
    Number(new RegExp(`^nodejs_${name}_bytes (\\d+)`, 'm').exec(metrics)?.[1]),
  ) as [number, number]
  return Math.round((used + external) / 2 ** 20)
}
