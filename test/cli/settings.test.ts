import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { SETTINGS } from '../../src/settings.ts'
import { assertOneLine, runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

/** Starts a server with these settings, and returns what it printed and logged when it is stopped. */
async function serveWith(env: Record<string, string>, words: string[] = []) {
  const cwd = await makeDirectory()
  const running = startHandset(['serve', '--json', ...words], { cwd, env: { LOG_LEVEL: 'warn', ...env } })
  const { address } = JSON.parse((await running.printed(/\{[^}]+\}\n/))[0]) as { address: string }
  running.signal('SIGTERM')
  const { code, stderr } = await running.ended
  assert.equal(code, 0, stderr)
  return { cwd, address: new URL(address), stderr, files: await readdir(cwd) }
}

describe('a setting', { concurrency: true }, () => {
  it('that is empty means the default', async () => {
    const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, '']))
    const { address, files, stderr } = await serveWith(empty, ['--port', '0', '--workers', '1'])
    assert.equal(address.hostname, '127.0.0.1')
    assert.deepEqual(files, ['data'])
    assert.doesNotMatch(stderr, /not a setting/)
  })

  it('that is only white space or quotes means the default', async () => {
    const { address, files } = await serveWith({ PORT: '0', HOST: ' \t', HANDSET_DATA: '""', DATABASE_URL: "''" })
    assert.equal(address.hostname, '127.0.0.1')
    assert.deepEqual(files, ['data'])
  })

  it('is read without the white space and quotes that files and scripts leave around it', async () => {
    const { address, files } = await serveWith({
      PORT: '0 ',
      HOST: '"127.0.0.1"',
      HANDSET_DATA: " 'my data'\r\n",
      HANDSET_DEMO: '0\n',
      LOG_LEVEL: '"WARN"',
      HANDSET_TRUSTED_PROXIES: '"10.0.0.0/8, ::1,"',
    })
    assert.equal(address.hostname, '127.0.0.1')
    assert.deepEqual(files, ['my data'])
  })

  it('is listed in the help and in docs/settings.md', async () => {
    const { stdout } = await runHandset(['serve', '--help'], { cwd: await makeDirectory() })
    const page = await readFile(join(import.meta.dirname, '../../docs/settings.md'), 'utf8')
    for (const name of Object.keys(SETTINGS)) {
      assert.match(stdout, new RegExp(`^  ${name} `, 'm'))
      assert.ok(page.includes(`\`${name}\``), `${name} is in docs/settings.md`)
    }
  })

  it('of the command line must not be empty', async () => {
    for (const words of [
      ['serve', '--host', ''],
      ['serve', '--data', ' '],
    ]) {
      const { code, stderr } = await runHandset(words, { cwd: await makeDirectory() })
      assert.equal(code, 2)
      assert.match(stderr, /must not be empty/)
    }
  })
})

describe('an unknown HANDSET_ variable', { concurrency: true }, () => {
  for (const [name, meant] of [
    ['HANDSET_RATELIMIT', 'HANDSET_RATE_LIMIT'],
    ['HANDSET_DATA_DIR', 'HANDSET_DATA'],
    ['HANDSET_HOST', 'HOST'],
    ['HANDSET_PORT', 'PORT'],
    ['HANDSET_DATABASE_URL', 'DATABASE_URL'],
    ['HANDSET_LOG_LEVEL', 'LOG_LEVEL'],
  ]) {
    it(`causes a warning that suggests a setting: ${name}`, async () => {
      const cwd = await makeDirectory()
      const env = { [name as string]: 'secret' }
      const { code, stderr } = await runHandset(['projects', 'create', 'acme', '--type', 'test'], { cwd, env })
      assert.equal(code, 0)
      assert.equal(stderr, `handset: ${name} is not a setting of Handset. Did you mean ${meant}?\n`)
    })
  }

  it('causes a line in the log of a server', async () => {
    const { stderr } = await serveWith({ PORT: '0', HANDSET_WORKERS: '2', HANDSET_COLOUR: 'red' })
    const lines = stderr.split('\n').filter((line) => line.includes('HANDSET_COLOUR'))
    assert.equal(lines.length, 1)
    const { level, msg } = JSON.parse(lines[0] as string)
    assert.deepEqual([level, msg], [40, 'HANDSET_COLOUR is not a setting of Handset'])
  })

  it('causes none if Kubernetes or Docker set it for a service called handset', async () => {
    const { stderr } = await serveWith({
      PORT: '0',
      HANDSET_SERVICE_HOST: '10.3.240.5',
      HANDSET_SERVICE_PORT: '8080',
      HANDSET_SERVICE_PORT_HTTP: '8080',
      HANDSET_PORT: 'tcp://10.3.240.5:8080',
      HANDSET_PORT_8080_TCP: 'tcp://10.3.240.5:8080',
      HANDSET_PORT_8080_TCP_PROTO: 'tcp',
      HANDSET_PORT_8080_TCP_PORT: '8080',
      HANDSET_PORT_8080_TCP_ADDR: '10.3.240.5',
      HANDSET_POSTGRES_SERVICE_HOST: '10.3.240.6',
      HANDSET_POSTGRES_PORT: 'tcp://10.3.240.6:5432',
    })
    assert.equal(stderr, '')
  })
})

describe('DATABASE_URL', { concurrency: true }, () => {
  for (const [what, url, reason] of [
    ['a line end', 'postgres://app:hunter2@127.0.0.1:1/handset\n', /DATABASE_URL contains a line end\. Remove it/],
    ['a line break inside', 'postgres://app:hun\nter2@127.0.0.1:1/handset', /DATABASE_URL contains a line end/],
    ['the parameter host', 'postgres://app:hunter2@db/handset?host=/run/postgresql', /has the parameter host: /],
    [
      'a slash in the password',
      'postgres://app:hun/ter2@db/handset',
      /contains "\/" before an "@": .* write %2F instead/,
    ],
    [
      'the scheme of a driver',
      'jdbc:postgresql://app:hunter2@db/handset',
      /DATABASE_URL must be a URL such as postgres:\/\//,
    ],
  ] as const) {
    it(`with ${what} ends every command in one line without its password`, async () => {
      for (const words of [['serve'], ['projects', 'list'], ['doctor'], ['migrate']]) {
        const ended = await runHandset(words, { cwd: await makeDirectory(), env: { DATABASE_URL: url } })
        assert.equal(ended.code, 1, words.join(' '))
        assertOneLine(ended, reason)
        assert.doesNotMatch(ended.stdout + ended.stderr, /hun.?ter2/s)
      }
    })
  }

  it('is ignored with --data and --ephemeral', async () => {
    const cwd = await makeDirectory()
    const env = { DATABASE_URL: 'not a URL\n', PORT: '0' }
    await runForJson(['projects', 'create', 'acme', '--type', 'test', '--data', 'here'], { cwd, env })
    const running = startHandset(['serve', '--ephemeral'], { cwd, env })
    await running.printed(/listens on/)
  })
})

describe('a command that needs a store', { concurrency: true }, () => {
  for (const words of [
    ['projects', 'list'],
    ['keys', 'list', '--project', 'demo'],
    ['keys', 'create', '--project', 'demo', '--name', 'backend'],
    ['catalogue', 'stats'],
    ['catalogue', 'lookup', '492388841798923'],
    ['catalogue', 'diff', '-'],
    ['catalogue', 'import', '-', '--dry-run'],
    ['devices', 'export', '--project', 'demo'],
    ['users', 'import', '-', '--project', 'demo', '--dry-run'],
    ['seed', '--project', 'demo'],
    ['backup', 'copy.db'],
    ['doctor'],
  ]) {
    it(`creates no empty one: handset ${words.join(' ')}`, async () => {
      const cwd = await makeDirectory()
      const ended = await runHandset(words, { cwd, input: 'tac,brand,name\n' })
      assert.equal(ended.code, 1)
      assertOneLine(ended, /data\/handset\.db/)
      assert.deepEqual(await readdir(cwd), [])
    })
  }
})
