import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { makeDirectory } from '../support/directory.ts'
import { startServer } from '../support/server.ts'

const PAGE = '<!doctype html><title>Handset</title>'
const SCRIPT = 'export const answer = 42\n'.repeat(100)

const directory = await makeDirectory()
await mkdir(join(directory, 'assets'))
await writeFile(join(directory, 'index.html'), PAGE)
await writeFile(join(directory, 'assets/main-B1x.js'), SCRIPT)
await writeFile(join(directory, 'secret.txt'), 'not a file of the page')
const { url } = await startServer({ settings: { consoleDirectory: directory } })

const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers })

describe('GET /console', () => {
  it('serves the page at every path below it without a token, whatever the query', async () => {
    for (const path of ['/console', '/console/', '/console/devices/dev_1', '/console/search?q=492388841798923']) {
      const answer = await get(path)
      assert.equal(answer.status, 200, path)
      assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
      assert.equal(answer.headers.get('cache-control'), 'no-cache')
      assert.equal(await answer.text(), PAGE)
    }
  })

  it('restricts the page to its own resources', async () => {
    const { headers } = await get('/console')
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/)
    for (const kind of ['script', 'style', 'font', 'img', 'connect']) {
      assert.match(policy, new RegExp(`${kind}-src 'self'(;|$)`))
    }
    for (const forbidden of ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]) {
      assert.ok(policy.includes(forbidden), forbidden)
    }
    assert.doesNotMatch(policy, /unsafe|\*|data:|https?:/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
  })

  it('serves files with a digest in their names as immutable, compressed as the browser accepts', async () => {
    const path = '/console/assets/main-B1x.js'
    const answer = await get(path)
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.equal(answer.headers.get('content-type'), 'text/javascript; charset=utf-8')
    const plain = { br: brotliDecompressSync, gzip: gunzipSync, identity: (bytes: Buffer) => bytes }
    for (const [accepted, encoding] of [
      ['gzip, deflate, br', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip', 'gzip'],
      ['identity', 'identity'],
    ] as const) {
      const { body, headers } = await raw(path, accepted)
      assert.equal(headers['content-encoding'] ?? 'identity', encoding)
      assert.equal(headers.vary, 'accept-encoding')
      assert.equal(plain[encoding](body).toString(), SCRIPT)
    }
  })

  it('serves no other file from the disk', async () => {
    for (const path of ['/console/assets/none.js', '/console/assets/..%2Fsecret.txt']) {
      const answer = await get(path)
      assert.equal(answer.status, 404, path)
      assert.doesNotMatch(await answer.text(), /not a file of the page/)
    }
    assert.equal(await (await get('/console/secret.txt')).text(), PAGE)
  })

  it('explains how to build the page when it is not built', async () => {
    const bare = await startServer({ settings: { consoleDirectory: join(directory, 'nowhere') } })
    const answer = await fetch(`${bare.url}/console`)
    assert.equal(answer.status, 404)
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.match(await answer.text(), /npm run build:console/)
  })
})

/** Returns the body as sent over the wire; `fetch` would decompress it. */
async function raw(path: string, accepted: string): Promise<{ headers: IncomingHttpHeaders; body: Buffer }> {
  const [answer] = await once(request(url + path, { headers: { 'accept-encoding': accepted } }).end(), 'response')
  const chunks: Buffer[] = []
  for await (const chunk of answer as IncomingMessage) chunks.push(chunk)
  return { headers: answer.headers, body: Buffer.concat(chunks) }
}
