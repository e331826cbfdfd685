import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { createWordMerger } from '../../src/db/search/merger.ts'
import { runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { makeImei } from '../support/factories.ts'
import { digestsOf, engine, makeStore, openStore, type StoreSettings } from '../support/store.ts'

const cwd = await makeDirectory()

/** Creates a store with a device in it, through a server. */
async function makeUsedStore(): Promise<StoreSettings> {
  const store = await makeStore()
  const server = startHandset(['serve', '--json'], { cwd, env: { PORT: '0', LOG_LEVEL: 'silent', ...store } })
  const { address, key } = JSON.parse((await server.printed(/\{[^}]+\}/))[0])
  const response = await fetch(`${address}/projects/demo/devices`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ imei: makeImei(), name: 'A phone' }),
  })
  assert.equal(response.status, 201)
  server.signal('SIGTERM')
  await server.ended
  const db = openStore(store)
  await createWordMerger(db).merge('demo')
  await db.close()
  return store
}

async function damage(store: StoreSettings, statements: readonly string[]): Promise<void> {
  const db = openStore(store)
  for (const statement of statements) assert.ok((await db.run(statement)) > 0, statement)
  await db.close()
}

async function findsBroken(store: StoreSettings, pattern: RegExp): Promise<void> {
  const { code, stdout, stderr } = await runHandset(['doctor'], { cwd, env: { ...store } })
  assert.equal(code, 1)
  assert.match(stdout, pattern)
  assert.match(stderr, /^handset: The store is damaged/)
}

describe('doctor', { concurrency: 2 }, () => {
  it('finds nothing wrong in an intact store, counts its rows, and changes nothing', async () => {
    const store = await makeUsedStore()
    const before = await digestsOf(store)
    const { findings, checks, tables } = await runForJson(['doctor'], { cwd, env: { ...store } })
    assert.deepEqual(findings, [])
    assert.ok(checks > 10)
    for (const [name, digest] of Object.entries(before)) assert.deepEqual(tables[name], digest, name)
    assert.equal(tables.devices.rows, 1)
    assert.deepEqual(await digestsOf(store), before)
  })

  const DAMAGES: [string, string[], RegExp][] = [
    ['an invalid IMEI', ["UPDATE devices SET imei = '12345'"], /every IMEI has 15 digits/],
    ['a TAC that differs from that of the IMEI', ["UPDATE devices SET tac = '00000000'"], /starts with its TAC/],
    ['an id of another project', ["UPDATE projects SET tag = 'zzzzzz'"], /project's tag/],
    [
      'an invalid check digit in a live project',
      [
        "UPDATE projects SET type = 'live'",
        "UPDATE devices SET imei = SUBSTR(imei, 1, 14) || (CASE SUBSTR(imei, 15) WHEN '0' THEN '1' ELSE '0' END)",
      ],
      /check digit/,
    ],
    ['a word that the index lacks', ["DELETE FROM search_words WHERE word = 'phone'"], /is in the index of words/],
    ['a word that no object has', ["UPDATE search_words SET word = 'stray' WHERE word = 'phone'"], /has nothing else/],
    ['SIM types out of order', [`UPDATE device_models SET sim_types = '["pSIM","eSIM"]'`], /SIM types/],
  ]
  for (const [name, statements, pattern] of DAMAGES) {
    it(`finds ${name}`, async () => {
      const store = await makeUsedStore()
      await damage(store, statements)
      await findsBroken(store, pattern)
    })
  }
})

it('reindex repairs the index of words while a server runs', async () => {
  const store = await makeUsedStore()
  await damage(store, ["UPDATE search_words SET word = 'stray' WHERE word = 'phone'", 'DELETE FROM search_texts'])
  const server = startHandset(['serve', '--json'], { cwd, env: { PORT: '0', LOG_LEVEL: 'silent', ...store } })
  await server.printed(/\{[^}]+\}/)
  assert.deepEqual(await runForJson(['reindex'], { cwd, env: { ...store } }), { object: 'reindex', projects: ['demo'] })
  assert.deepEqual((await runForJson(['doctor'], { cwd, env: { ...store } })).findings, [])
  server.signal('SIGTERM')
  await server.ended
})

if (engine === 'sqlite') {
  it('doctor finds a device whose user does not exist', async () => {
    const store = await makeUsedStore()
    assert.ok('HANDSET_DATA' in store)
    const database = new DatabaseSync(join(store.HANDSET_DATA, 'handset.db'))
    database.exec("PRAGMA foreign_keys = OFF; UPDATE devices SET user_id = 'usr_x'")
    database.close()
    await findsBroken(store, /a row of devices references a missing row of users/)
  })
}
