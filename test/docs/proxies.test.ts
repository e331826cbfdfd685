import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { createKey, revokeKey } from '../../src/resources/api-keys/api-keys.ts'
import { createDevice, fillDevices, makeImei } from '../support/factories.ts'
import { hasNginx, startNginx } from '../support/nginx.ts'
import { findFreePort } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'

// In CI, the tests must run.
assert.ok(hasNginx || !process.env.CI, 'nginx is not installed (Debian: apt-get install nginx-light)')
const skip = hasNginx ? false : 'nginx is not installed (Debian: apt-get install nginx-light)'

const TLS = fileURLToPath(new URL('../support/tls', import.meta.url))
const page = await readFile(new URL('../../docs/proxies.md', import.meta.url), 'utf8')
const example = /```nginx\n([\s\S]+?)```/.exec(page)?.[1] ?? ''
const ca = await readFile(`${TLS}/authority.crt`)

const server = await startServer({
  settings: {
    publicUrl: 'https://ops.example/handset',
    trustedProxies: ['127.0.0.1'],
    authFailureLimit: 3,
    maxSpool: 1,
    projectSpool: 1,
  },
})
const acme = await server.addProject('acme', 'test')

/** Its export is larger than the buffers of all connections. */
const large = await server.addProject('large', 'test')
await fillDevices(
  server.context,
  large,
  Array.from({ length: 60_000 }, () => ({ imei: makeImei(), name: 'x'.repeat(255) })),
)

/** Makes a change to the example, and fails if the example has no such text. */
function changed(text: string, from: string, to: string): string {
  assert.ok(text.includes(from), `the example has: ${from}`)
  return text.replaceAll(from, to)
}

/** Starts nginx with the example, moved to free ports of this machine. Returns its address. */
async function startExample(change: (example: string) => string = (text) => text): Promise<string> {
  const port = await findFreePort()
  let config = changed(change(example), '127.0.0.1:8080', new URL(server.url).host)
  config = changed(config, 'listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
  config = changed(config, '/etc/nginx/tls/handset', `${TLS}/server`)
  await startNginx(config, port)
  return `https://localhost:${port}`
}

interface Sent {
  headers?: Record<string, string>
  body?: string
}

function send(url: string, method: string, { headers = {}, body }: Sent = {}) {
  const authorization = `Bearer ${acme.token}`
  const outgoing = request(url, { method, ca, agent: false, headers: { authorization, ...headers } })
  outgoing.on('error', () => {})
  return { outgoing: body === undefined ? outgoing : outgoing.end(body), response: once(outgoing, 'response') }
}

async function call(url: string, method = 'GET', options: Sent = {}) {
  const { outgoing, response } = send(url, method, options)
  outgoing.end()
  const [incoming] = (await response) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const isGzip = incoming.headers['content-encoding'] === 'gzip'
  const text = String(isGzip ? gunzipSync(bytes) : bytes)
  return { status: incoming.statusCode, headers: incoming.headers, isGzip, text }
}

const PLACES = [
  { place: 'at the root', path: '', change: (text: string) => text },
  {
    place: 'below a path that it passes on',
    path: '/handset',
    change: (text: string) => changed(text, 'location / {', 'location /handset/ {'),
  },
  {
    place: 'below a path that it removes',
    path: '/handset',
    change: (text: string) =>
      changed(
        changed(text, 'location / {', 'location /handset/ {'),
        'proxy_pass http://handset;',
        'proxy_pass http://handset/;',
      ),
  },
]

for (const { place, path, change } of PLACES) {
  describe(`nginx with the example of docs/proxies.md, ${place}`, { skip }, async () => {
    const url = skip ? '' : (await startExample(change)) + path
    const devices = () => `${url}/projects/acme/devices`
    const json = { 'content-type': 'application/json', 'accept-encoding': 'gzip' }

    it('compresses, and accepts the entity tag that it returns in If-Match and If-None-Match', async () => {
      const { id } = await createDevice(acme, { name: 'Phone' })
      const read = await call(`${devices()}/${id}`, 'GET', { headers: json })
      const etag = read.headers.etag ?? ''
      assert.deepEqual([read.isGzip, read.status], [true, 200])
      assert.match(etag, /^W\//)
      const rename = (name: string) =>
        call(`${devices()}/${id}`, 'PATCH', { headers: { ...json, 'if-match': etag }, body: JSON.stringify({ name }) })
      assert.equal(
        (await call(`${devices()}/${id}`, 'GET', { headers: { ...json, 'if-none-match': etag } })).status,
        304,
      )
      const first = await rename('Renamed')
      assert.deepEqual([first.status, JSON.parse(first.text).name], [200, 'Renamed'])
      assert.equal((await rename('Again')).status, 412)
      assert.equal((await call(`${devices()}/${id}`, 'DELETE', { headers: { ...json, 'if-match': etag } })).status, 412)
    })

    it('passes on an import that is sent in pieces', async () => {
      const { outgoing, response } = send(`${devices()}/import`, 'POST', {
        headers: { 'content-type': 'application/x-ndjson' },
      })
      outgoing.write(`${JSON.stringify({ imei: makeImei() })}\n`)
      outgoing.end(`${JSON.stringify({ imei: makeImei() })}\n`)
      const [incoming] = (await response) as [IncomingMessage]
      let text = ''
      for await (const chunk of incoming) text += chunk
      assert.match(text, /"created":2,.*"complete":true/)
    })

    it('passes on a file that is larger than its own default limit', async () => {
      const name = 'x'.repeat(250)
      const rows = Array.from({ length: 6_000 }, () => `${makeImei()},${name}`)
      const { status, text } = await call(`${devices()}/import`, 'POST', {
        headers: { 'content-type': 'text/csv' },
        body: `imei,name\n${rows.join('\n')}\n`,
      })
      assert.equal(status, 200)
      assert.match(text, /"created":6000,.*"complete":true/)
    })

    it('lets a client notice an export that breaks off', async () => {
      const key = await createKey(server.context, large.project, { name: 'export', role: 'admin' })
      const { outgoing, response } = send(`${url}/projects/large/devices/export`, 'GET', {
        headers: { authorization: `Bearer ${key.token}` },
      })
      outgoing.end()
      const [incoming] = (await response) as [IncomingMessage]
      await once(incoming, 'data')
      incoming.pause()
      await revokeKey(server.context, large.project, key.id)
      await assert.rejects(async () => {
        for await (const _chunk of incoming);
      }, /aborted/)
    })

    it('serves the console, the reference and openapi.json, and hides /metrics', async () => {
      for (const path of ['/console', '/console/devices', '/reference', '/health/ready']) {
        assert.equal((await call(url + path)).status, 200, path)
      }
      const { servers } = JSON.parse((await call(`${url}/openapi.json`)).text)
      assert.equal(servers[0].url, '/handset')
      assert.equal((await call(`${new URL(url).origin}/metrics`)).status, 404)
    })

    it('names the client, so that failed authentications count for it alone', async () => {
      const failed = (address: string) =>
        call(devices(), 'GET', { headers: { authorization: 'Bearer wrong', 'x-forwarded-for': address } })
      const from = (last: number) => `203.0.113.${last + PLACES.findIndex((one) => one.place === place) * 10}`
      const statuses: unknown[] = []
      for (let attempt = 0; attempt < 4; attempt++) statuses.push((await failed(from(1))).status)
      assert.deepEqual(statuses, [401, 401, 401, 429])
      assert.equal((await failed(from(2))).status, 401)
    })
  })
}

describe('nginx without proxy_http_version', { skip }, () => {
  it('gets exports with their length, and 503 for one that exceeds the limit of spool files', async () => {
    const url = await startExample((text) => changed(changed(text, 'proxy_http_version 1.1;', ''), 'gzip on;', ''))
    const globex = await server.addProject('globex', 'test')
    const device = await createDevice(globex, { name: 'Käthe' })
    const exported = ({ project, token }: typeof globex) =>
      call(`${url}/projects/${project.id}/devices/export`, 'GET', { headers: { authorization: `Bearer ${token}` } })
    const small = await exported(globex)
    assert.equal(small.status, 200)
    assert.equal(small.headers['content-length'], String(Buffer.byteLength(small.text)))
    assert.equal(JSON.parse(small.text).id, device.id)
    const rejected = await exported(large)
    assert.equal(rejected.status, 503)
    assert.match(JSON.parse(rejected.text).hint, /HTTP\/1\.1/)
  })
})
