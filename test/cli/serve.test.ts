import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { assertOneLine, type Ended, type Running, runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

const IMEI = '492388841798923'

/** Starts a server on a free port, and resolves once it has printed its address. */
async function startServer(cwd: string): Promise<{ running: Running; url: string }> {
  const running = startHandset(['serve', '--port', '0'], { cwd, env: { LOG_LEVEL: 'error' } })
  const [, url = ''] = await running.printed(/listens on (http:\S+)[\s\S]*\n$/)
  return { running, url }
}

async function stop({ running }: { running: Running }, signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
  running.signal(signal)
  return running.ended
}

async function searchModel(url: string, token: string, imei = IMEI) {
  const response = await fetch(`${url}/deviceModels/search`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ imei }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts the parts of a body that it is about
  return { status: response.status, body: (await response.json()) as any }
}

describe('handset serve', { concurrency: true }, () => {
  it('creates a test project with a key at the first start, and prints a curl command that works as printed', async (t) => {
    const server = await startServer(await makeDirectory())
    const stdout = server.running.stdout()
    const [, token = ''] = /^ {2}(hsk_[0-9A-Za-z]+)$/m.exec(stdout) ?? []
    assert.match(stdout, /^\d+ TACs known; one command adds about [\d,]+: handset catalogue import osmocom$/m)
    assert.equal((await searchModel(server.url, token)).body.items[0].name, 'iPhone 12 Pro')
    const project = await fetch(`${server.url}/projects/demo`, { headers: { authorization: `Bearer ${token}` } })
    assert.equal(((await project.json()) as { type: string }).type, 'test')

    const [command = ''] = /^ {2}curl [\s\S]*?[^\\]$/m.exec(stdout) ?? []
    if (spawnSync('curl', ['--version']).error) {
      t.diagnostic('curl is not installed: the printed command was not run')
      return
    }
    const response = JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8', stdio: 'pipe' }))
    assert.equal(response.items[0].name, 'iPhone 12 Pro')
  })

  it('prints no key at the second start, and the first key is still valid', async () => {
    const cwd = await makeDirectory()
    const first = await startServer(cwd)
    const [token = ''] = /hsk_[0-9A-Za-z]+/.exec(first.running.stdout()) ?? []
    await stop(first)
    const second = await startServer(cwd)
    assert.doesNotMatch(second.running.stdout(), /hsk_/)
    assert.match(second.running.stdout(), /keys create/)
    assert.equal((await searchModel(second.url, token)).status, 200)
  })

  it('creates no demo project with HANDSET_DEMO=0 or if another project exists', async () => {
    const [empty, used] = [await makeDirectory(), await makeDirectory()]
    await runForJson(['projects', 'create', 'acme', '--type', 'live'], { cwd: used })
    for (const [cwd, env] of [
      [empty, { HANDSET_DEMO: '0' }],
      [used, {}],
    ] as const) {
      const running = startHandset(['serve', '--port', '0'], { cwd, env: { LOG_LEVEL: 'error', ...env } })
      await running.printed(/listens on/)
      await stop({ running })
      const projects = await runForJson(['projects', 'list'], { cwd })
      assert.deepEqual(
        projects.filter(({ id }: { id: string }) => id === 'demo'),
        [],
      )
    }
  })

  it('prints its address and the new key as JSON with --json', async () => {
    const cwd = await makeDirectory()
    const running = startHandset(['serve', '--json'], { cwd, env: { PORT: '0', LOG_LEVEL: 'error' } })
    await running.printed(/^\}\n/m)
    const { address, project, key } = JSON.parse(running.stdout())
    assert.equal(project, 'demo')
    assert.equal((await searchModel(address, key)).status, 200)
  })

  it('logs to standard error only', async () => {
    const cwd = await makeDirectory()
    const running = startHandset(['serve', '--port', '0', '--json'], { cwd, env: { LOG_LEVEL: 'trace' } })
    await running.printed(/^\}\n/m)
    const { address, key } = JSON.parse(running.stdout())
    await searchModel(address, key)
    const { stdout, stderr } = await stop({ running })
    assert.equal(JSON.parse(stdout).address, address)
    assert.match(stderr, /"operation":"DeviceModelsSearch"/)
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`exits with 0 at ${signal}`, async () => {
      const server = await startServer(await makeDirectory())
      await fetch(`${server.url}/health/live`)
      const { code, stderr } = await stop(server, signal)
      assert.equal(code, 0)
      assert.equal(stderr, '')
    })
  }

  it('accepts writes while a catalogue is imported', async () => {
    const cwd = await makeDirectory()
    const server = await startServer(cwd)
    const [token = ''] = /hsk_[0-9A-Za-z]+/.exec(server.running.stdout()) ?? []
    const rows = Array.from({ length: 20_000 }, (_, row) => `97${String(row).padStart(6, '0')},Busy,Model ${row}\n`)
    const importing = startHandset(['catalogue', 'import', '-', '--json'], {
      cwd,
      input: `tac,brand,name\n${rows.join('')}`,
    })
    let ended = false
    const end = importing.ended.finally(() => {
      ended = true
    })
    let written = 0
    do {
      const response = await fetch(`${server.url}/projects/demo/users`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ email: `writer-${written}@example.com` }),
      })
      assert.equal(response.status, 201)
      await response.arrayBuffer()
      written += 1
    } while (!ended)
    const { code, stdout, stderr } = await end
    assert.equal(code, 0, stderr)
    assert.equal(JSON.parse(stdout).added, 20_000)
  })

  describe('while the command line uses the same directory', async () => {
    const cwd = await makeDirectory()
    const server = await startServer(cwd)

    it('accepts a key as soon as it is created, and rejects it as soon as it is revoked', async () => {
      const key = await runForJson(['keys', 'create', '--project', 'demo', '--name', 'live'], { cwd })
      assert.equal((await searchModel(server.url, key.token)).status, 200)
      await runForJson(['keys', 'revoke', key.id, '--project', 'demo'], { cwd })
      const rejected = await searchModel(server.url, key.token)
      assert.equal(rejected.status, 401)
      assert.equal(rejected.body.message, 'Invalid authorization token')
    })

    it('serves a project as soon as it is created', async () => {
      await runForJson(['projects', 'create', 'acme', '--type', 'live'], { cwd })
      const { token } = await runForJson(['keys', 'create', '--project', 'acme', '--name', 'first'], { cwd })
      const response = await fetch(`${server.url}/projects/acme`, { headers: { authorization: `Bearer ${token}` } })
      assert.equal(response.status, 200)
    })

    it('uses a catalogue as soon as its import has ended', async () => {
      const { token } = await runForJson(['keys', 'create', '--project', 'demo', '--name', 'models'], { cwd })
      const imei = '960000010000000'
      assert.deepEqual((await searchModel(server.url, token, imei)).body.items, [])
      await runForJson(['catalogue', 'import', '-'], { cwd, input: 'tac,brand,name\n96000001,New,Phone\n' })
      assert.equal((await searchModel(server.url, token, imei)).body.items[0].name, 'Phone')
    })

    it('reports a port in use in one line, and does not count that as the first start', async () => {
      const elsewhere = await makeDirectory()
      const { port } = new URL(server.url)
      const ended = await runHandset(['serve', '--port', port], { cwd: elsewhere })
      assert.equal(ended.code, 1)
      assert.equal(ended.stdout, '')
      assertOneLine(
        ended,
        new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is in use\\. Choose another with PORT or --port`),
      )
      const next = await startServer(elsewhere)
      assert.match(next.running.stdout(), /hsk_/)
    })
  })
})
