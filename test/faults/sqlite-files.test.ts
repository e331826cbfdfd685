import assert from 'node:assert/strict'
import { copyFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { makeDirectory } from '../support/directory.ts'
import { makeImei } from '../support/factories.ts'
import type { Client } from '../support/server.ts'
import { requireHealthyStore, type ServerProcess, startServerProcess } from '../support/server-process.ts'

const WRITERS = 8
const DEADLINE = 30_000

/** Starts a server on a new data directory, and registers a device. */
async function start({ workers = 1 } = {}) {
  const data = join(await makeDirectory(), 'data')
  const server = await startServerProcess(
    { HANDSET_DATA: data },
    { HANDSET_RATE_LIMIT: '0', HANDSET_WORKERS: String(workers), LOG_LEVEL: 'fatal' },
  )
  const call = server.clientWith(server.key as string)
  const { status, body } = await create(call)
  assert.equal(status, 201)
  return { data, file: join(data, 'handset.db'), server, call, device: body }
}

function create(call: Client) {
  return call('POST', './devices', { body: { imei: makeImei() } })
}

async function ready({ url }: ServerProcess): Promise<number> {
  return (await fetch(`${url}/health/ready`)).status
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + DEADLINE
  while (!(await condition())) assert.ok(Date.now() < end, what)
}

/** How often the log reports a problem with the store's files. */
function reports({ errors }: ServerProcess): number {
  return errors()
    .split('\n')
    .filter((line) => /Requests get 503.*files of the store/.test(line)).length
}

/** What happens to the files of the store while the server runs. */
const LOSSES: Record<string, (data: string, file: string) => void> = {
  'deletes the database': (_, file) => rmSync(file),
  'deletes all files': (data) => rmSync(data, { recursive: true }),
  'deletes the log': (_, file) => rmSync(`${file}-wal`),
  'replaces the database by a copy': (_, file) => {
    copyFileSync(file, `${file}.copy`)
    renameSync(`${file}.copy`, file)
  },
  'moves the directory away, as unmounting a disk does': (data) => renameSync(data, `${data}-away`),
}

describe('a running server whose files somebody deletes or replaces', () => {
  for (const [what, lose] of Object.entries(LOSSES)) {
    it(`acknowledges nothing after somebody ${what}`, async () => {
      const { data, file, server, call, device } = await start()
      let isLost = false
      let rejected = 0
      async function writer(): Promise<void> {
        while (rejected < 5 * WRITERS) {
          const isAfter = isLost
          const { status, headers } = await create(call)
          if (!isAfter && status === 201) continue
          assert.equal(status, 503)
          assert.match(headers['retry-after'] ?? '', /^[1-9][0-9]*$/)
          rejected += 1
        }
      }
      const writers = Promise.all(Array.from({ length: WRITERS }, writer))
      for (let written = 0; written < 20; written++) await create(call)
      lose(data, file)
      isLost = true
      await writers
      assert.equal((await call('GET', `./devices/${device.id}`)).status, 503)
      assert.equal(await ready(server), 503)
      assert.equal((await fetch(`${server.url}/health/live`)).status, 200)
      await until(async () => (await ready(server)) === 503 && reports(server) > 0, 'the log reports it')
      assert.equal(await server.stop(), 0)
      assert.equal(reports(server), 1)
    })
  }

  it('soon stops being ready, even without a write, and serves again when the same files are back', async () => {
    const { data, server, call, device } = await start({ workers: 2 })
    renameSync(data, `${data}-away`)
    await until(async () => (await ready(server)) === 503, 'the server is no longer ready')
    await until(async () => (await ready(server)) === 503 && reports(server) > 0, 'the log reports it')
    renameSync(`${data}-away`, data)
    await until(async () => (await create(call)).status === 201, 'writes succeed again')
    assert.deepEqual((await call('GET', `./devices/${device.id}`)).body, device)
    assert.equal(reports(server), 1)
    assert.equal(await server.stop(), 0)
    await requireHealthyStore({ HANDSET_DATA: data })
  })
})
