import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { openSqlite } from '../../src/db/sqlite/open.ts'
import { sweep } from '../../src/serve/jobs/sweep.ts'
import { assertOneLine, runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { makeImei } from '../support/factories.ts'
import { contextOf } from '../support/store.ts'

const DAY = 24 * 60 * 60 * 1000

async function startServer(cwd: string) {
  const server = startHandset(['serve', '--json'], { cwd, env: { PORT: '0', LOG_LEVEL: 'silent' } })
  const [text] = await server.printed(/\{[^}]+\}/)
  const { address, key } = JSON.parse(text) as { address: string; key: string }
  async function call(method: string, path: string, body?: object, token = key) {
    const response = await fetch(`${address}/projects/demo${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    // biome-ignore lint/suspicious/noExplicitAny: a test asserts the parts of a body that it is about
    return { status: response.status, body: (await response.json()) as any }
  }
  return { ...server, key, call }
}

/** A directory with a store that a server created. */
async function makeStore(): Promise<{ cwd: string; file: string }> {
  const cwd = await makeDirectory()
  const server = await startServer(cwd)
  await server.call('POST', '/devices', { imei: makeImei() })
  server.signal('SIGTERM')
  await server.ended
  return { cwd, file: join(cwd, 'data', 'handset.db') }
}

/** Sweeps a store as a server would after the time for which events are kept. */
async function letEventsExpire(file: string): Promise<void> {
  const db = openSqlite(file)
  await sweep(
    contextOf(db, () => Date.now() + 40 * DAY),
    new AbortController().signal,
  )
  await db.close()
}

describe('backup', () => {
  it('of a store that is being written to contains everything acknowledged before it started, and restores to the same responses', async () => {
    const cwd = await makeDirectory()
    const server = await startServer(cwd)
    const before = []
    for (let made = 0; made < 50; made++)
      before.push((await server.call('POST', '/devices', { imei: makeImei() })).body)

    let writing = true
    const writer = (async () => {
      while (writing) await server.call('POST', '/devices', { imei: makeImei() })
    })()
    const backup = await runForJson(['backup', 'copy.db'], { cwd })
    writing = false
    await writer
    server.signal('SIGTERM')
    await server.ended
    assert.ok(backup.tables.devices.rows >= 50)
    assert.deepEqual(backup.findings, [])

    const restored = await runForJson(['restore', 'copy.db', '--data', 'restored'], { cwd })
    assert.deepEqual(restored.tables, backup.tables)
    const second = startHandset(['serve', '--json', '--data', 'restored'], { cwd, env: { PORT: '0' } })
    const { address } = JSON.parse((await second.printed(/\{[^}]+\}/))[0])
    for (const device of before) {
      const response = await fetch(`${address}/projects/demo/devices/${device.id}`, {
        headers: { authorization: `Bearer ${server.key}` },
      })
      assert.deepEqual(await response.json(), device)
    }
  })

  it('contains nothing of a deleted user, and neither does the file of the store', async () => {
    const cwd = await makeDirectory()
    const server = await startServer(cwd)
    const emails = Array.from({ length: 30 }, (_, number) => `deleted-${number}@example.com`)
    for (const email of emails) {
      const { body } = await server.call('POST', '/users', { email })
      assert.equal((await server.call('DELETE', `/users/${body.id}`)).status, 200)
    }
    server.signal('SIGTERM')
    await server.ended
    await letEventsExpire(join(cwd, 'data', 'handset.db'))
    await runForJson(['backup', 'copy.db'], { cwd })
    for (const file of ['data/handset.db', 'copy.db']) {
      const bytes = await readFile(join(cwd, file))
      assert.deepEqual(
        emails.filter((email) => bytes.includes(email)),
        [],
        file,
      )
    }
  })

  it('overwrites no file, and leaves no partial file', async () => {
    const { cwd } = await makeStore()
    await writeFile(join(cwd, 'precious'), 'as it was')
    const ended = await runHandset(['backup', 'precious'], { cwd })
    assert.equal(ended.code, 1)
    assertOneLine(ended, /precious already exists/)
    assert.equal(await readFile(join(cwd, 'precious'), 'utf8'), 'as it was')
    assert.equal((await runHandset(['backup', 'no/such/directory'], { cwd })).code, 1)
    assert.deepEqual((await readdir(cwd)).sort(), ['data', 'precious'])
  })
})

describe('restore', () => {
  it('rejects a directory that already has a store', async () => {
    const { cwd } = await makeStore()
    assert.equal((await runHandset(['backup', 'copy.db'], { cwd })).code, 0)
    const ended = await runHandset(['restore', 'copy.db'], { cwd })
    assert.equal(ended.code, 1)
    assertOneLine(ended, /already exists; nothing was written/)
  })

  it('rejects a damaged, foreign or missing file, and leaves nothing behind', async () => {
    const { cwd, file } = await makeStore()
    const bytes = await readFile(file)
    await writeFile(join(cwd, 'cut.db'), bytes.subarray(0, bytes.length / 2))
    await writeFile(join(cwd, 'text.db'), 'no database')
    new DatabaseSync(join(cwd, 'foreign.db')).exec('CREATE TABLE t (a)')
    for (const name of ['cut.db', 'text.db', 'foreign.db', 'missing.db']) {
      const ended = await runHandset(['restore', name, '--data', 'fresh'], { cwd })
      assert.equal(ended.code, 1, name)
      assert.match(ended.stderr, /^handset: /)
      assert.ok(!(await readdir(cwd)).includes('fresh'), name)
    }
  })
})
