import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { MIGRATIONS } from '../../src/db/migrations.ts'
import { assertOneLine, runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

/** Creates a directory whose `data/handset.db` is written by `make`. */
async function makeStore(make: (path: string) => unknown): Promise<string> {
  const cwd = await makeDirectory()
  await mkdir(join(cwd, 'data'))
  await make(join(cwd, 'data', 'handset.db'))
  return cwd
}

/** Asserts that the server and a command exit with 1, and print only one line, to standard error, that says why. */
async function assertFails(cwd: string, pattern: RegExp, env: Record<string, string> = {}): Promise<void> {
  for (const words of [
    ['serve', '--port', '0'],
    ['projects', 'create', 'acme', '--type', 'test', '--json'],
  ]) {
    const ended = await runHandset(words, { cwd, env })
    assert.equal(ended.code, 1)
    assert.equal(ended.stdout, '')
    assertOneLine(ended, pattern)
  }
}

describe('a store that cannot be used causes one clear line and exit code 1', { concurrency: true }, () => {
  it('if its directory cannot be created', async () => {
    const cwd = await makeDirectory()
    await writeFile(join(cwd, 'file'), '')
    await assertFails(cwd, /Cannot create the data directory file\/data: .*not a directory/, {
      HANDSET_DATA: 'file/data',
    })
  })

  it('if its directory cannot exist', async () => {
    await assertFails(await makeDirectory(), /Cannot create the data directory \/proc\/nope\/deeper: /, {
      HANDSET_DATA: '/proc/nope/deeper',
    })
  })

  it('if the file is damaged', async () => {
    const cwd = await makeStore((path) => writeFile(path, Buffer.alloc(8192, 'damaged ')))
    await assertFails(cwd, /data\/handset\.db is not a SQLite database, or it is damaged/)
  })

  it("if the file is another program's database", async () => {
    const cwd = await makeStore((path) => {
      const foreign = new DatabaseSync(path)
      foreign.exec('CREATE TABLE recipes (name TEXT)')
      foreign.close()
    })
    await assertFails(cwd, /data\/handset\.db is a SQLite database, but not one of Handset's/)
  })

  it('if a newer Handset has changed the schema', async () => {
    const cwd = await makeDirectory()
    await runForJson(['projects', 'create', 'acme', '--type', 'test'], { cwd })
    const db = new DatabaseSync(join(cwd, 'data', 'handset.db'))
    db.exec("INSERT INTO schema_migrations (version, name, applied_at) VALUES (99, 'future', '')")
    db.close()
    await assertFails(
      cwd,
      new RegExp(`schema 99, made by a newer Handset; this one knows ${MIGRATIONS.length}\\. Upgrade Handset`),
    )
  })
})

describe('an invalid setting causes one clear line that names it', { concurrency: true }, () => {
  for (const [name, value, rule] of [
    ['PORT', 'eighty', 'a number from 0 to 65535'],
    ['PORT', '65536', 'a number from 0 to 65535'],
    ['PORT', '-1', 'a number from 0 to 65535'],
    ['PORT', '8,080', 'a number from 0 to 65535'],
    ['HANDSET_RATE_LIMIT', '1e6', 'a number from 0'],
    ['HANDSET_KEEP_ALIVE', '72s', 'a number from 1 to 604800'],
    ['HANDSET_PREPARED_STATEMENTS', 'off', '1 or 0'],
    ['LOG_LEVEL', 'loud', 'one of fatal, error, warn, info, debug, trace, silent'],
    ['HANDSET_DEMO', 'no', '1 or 0'],
    ['HANDSET_PUBLIC_URL', 'ops.example/handset', 'an http\\(s\\) URL without user, query and fragment'],
    ['HANDSET_PUBLIC_URL', 'https://ops.example/?', 'an http\\(s\\) URL'],
    ['HANDSET_PUBLIC_URL', 'https://ops.example/console', 'a URL whose path does not start with /console'],
  ] as const) {
    it(`${name}=${value}`, async () => {
      const ended = await runHandset(['serve'], { cwd: await makeDirectory(), env: { [name]: value } })
      assert.equal(ended.code, 1)
      assert.equal(ended.stdout, '')
      assertOneLine(ended, new RegExp(`${name} is "${value.replaceAll(/[?.]/g, '\\$&')}": it must be ${rule}`))
    })
  }

  it('a public URL with a password, which the line does not contain', async () => {
    const env = { HANDSET_PUBLIC_URL: 'https://user:se@cret@ops.example/' }
    const ended = await runHandset(['serve'], { cwd: await makeDirectory(), env })
    assert.equal(ended.code, 1)
    assertOneLine(ended, /HANDSET_PUBLIC_URL is "https:\/\/…@ops\.example\/": it must be an http\(s\) URL without user/)
  })

  it('an address that the machine does not have', async () => {
    const ended = await runHandset(['serve', '--port', '0', '--host', '203.0.113.1'], { cwd: await makeDirectory() })
    assert.equal(ended.code, 1)
    assertOneLine(ended, /Cannot listen on 203\.0\.113\.1 port 0/)
  })
})

describe('a setting that is a list', { concurrency: true }, () => {
  for (const [name, item, rule] of [
    ['HANDSET_TRUSTED_PROXIES', 'proxy.internal', 'an IP address or a network .*host names are not supported'],
    ['HANDSET_TRUSTED_PROXIES', '10.0.0.0/99', 'an IP address or a network'],
    ['HANDSET_TRUSTED_PROXIES', '2001:db8::/129', 'an IP address or a network'],
    ['HANDSET_TRUSTED_PROXIES', 'fe80::1%eth0', 'an IP address or a network'],
    ['HANDSET_TRUSTED_PROXIES', '10.0.0.0/', 'an IP address or a network'],
    ['HANDSET_TRUSTED_PROXIES', 'true', 'an IP address or a network'],
    ['HANDSET_TRUSTED_PROXIES', '10.0.0.1:8080', 'an IP address or a network'],
    ['HANDSET_CORS_ORIGINS', 'app.example.com', 'an origin such as https://app.example.com'],
    ['HANDSET_CORS_ORIGINS', 'https://app.example.com/', 'an origin such as https://app.example.com'],
  ] as const) {
    it(`names its invalid item in one line: ${name}=${item}`, async () => {
      const ended = await runHandset(['serve'], { cwd: await makeDirectory(), env: { [name]: ` ,${item}` } })
      assert.equal(ended.code, 1)
      assert.equal(ended.stdout, '')
      assertOneLine(ended, new RegExp(`${name} contains "${item}": it must be ${rule}`))
    })
  }
})

describe('output that nobody reads', { concurrency: true }, () => {
  it('does not stop a command from completing', async () => {
    const cwd = await makeDirectory()
    for (const words of [['--help'], ['projects', 'create', 'acme', '--type', 'test']]) {
      const running = startHandset(words, { cwd, input: '' })
      running.hangUp()
      const { code, stderr } = await running.ended
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    }
    assert.deepEqual(
      (await runForJson(['projects', 'list'], { cwd })).map(({ id }: { id: string }) => id),
      ['acme'],
    )
  })
})
