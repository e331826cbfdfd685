import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openApiDocument, operations } from '../support/openapi-document.ts'
import { startServer } from '../support/server.ts'

/** The examples name hosts of the internet, which tests never reach. */
const server = await startServer({
  resolve: (hostname, _options, callback) => callback(new Error(`getaddrinfo ENOTFOUND ${hostname}`), []),
})
const demo = await server.addProject('demo', 'test')

/** What must exist before each operation is called, in the order of the calls. */
const CREATING_FIRST = [
  ...['Create', 'Replay', 'Search', 'List', 'Retrieve', 'Update', 'Replace'],
  ...['Statistics', 'Check', 'Rotate', 'Test', 'Retry', 'Delete'],
]

const exampleOf = ({ requestBody }: (typeof operations)[number]) =>
  Object.values(requestBody?.content ?? {})[0]?.example

/** An example as it is sent: JSON, or text with one line of NDJSON. */
function bodyOf(operation: (typeof operations)[number]) {
  const example = exampleOf(operation)
  if (example === undefined) return {}
  return typeof example === 'string'
    ? { raw: example, headers: { 'content-type': 'application/x-ndjson' } }
    : { body: example }
}

describe('the reference', () => {
  it('is a page that needs no token and loads nothing from another server', async () => {
    const response = await fetch(`${server.url}/reference`)
    const page = await response.text()
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
    assert.doesNotMatch(page, /(?:src|href)="(?:https?:)?\/\//)
    assert.doesNotMatch(page, /<script/)
    const policy = response.headers.get('content-security-policy') ?? ''
    const [, style = ''] = /<style>([^<]*)<\/style>/.exec(page) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    for (const directive of ["default-src 'none'", `style-src 'sha256-${hash}'`, "frame-ancestors 'none'"]) {
      assert.ok(policy.split('; ').includes(directive), `${policy} has ${directive}`)
    }
  })

  it('describes every operation and every schema, and each of its links leads somewhere', async () => {
    const page = await (await fetch(`${server.url}/reference`)).text()
    const ids = new Set([...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id))
    for (const { operationId, path } of operations) {
      assert.ok(ids.has(operationId), operationId)
      assert.ok(page.includes(`<code>${path}</code>`), path)
    }
    for (const name of Object.keys(openApiDocument.components.schemas)) assert.ok(ids.has(name), name)
    for (const [, id = ''] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(id) || id === 'content', id)
  })

  it('has a curl command for each operation, with its example', async () => {
    const page = await (await fetch(`${server.url}/reference`)).text()
    const unescaped = page.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
    assert.equal([...page.matchAll(/<pre [^>]*>curl /g)].length, operations.length)
    for (const operation of operations) {
      const example = exampleOf(operation)
      if (typeof example !== 'object') continue
      assert.ok(unescaped.includes(JSON.stringify(example).replaceAll("'", "'\\''")), operation.operationId)
    }
  })

  it('is compressed if the client accepts that, and small', async () => {
    const response = await fetch(`${server.url}/reference`, { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(response.headers.get('content-encoding'), 'gzip')
    const plain = await fetch(`${server.url}/reference`, { headers: { 'accept-encoding': 'gzip;q=0' } })
    assert.equal(plain.headers.get('content-encoding'), null)
    assert.equal(plain.headers.get('vary'), 'accept-encoding')
    assert.ok(gzipSync(await response.text()).length < 40_000)
  })

  it('rejects other methods like every other path', async () => {
    const { status, headers } = await demo.call('POST', '/reference', { body: {} })
    assert.deepEqual([status, headers.allow], [405, 'GET, HEAD'])
  })

  it('has an example for every body, and each works in a fresh test project', async () => {
    const bodies = operations.filter(({ requestBody }) => requestBody && 'application/json' in requestBody.content)
    assert.deepEqual(
      bodies.filter((operation) => exampleOf(operation) === undefined),
      [],
    )
    const made: Record<string, string> = { project: 'demo' }
    const rank = ({ operationId }: { operationId: string }) =>
      CREATING_FIRST.findIndex((verb) => operationId.endsWith(verb))
    // Streamed bodies are not JSON and have their own tests.
    const plain = operations.filter(({ operationId }) => !/(?:Import|Export)$/.test(operationId))
    // Deletions start with the longest path, because deleting a user ends the user's tokens.
    const order = (a: (typeof plain)[number], b: (typeof plain)[number]) =>
      rank(a) - rank(b) || (a.method === 'DELETE' ? b.path.length - a.path.length : a.path.length - b.path.length)
    for (const operation of plain.toSorted(order)) {
      const { method, operationId, path, responses } = operation
      const target = path.replaceAll(
        /\{(\w+)\}/g,
        (_, name: string) => made[name === 'token' ? 'userToken' : name] ?? `no-${name}`,
      )
      // A replay delivers only events that have their position in the order.
      if (operationId.endsWith('Replay')) await server.ordered()
      const response = await demo.call(method, target, bodyOf(operation))
      assert.ok(
        response.status < 300 && String(response.status) in responses,
        `${method} ${target}: ${response.status}`,
      )
      const { object, id } = response.body.items?.[0] ?? response.body
      if (typeof id === 'string') made[object] ??= id
    }
  })
})

describe('/llms.txt', () => {
  it('lists every operation, its example and every error in plain text', async () => {
    const response = await fetch(`${server.url}/llms.txt`)
    const text = await response.text()
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.match(text, /^# Handset\n\n> /)
    for (const { method, path, operationId } of operations)
      assert.ok(text.includes(`\`${method} ${path}\` (${operationId})`))
    for (const operation of operations) {
      const example = exampleOf(operation)
      const shown = typeof example === 'string' ? example.trimEnd() : JSON.stringify(example)
      if (shown !== undefined) assert.ok(text.includes(shown))
    }
    const { properties } = openApiDocument.components.schemas.Error as {
      properties: Record<string, { enum?: string[] }>
    }
    for (const name of [...(properties.type?.enum ?? []), ...(properties.code?.enum ?? [])])
      assert.ok(text.includes(name))
  })
})
