import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { sweep } from '../../src/serve/jobs/sweep.ts'
import { runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { createDevice, createSim, createUser, fillDevices, makeEmail, makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'
import { engine } from '../support/store.ts'

/** Objects of each kind: enough for indexes of several levels, whose pages are split and merged. */
const OBJECTS = 150
/** The time for which stored responses and events are kept on purpose, and more. */
const KEPT = 40 * 24 * 60 * 60 * 1000
/** Devices whose store is larger than what a sweep rewrites. */
const MANY_DEVICES = 45_000
const REWRITTEN = 16 * 1024 * 1024

let now = Date.now()
const server = await startServer({ clock: () => now, settings: { rateLimit: 0 } })
const demo = await server.addProject('demo', 'test')

/** Values that are deleted or overwritten. No other value contains them. */
const ERASED = { text: 'zqerased', imei: '86112277', iccid: '8988399777' } as const
const isErased = new RegExp(Object.values(ERASED).join('|'), 'gi')

function erasedText(number: number): string {
  return `${ERASED.text}-${number}-${(number * 7_919) % 1_000}`
}

/** Creates objects whose values will all be gone, each with a neighbour that stays. */
async function createObjects() {
  const paths: string[] = []
  for (let number = 0; number < OBJECTS; number++) {
    const text = erasedText(number)
    const metadata = { note: `${text} `.repeat(1 + (number % 12)).slice(0, 255), [text]: 'x' }
    const user = await createUser(demo, { email: `${text}@Example.com`, fullName: text, metadata })
    const iccid = `${ERASED.iccid}${String(number).padStart(9, '0')}`
    const sim = await createSim(demo, { iccid, metadata })
    const imei = makeImei(ERASED.imei)
    const headers = { 'idempotency-key': `key-${number}` }
    const body = { imei, user: user.id, sims: [sim.id], name: text, metadata }
    const device = await demo.call('POST', './devices', { body, headers })
    assert.equal(device.status, 201)
    paths.push(`./devices/${device.body.id}`, `./sims/${sim.id}`, `./users/${user.id}`)
    if (number === OBJECTS / 2) await server.context.words.merge(demo.project.id)
    if (number % 3 === 0) await createUser(demo, { email: makeEmail(), fullName: `stays ${number}` })
    if (number % 5 === 0) {
      const stays = await createDevice(demo, { name: text })
      await demo.call('PATCH', `./devices/${stays.id}`, { body: { name: 'stays' } })
    }
  }
  return paths
}

/** Everything that the store and a backup hold, as it is on disk or as SQL returns it. */
async function read(): Promise<Record<string, string>> {
  return engine === 'postgres' ? readPostgres() : readFiles()
}

async function findFile(): Promise<string> {
  const [store] = await server.context.db.all<{ file: string }>('PRAGMA database_list')
  return (store as { file: string }).file
}

async function readFiles(): Promise<Record<string, string>> {
  const file = await findFile()
  const backup = join(await makeDirectory(), 'backup.db')
  const { code, stderr } = await runHandset(['backup', backup, '--data', join(file, '..')], { cwd: join(file, '..') })
  assert.equal(code, 0, stderr)
  const names = { file, log: `${file}-wal`, backup }
  return Object.fromEntries(
    await Promise.all(Object.entries(names).map(async ([name, path]) => [name, await readFile(path, 'latin1')])),
  )
}

/** The rows of every table, which are what `pg_dump` writes; and its output, if this machine has one for this server. */
async function readPostgres(): Promise<Record<string, string>> {
  const { db } = server.context
  const tables = await db.all<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  )
  const found: Record<string, string> = {}
  for (const { name } of tables) {
    const rows = await db.all<{ text: string }>(`SELECT t::text AS text FROM ${name} t`)
    found[name] = rows.map(({ text }) => text).join('\n')
  }
  const [database] = await db.all<{ name: string; major: string }>(
    "SELECT current_database() AS name, current_setting('server_version') AS major",
  )
  const { name, major } = database as { name: string; major: string }
  const run = promisify(execFile)
  const version = await run('pg_dump', ['--version']).catch(() => ({ stdout: '' }))
  if (Number.parseInt(version.stdout.replace(/\D+/, ''), 10) >= Number.parseInt(major, 10)) {
    const url = new URL(process.env.TEST_DATABASE_URL as string)
    url.pathname = name
    found.dump = (await run('pg_dump', [url.href], { maxBuffer: 2 ** 30 })).stdout
  }
  return found
}

function countErased(texts: Record<string, string>): Record<string, number> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.match(isErased)?.length ?? 0]))
}

/** Deletes objects, and lets the time pass for which their events and responses are kept. Returns what is still there. */
async function deleteAndSweep(paths: readonly string[]): Promise<Record<string, number>> {
  for (const path of paths) assert.equal((await demo.call('DELETE', path)).status, 200)
  now += KEPT
  await sweep(server.context, new AbortController().signal)
  return countErased(await read())
}

it('leaves nothing of deleted and overwritten values in the store, its log and a backup after a sweep', async () => {
  const paths = await createObjects()
  const before = countErased(await read())
  assert.ok(
    Object.values(before).some((count) => count > OBJECTS),
    'the values are found while they are there',
  )
  const after = await deleteAndSweep(paths)
  assert.deepEqual(after, Object.fromEntries(Object.keys(after).map((name) => [name, 0])))
})

// docs/operating.md says how long copies may stay in the file of a large store.
it('leaves nothing of them in the log and a backup of a large store, nor in its file after VACUUM', {
  skip: engine === 'postgres' ? 'a file of SQLite' : false,
}, async (t) => {
  await fillDevices(
    server.context,
    demo,
    Array.from({ length: MANY_DEVICES }, (_, number) => ({ imei: makeImei(), name: `stays ${number}` })),
  )
  const found = await deleteAndSweep(await createObjects())
  const { size } = await stat(await findFile())
  assert.ok(size > REWRITTEN, String(size))
  assert.deepEqual([found.log, found.backup], [0, 0])
  t.diagnostic(`${found.file} copies in the file before VACUUM`)
  const file = new DatabaseSync(await findFile(), { timeout: 5_000 })
  file.exec('VACUUM')
  file.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  file.close()
  assert.equal(countErased(await read()).file, 0)
})
