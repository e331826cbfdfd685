import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MIGRATIONS } from '../../src/db/migrations.ts'
import { assertOneLine, runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { engine, makeDatabase } from '../support/store.ts'

const cwd = await makeDirectory()

/** A new database whose URL contains a password that must never be printed. */
async function makeSecretUrl(): Promise<string> {
  const url = new URL(await makeDatabase())
  url.password = 'secret'
  return url.href
}

if (engine === 'postgres') {
  describe('the command line with DATABASE_URL', tests)
}

function tests(): void {
  it('prints at the start of a server which database it uses, without the password', async () => {
    const DATABASE_URL = await makeSecretUrl()
    const server = startHandset(['serve'], { cwd, env: { PORT: '0', LOG_LEVEL: 'info', DATABASE_URL } })
    await server.printed(/store +postgres:\/\/[\w.]+:\d+\/handset_test_\w+\n[\s\S]*\n$/)
    server.signal('SIGTERM')
    const { code, stdout, stderr } = await server.ended
    assert.equal(code, 0)
    assert.doesNotMatch(stdout + stderr, /secret/)
  })

  it('prints what doctor leaves to PostgreSQL', async () => {
    const url = await makeDatabase()
    await runForJson(['migrate'], { cwd, env: { DATABASE_URL: url } })
    const { stdout } = await runHandset(['doctor'], { cwd, env: { DATABASE_URL: url } })
    assert.match(stdout, /checks passed\.\nNot checked: PostgreSQL's files and indexes .*pg_amcheck/)
  })

  it('rejects a foreign database, in one line without its password', async () => {
    const ended = await runHandset(['doctor'], { cwd, env: { DATABASE_URL: await makeSecretUrl() } })
    assert.equal(ended.code, 1)
    assertOneLine(ended, /postgres:\/\/127\.0\.0\.1:\d+\/handset_test_\w+ is not a Handset database/)
  })

  it('migrates an empty database, and fails to distribute it without Citus', async () => {
    const DATABASE_URL = await makeDatabase()
    const { schema, distributed } = await runForJson(['migrate'], { cwd, env: { DATABASE_URL } })
    assert.deepEqual([schema, distributed], [MIGRATIONS.length, []])
    const ended = await runHandset(['migrate', '--citus'], { cwd, env: { DATABASE_URL } })
    assert.equal(ended.code, 1)
    assertOneLine(ended, /does not have the Citus extension: run CREATE EXTENSION citus/)
  })

  it('refers to pg_dump and pg_restore for backup and restore, in one line without its password', async () => {
    for (const [command, tool] of [
      ['backup', 'pg_dump'],
      ['restore', 'pg_restore'],
    ] as const) {
      const ended = await runHandset([command, 'copy.db'], {
        cwd,
        env: { DATABASE_URL: 'postgres://me:secret@db.example:5432/handset' },
      })
      assert.equal(ended.code, 1)
      assertOneLine(ended, new RegExp(`The store is postgres://db\\.example:5432/handset: .*${tool}`))
    }
  })
}
