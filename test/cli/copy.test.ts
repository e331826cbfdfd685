import assert from 'node:assert/strict'
import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import postgres from 'postgres'
import { migrate } from '../../src/db/migrate.ts'
import type { Database } from '../../src/db/port.ts'
import { assertOneLine, type Running, runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { makeEmail, makeIccid, makeImei } from '../support/factories.ts'
import { digestsOf, engine, makeStore, openStore, type StoreSettings } from '../support/store.ts'

const cwd = await makeDirectory()

async function makeSqlite(): Promise<{ HANDSET_DATA: string }> {
  return { HANDSET_DATA: join(await makeDirectory(), 'data') }
}

/** A store, as written in an option of `handset copy`. */
function urlOf(store: StoreSettings): string {
  return 'DATABASE_URL' in store ? store.DATABASE_URL : `sqlite:${store.HANDSET_DATA}`
}

function wordsFor(from: StoreSettings, to: StoreSettings): string[] {
  return ['copy', '--from', urlOf(from), '--to', urlOf(to)]
}

async function serve(store: StoreSettings) {
  const running = startHandset(['serve', '--json'], { cwd, env: { PORT: '0', LOG_LEVEL: 'error', ...store } })
  return { running, ...(JSON.parse((await running.printed(/\{[^}]+\}/))[0]) as { address: string; key: string }) }
}

async function stop(running: Running): Promise<void> {
  running.signal('SIGTERM')
  assert.equal((await running.ended).code, 0)
}

function call(address: string, token: string, method: string, path: string, body?: object, more = {}) {
  return fetch(`${address}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

interface Seeded {
  store: StoreSettings
  key: string
  userToken: string
  /** Every path that can be read. */
  paths: string[]
  /** A request with an idempotency key. */
  kept: { path: string; body: object }
}

/** A store with objects of every kind, and more rows than fit in a batch. */
async function seed(): Promise<Seeded> {
  const store = await makeSqlite()
  const models = Array.from({ length: 2_500 }, (_, row) => `999${String(row).padStart(5, '0')},Brand,Model ${row}\n`)
  await runForJson(['catalogue', 'import', '-'], {
    cwd,
    env: { ...store },
    input: `tac,brand,name\n${models.join('')}`,
  })
  const { running, address, key } = await serve(store)
  const paths = ['/projects', '/projects/demo', '/deviceModelBrands', '/deviceModels?limit=200']
  async function create(collection: string, body: object, more = {}) {
    const response = await call(address, key, 'POST', `/projects/demo/${collection}`, body, more)
    assert.equal(response.status, 201)
    const made = (await response.json()) as { id: string; token: string }
    paths.push(`/projects/demo/${collection}/${made.id}`)
    return made
  }
  for (let made = 0; made < 5; made++) {
    const user = await create('users', {
      email: makeEmail(),
      fullName: `Zoë "${made}" \\ 📱`,
      metadata: { a: 'é\n\u2028' },
    })
    const sims = [
      await create('sims', { iccid: makeIccid() }),
      await create('sims', { iccid: makeIccid(), type: 'pSIM' }),
    ]
    await create('devices', { imei: makeImei('99900001'), user: user.id, sims: sims.map(({ id }) => id) })
    await create('devices', { imei: makeImei(), name: null })
  }
  const owner = await create('users', { email: makeEmail() })
  const response = await call(address, key, 'POST', `/projects/demo/users/${owner.id}/tokens`, {})
  const { token: userToken } = (await response.json()) as { token: string }
  const kept = { path: '/projects/demo/devices', body: { imei: makeImei(), user: owner.id } }
  await create('devices', kept.body, { 'idempotency-key': 'once' })
  paths.push(...['users', 'sims', 'devices'].map((name) => `/projects/demo/${name}?limit=200`))
  await stop(running)
  return { store, key, userToken, paths, kept }
}

const source = await seed()

/** The responses of a store: bytes and ETags of every object and list, and the replay of an idempotency key. */
async function answersOf(store: StoreSettings): Promise<unknown[]> {
  const { running, address } = await serve(store)
  const answers: unknown[] = []
  for (const token of [source.key, source.userToken]) {
    for (const path of source.paths) {
      const response = await call(address, token, 'GET', path)
      answers.push([path, response.status, response.headers.get('etag'), await response.text()])
    }
  }
  const replayed = await call(address, source.key, 'POST', source.kept.path, source.kept.body, {
    'idempotency-key': 'once',
  })
  assert.equal(replayed.headers.get('idempotent-replayed'), 'true')
  answers.push(await replayed.text())
  await stop(running)
  return answers
}

/** A copy of the source's directory that a test may change. */
async function cloneSource(): Promise<{ HANDSET_DATA: string }> {
  const clone = await makeSqlite()
  assert.ok('HANDSET_DATA' in source.store)
  await cp(source.store.HANDSET_DATA, clone.HANDSET_DATA, { recursive: true })
  return clone
}

async function change(store: StoreSettings, ...statements: string[]): Promise<void> {
  const db = openStore(store)
  for (const statement of statements) await db.run(statement)
  await db.close()
}

async function refuses(from: StoreSettings, to: StoreSettings, pattern: RegExp): Promise<void> {
  const ended = await runHandset(wordsFor(from, to), { cwd })
  assert.equal(ended.code, 1, ended.stdout)
  assert.equal(ended.stdout, '')
  assertOneLine(ended, pattern)
}

describe('copy', { concurrency: 2 }, () => {
  it('there and back preserves every response byte for byte, including tokens and idempotent replays', async () => {
    const [there, back] = [await makeStore(), await makeSqlite()]
    const copied = await runForJson(wordsFor(source.store, there), { cwd })
    assert.deepEqual(copied.differing, [])
    assert.equal(copied.copied, copied.rows)
    assert.ok(copied.tables.tacs.to.rows > 2_500)
    const before = await answersOf(await cloneSource())
    assert.deepEqual(await answersOf(there), before)
    assert.equal((await runHandset(wordsFor(there, back), { cwd })).code, 0)
    assert.deepEqual(await answersOf(back), before)
    assert.equal(
      before.filter((answer) => Array.isArray(answer) && answer[1] === 200).length > source.paths.length,
      true,
    )
  })

  it('continues an interrupted copy, and does nothing if it is complete', async () => {
    const to = await makeStore()
    const { rows } = await runForJson(wordsFor(source.store, to), { cwd })
    await change(to, 'DELETE FROM sims', "DELETE FROM tacs WHERE tac > '99901234'")
    const { tables, ...again } = await runForJson(wordsFor(source.store, to), { cwd })
    assert.equal(again.copied, tables.sims.from.rows + 2_500 - 1_235)
    assert.deepEqual([again.rows, again.differing], [rows, []])
    const { stdout } = await runHandset(wordsFor(source.store, to), { cwd })
    assert.match(stdout, /^Copied 0 of [\d,]+ rows from .+ in [\d.]+ s/)
    assert.deepEqual(await digestsOf(to), await digestsOf(source.store))
  })

  it('rejects a target with other contents, and does not change it', async () => {
    const used = await makeStore()
    await runForJson(['projects', 'create', 'other', '--type', 'live'], { cwd, env: { ...used } })
    const before = await digestsOf(used)
    await refuses(source.store, used, /holds [a-z ]+ that are not those of .*Nothing was written/)
    assert.deepEqual(await digestsOf(used), before)

    const changed = await makeStore()
    await runForJson(wordsFor(source.store, changed), { cwd })
    await change(changed, "UPDATE sims SET status = 'retired'", 'DELETE FROM idempotency_keys')
    const rows = await digestsOf(changed)
    await refuses(source.store, changed, /holds sims that are not those of/)
    assert.deepEqual(await digestsOf(changed), rows)
  })

  it("rejects a target with another program's tables or another schema", async () => {
    const strange = await makeStore()
    await change(strange, 'CREATE TABLE recipes (name TEXT PRIMARY KEY)')
    await refuses(source.store, strange, /holds tables that are not Handset's, such as recipes/)
    const newer = await makeStore()
    await runForJson(['projects', 'create', 'acme', '--type', 'test'], { cwd, env: { ...newer } })
    await change(newer, "INSERT INTO schema_migrations (version, name, applied_at) VALUES (99, 'future', '')")
    await refuses(source.store, newer, /holds rows of schema 99, and this Handset knows \d+/)
  })

  it('rejects a source that does not exist or has another schema, and creates no target', async () => {
    const to = await makeSqlite()
    const old = await cloneSource()
    await change(old, 'DELETE FROM schema_migrations')
    await refuses(old, to, /is at schema 0, and this Handset knows \d+: run handset migrate/)
    await refuses(await makeSqlite(), to, /Cannot open .*handset\.db/)
    assert.deepEqual(await readdir(join(to.HANDSET_DATA, '..')), [])
  })

  it('reports an invalid store as wrong usage, and never prints it', async () => {
    for (const words of [
      ['--from', 'sqlite:./data', '--to', 'postgre://me:secret@host/db'],
      ['--from', 'mysql://me:secret@host/db', '--to', 'sqlite:./data'],
      ['--from', 'sqlite:./data', '--to', 'sqlite:data'],
      ['--from', 'sqlite:./data'],
    ]) {
      const { code, stdout, stderr } = await runHandset(['copy', ...words], { cwd })
      assert.equal(code, 2)
      assert.doesNotMatch(stdout + stderr, /secret/)
    }
  })
})

/** A copy into PostgreSQL that waits within the first batch of a table, until another connection releases it. */
async function startHeldCopy(from: StoreSettings, to: { DATABASE_URL: string }, table = 'sims') {
  const target = openStore(to)
  await migrate(target, Date.now)
  const holder = postgres(to.DATABASE_URL, { max: 1, onnotice: () => {} })
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const held = holder.begin(async (sql) => {
    await sql.unsafe(`LOCK TABLE ${table} IN SHARE MODE`)
    await released
  })
  const running = startHandset([...wordsFor(from, to), '--json'], { cwd, input: '' })
  await untilBlocked(target, table, running)
  return {
    running,
    async release() {
      release()
      await held
      await holder.end()
      await target.close()
    },
  }
}

/** Resolves when a statement waits for the lock on a table. */
async function untilBlocked(db: Database, table: string, running: Running): Promise<void> {
  let ended: unknown
  running.ended.then((end) => {
    ended = end
  })
  const waiting = `SELECT 1 AS found FROM pg_locks WHERE NOT granted AND relation = '${table}'::regclass`
  while ((await db.get(waiting)) === undefined) assert.equal(ended, undefined)
}

async function makePostgres(): Promise<{ DATABASE_URL: string }> {
  const store = await makeStore()
  assert.ok('DATABASE_URL' in store)
  return store
}

function interruptions(): void {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    it(`by ${signal} keeps whole batches, and continues when it is run again`, async () => {
      const to = await makePostgres()
      const { running, release } = await startHeldCopy(source.store, to)
      running.signal(signal)
      if (signal === 'SIGKILL') await running.ended
      await release()
      const ended = await running.ended
      if (signal === 'SIGINT') {
        assert.equal(ended.code, 1)
        assertOneLine(ended, /interrupted\. Run the same command again/)
      }
      const { copied, rows, differing } = await runForJson(wordsFor(source.store, to), { cwd })
      assert.ok(copied < rows)
      assert.deepEqual(differing, [])
      assert.deepEqual(await digestsOf(to), await digestsOf(source.store))
    })
  }

  it('of a source that changes meanwhile exits with 1 and names the tables that differ', async () => {
    const [from, to] = [await cloneSource(), await makePostgres()]
    const { running, release } = await startHeldCopy(from, to)
    await change(from, "UPDATE users SET full_name = 'Changed'")
    await release()
    const { code, stdout, stderr } = await running.ended
    assert.equal(code, 1)
    assert.deepEqual(JSON.parse(stdout).differing, ['users'])
    assert.match(stderr, /^handset: The stores differ in users: something wrote to one of them\..*\n$/)
  })

  it('of a source in which a row references a new one fails, and says what to do', async () => {
    const [from, to] = [await cloneSource(), await makePostgres()]
    const { running, release } = await startHeldCopy(from, to, 'users')
    await change(
      from,
      `INSERT INTO users (project_id, id, email, email_key, email_verified, preferred_locale, metadata, created_at)
        SELECT project_id, 'usr_0', 'new', 'new', 'true', 'en', '{}', created_at FROM users LIMIT 1`,
      "UPDATE devices SET user_id = 'usr_0'",
    )
    await release()
    const ended = await running.ended
    assert.equal(ended.code, 1)
    assertOneLine(ended, /rejects rows of devices.*Stop whatever writes to either store/)
  })
}

if (engine === 'postgres') describe('a copy that is interrupted', { concurrency: 2 }, interruptions)
