import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readlinkSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { it } from 'node:test'
import { startServer, type TestProject } from '../support/server.ts'

const server = await startServer({ settings: { projectSpool: 1, maxSpool: 2, requestTimeout: 5 } })
const acme = await server.addProject('acme', 'test')
const globex = await server.addProject('globex', 'test')
const headers = { 'content-type': 'application/x-ndjson' }

/** Each row has a result of about 400 bytes. */
const rejectedRows = (count: number) => '{"imie":"1"}\n'.repeat(count)

async function importInto({ call }: TestProject, raw: string) {
  const { status, body } = await call('POST', './devices/import', { raw, headers })
  assert.equal(status, 200)
  return { results: body.slice(0, -1), summary: body.at(-1) }
}

/** The modes of the unnamed spool files that this process has open. */
function spoolModes(): string[] {
  const folder = '/proc/self/fd'
  return readdirSync(folder).flatMap((descriptor) => {
    const path = `${folder}/${descriptor}`
    try {
      if (!/\/handset-[0-9a-f-]{36} \(deleted\)$/.test(readlinkSync(path))) return []
      return [(statSync(path).mode & 0o777).toString(8)]
    } catch {
      return []
    }
  })
}

it('stores results in an unnamed file that only this user can read, until they are sent', async () => {
  const outgoing = request(`${server.url}/projects/acme/devices/import`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${acme.token}` },
  })
  outgoing.write(rejectedRows(1_000))
  const end = Date.now() + 20_000
  while (spoolModes().length === 0 && Date.now() < end) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(spoolModes(), ['600'])
  outgoing.end()
  const [response] = await once(outgoing, 'response')
  for await (const _ of response);
  while (spoolModes().length > 0 && Date.now() < end) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(spoolModes(), [])
})

it('ends an import whose results exceed the bound of its project, and says so', async () => {
  const { results, summary } = await importInto(acme, rejectedRows(10_000))
  const error = results.at(-1)
  assert.deepEqual([error.type, summary.complete], ['serviceUnavailable', false])
  assert.match(error.message, /take too much space/)
  assert.ok(summary.rows > results.length && summary.rows < 10_000, `${summary.rows} rows`)
})

it('frees the space of results that were sent', async () => {
  for (let round = 0; round < 4; round++) {
    for (const project of [acme, globex]) {
      const { results, summary } = await importInto(project, rejectedRows(2_000))
      assert.deepEqual([results.length, summary.rows, summary.complete], [2_000, 2_000, true])
    }
  }
})
