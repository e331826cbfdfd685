import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openPostgres } from '../../src/db/postgres/open.ts'
import { assertOneLine, runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { makeImei } from '../support/factories.ts'
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { makeDatabase } from '../support/store.ts'

const DEVICES = 60

const cwd = await makeDirectory()
const skip = hasPgBouncer ? false : 'pgbouncer is not installed (Debian: apt-get install pgbouncer)'

/** Serves through a pooler, creates devices with many requests at a time, and reads each of them. */
async function createAndRead(env: Record<string, string>): Promise<void> {
  const running = startHandset(['serve', '--json', '--workers', '2'], {
    cwd,
    env: { PORT: '0', LOG_LEVEL: 'error', ...env },
  })
  const { address, key } = JSON.parse((await running.printed(/\{[^}]+\}/))[0]) as { address: string; key: string }
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const path = `${address}/projects/demo/devices`
  const created = await Promise.all(
    Array.from({ length: DEVICES }, async () => {
      const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify({ imei: makeImei() }) })
      assert.equal(response.status, 201)
      return ((await response.json()) as { id: string }).id
    }),
  )
  await Promise.all(
    created.map(async (id) => {
      const response = await fetch(`${path}/${id}`, { headers })
      assert.equal(response.status, 200)
      assert.equal(((await response.json()) as { id: string }).id, id)
    }),
  )
  running.signal('SIGTERM')
  const { code, stderr } = await running.ended
  assert.deepEqual([code, stderr], [0, ''])
  assert.deepEqual((await runForJson(['doctor'], { cwd, env })).findings, [])
}

describe('behind PgBouncer', { skip }, () => {
  it('works with session pooling', async () => {
    await createAndRead({ DATABASE_URL: await startPgBouncer(await makeDatabase(), 'session') })
  })

  it('works with transaction pooling and HANDSET_PREPARED_STATEMENTS=0', async () => {
    const url = await startPgBouncer(await makeDatabase(), 'transaction')
    await createAndRead({ DATABASE_URL: url, HANDSET_PREPARED_STATEMENTS: '0' })
  })

  it('works with transaction pooling and prepared_statements=0 in the URL', async () => {
    const url = await startPgBouncer(await makeDatabase(), 'transaction')
    await createAndRead({ DATABASE_URL: `${url}?prepared_statements=0` })
  })

  it('answers reads with and without parameters that are sent at once', async () => {
    const url = await startPgBouncer(await makeDatabase(), 'transaction')
    const store = openPostgres(url, { patience: 1_000, connections: 2, preparesStatements: false })
    const numbers = Array.from({ length: 100 }, (_, number) => String(number))
    const rows = await Promise.all(
      numbers.flatMap((number) => [
        store.get("SELECT 'none' AS value"),
        store.get('SELECT $1::text AS value', [number]),
      ]),
    )
    assert.deepEqual(
      rows,
      numbers.flatMap((number) => [{ value: 'none' }, { value: number }]),
    )
    await store.close()
  })

  it('ends at the start in one line if the pooler loses prepared statements', async () => {
    const url = await startPgBouncer(await makeDatabase(), 'transaction')
    const copied = ['copy', '--from', url, '--to', 'sqlite:copy']
    for (const words of [['serve'], ['migrate'], ['doctor'], ['keys', 'list', '--project', 'demo'], copied]) {
      const ended = await runHandset(words, { cwd, env: { DATABASE_URL: url } })
      assert.equal(ended.code, 1)
      assertOneLine(
        ended,
        /The connection pooler at 127\.0\.0\.1:\d+ does not keep prepared statements\. Set HANDSET_PREPARED_STATEMENTS=0/,
      )
    }
  })

  it('ends at the start in one line if the pooler pools statements', async () => {
    const url = await startPgBouncer(await makeDatabase(), 'statement')
    const ended = await runHandset(['serve'], { cwd, env: { DATABASE_URL: url, HANDSET_PREPARED_STATEMENTS: '0' } })
    assert.equal(ended.code, 1)
    assertOneLine(
      ended,
      /The connection pooler at 127\.0\.0\.1:\d+ cannot begin a transaction .*Set its pool_mode to transaction or session/,
    )
  })
})
