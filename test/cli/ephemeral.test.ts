import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { createHandset } from '../../sdk/src/handset.ts'
import { startHandset as startInProcess } from '../../src/handset.ts'
import { assertOneLine, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { findFreePort } from '../support/postgres.ts'

describe('handset serve --ephemeral', { concurrency: true }, () => {
  it('prints a working key of a test project and a link to the console, and leaves nothing behind', async () => {
    const [cwd, temporary] = [await makeDirectory(), await makeDirectory()]
    const env = { LOG_LEVEL: 'error', TMPDIR: temporary }
    const running = startHandset(['serve', '--ephemeral', '--port', '0'], { cwd, env })
    const [, url = '', project = '', token = ''] = await running.printed(
      /^Handset listens on (\S+), test project (\S+), key (hsk_\S+) .+\nConsole: \S+\/console#code=hcl_\w+\n$/,
    )
    const handset = createHandset({ baseUrl: url, token, project })
    const device = await handset.devices.create({ imei: '492388841798923', sims: ['sim_test_esim'] })
    assert.deepEqual([device.model?.name, device.sims[0]?.provider], ['iPhone 12 Pro', 'test'])
    assert.equal((await handset.projects.retrieve()).type, 'test')
    assert.equal(readdirSync(temporary).length, 1)
    running.signal('SIGTERM')
    const { code, stdout } = await running.ended
    assert.deepEqual([code, stdout.split('\n').length], [0, 3])
    assert.deepEqual([...readdirSync(cwd), ...readdirSync(temporary)], [])
  })

  it('prints the same as JSON, even if settings name a store or turn the demo project off', async () => {
    const cwd = await makeDirectory()
    const env = { DATABASE_URL: 'postgres://127.0.0.1:1/none', HANDSET_DATA: '/dev/null/none', HANDSET_DEMO: '0' }
    const running = startHandset(['serve', '--ephemeral', '--port', '0', '--json'], { cwd, env })
    const [text] = await running.printed(/\{[\s\S]+\}\n$/)
    const { address, project, key } = JSON.parse(text)
    const { items } = await createHandset({ baseUrl: address, token: key }).projects.list()
    assert.deepEqual(
      items.map(({ id }) => id),
      [project],
    )
  })

  it('rejects a data directory and a port in use, leaving nothing behind', async () => {
    const [cwd, temporary] = [await makeDirectory(), await makeDirectory()]
    const rejected = await runHandset(['serve', '--ephemeral', '--data', 'here'], { cwd })
    assert.equal(rejected.code, 2)
    assert.match(rejected.stderr, /--ephemeral stores nothing, so it cannot be combined with --data/)
    const handset = await startInProcess()
    const { port } = new URL(handset.url)
    const taken = await runHandset(['serve', '--ephemeral', '--port', port], { cwd, env: { TMPDIR: temporary } })
    assert.equal(taken.code, 1)
    assertOneLine(taken, /in use/)
    assert.deepEqual([...readdirSync(cwd), ...readdirSync(temporary)], [])
    await handset.stop()
  })
})

describe('startHandset()', () => {
  it('returns a key with the role that is asked for', async () => {
    const { url, token, project, stop } = await startInProcess({ role: 'viewer' })
    const handset = createHandset({ baseUrl: url, token, project })
    assert.deepEqual((await handset.users.list({ q: 'nobody' })).items, [])
    await assert.rejects(handset.users.create({ email: 'a@example.com' }), { type: 'permissionDenied', status: 403 })
    await assert.rejects(handset.apiKeys.list(), { type: 'permissionDenied' })
    await stop()
  })

  it('starts a server with its own test project on a free port, and any number can run at once', async () => {
    const servers = await Promise.all([startInProcess(), startInProcess()])
    const listed = servers.map(async ({ url, token, project }, position) => {
      const handset = createHandset({ baseUrl: url, token, project })
      for (let made = 0; made <= position; made++) await handset.devices.create({ imei: `49238884179892${made}` })
      return (await handset.devices.list()).items.length
    })
    assert.deepEqual(await Promise.all(listed), [1, 2])
    await Promise.all(servers.map(({ stop }) => stop()))
  })

  it('listens on the given port', async () => {
    const port = await findFreePort()
    const { url, stop } = await startInProcess({ port })
    assert.equal(url, `http://127.0.0.1:${port}`)
    await stop()
  })

  it('no longer responds once it is stopped', async () => {
    const { url, stop } = await startInProcess()
    await stop()
    await assert.rejects(fetch(`${url}/health/live`))
  })
})
