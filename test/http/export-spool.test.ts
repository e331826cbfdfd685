import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { makeImei } from '../support/factories.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startServer } from '../support/server.ts'

const server = await startServer({ settings: { projectSpool: 1, maxSpool: 1 } })
const small = await server.addProject('acme', 'test')
const large = await server.addProject('globex', 'test')
await addDevices(small, 100)
await addDevices(large, 600)

const directory = await mkdtemp(join(tmpdir(), 'handset-test-'))
process.env.TMPDIR = directory
after(() => rm(directory, { recursive: true }))

/** Adds devices of about 2.7 kB each. */
async function addDevices({ call }: typeof small, count: number): Promise<void> {
  const metadata = Object.fromEntries(Array.from({ length: 10 }, (_, key) => [`key${key}`, 'y'.repeat(250)]))
  const lines = Array.from({ length: count }, () => JSON.stringify({ imei: makeImei(), name: 'Käthe', metadata }))
  const headers = { 'content-type': 'application/x-ndjson' }
  const { body } = await call('POST', './devices/import', { raw: `${lines.join('\n')}\n`, headers })
  assert.equal(body.at(-1).created, count)
}

async function exportOver(version: '1.0' | '1.1', { project, token }: typeof small, format = 'ndjson') {
  const connection = await connectRaw(server.url)
  connection.write(
    `GET /projects/${project.id}/devices/export?format=${format} HTTP/${version}\r\n` +
      `Host: ${new URL(server.url).host}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  )
  const response = await connection.answer()
  connection.close()
  assert.ok(response)
  return response
}

for (const format of ['ndjson', 'csv']) {
  it(`sends an export over HTTP/1.0 with its length: ${format}`, async () => {
    const [old, current] = [await exportOver('1.0', small, format), await exportOver('1.1', small, format)]
    assert.equal(old.status, 200)
    assert.equal(old.headers['content-length'], String(Buffer.byteLength(current.body)))
    assert.equal(old.headers['transfer-encoding'], undefined)
    assert.equal(old.headers['content-type'], current.headers['content-type'])
    assert.equal(old.body, current.body)
    assert.equal(current.headers['transfer-encoding'], 'chunked')
    assert.deepEqual(readdirSync(directory), [])
  })
}

it('rejects an export over HTTP/1.0 that is larger than its bound, and sends it over HTTP/1.1', async () => {
  const rejected = await exportOver('1.0', large)
  assert.equal(rejected.status, 503)
  assert.match(JSON.parse(rejected.body).hint, /HTTP\/1\.1/)
  assert.deepEqual(readdirSync(directory), [])
  assert.equal((await exportOver('1.1', large)).status, 200)
})

it('frees the space of an export that was sent or rejected', async () => {
  // Each takes 270 kB: 5 together are more than the bound.
  for (let round = 0; round < 5; round++) assert.equal((await exportOver('1.0', small)).status, 200)
  assert.equal((await exportOver('1.0', large)).status, 503)
  assert.equal((await exportOver('1.0', small)).status, 200)
  assert.deepEqual(readdirSync(directory), [])
})

it('responds with 503 if the temporary directory cannot be written', async () => {
  process.env.TMPDIR = join(directory, 'missing')
  const { status, body } = await exportOver('1.0', small)
  process.env.TMPDIR = directory
  assert.equal(status, 503)
  assert.match(JSON.parse(body).message, /temporary directory/)
})
