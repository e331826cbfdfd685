import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, describe, it } from 'node:test'
import postgres from 'postgres'
import { systemCaller } from '../../src/caller.ts'
import { citusStatements, distribute, misplacedTables } from '../../src/db/citus.ts'
import { applyMigrations, migrate } from '../../src/db/migrate.ts'
import { MIGRATIONS, type Migration } from '../../src/db/migrations.ts'
import type { Database } from '../../src/db/port.ts'
import { openPostgres } from '../../src/db/postgres/open.ts'
import { currentTables } from '../../src/db/tables.ts'
import { notFound } from '../../src/errors.ts'
import { createProject } from '../../src/resources/projects/projects.ts'
import { createUser, getUser, removeUser, updateUser } from '../../src/resources/users/users.ts'
import { administer, citusWorkers, makeEmptyCitusDatabase, urlOf } from '../support/citus.ts'
import { assertOneLine, runForJson, runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { contextOf, isCitus } from '../support/store.ts'

/** An empty database on the cluster: its URL on the coordinator and on a worker. */
async function makeDatabases(): Promise<{ url: string; workerUrl: string }> {
  const name = `handset_test_${randomBytes(6).toString('hex')}`
  const coordinator = process.env.TEST_DATABASE_URL as string
  await makeEmptyCitusDatabase(coordinator, name)
  return { url: urlOf(coordinator, name), workerUrl: urlOf(citusWorkers()?.[0] as string, name) }
}

function open(url: string): Database {
  const db = openPostgres(url, { patience: Infinity })
  after(() => db.close())
  return db
}

const cwd = await makeDirectory()

/** The groups of tables whose shards are on the same machines. */
const COLOCATIONS = "SELECT DISTINCT colocationid FROM pg_dist_partition WHERE partmethod = 'h'"

/** A migration step that does everything that a step may do. */
const EVERYTHING: Migration = {
  name: 'everything',
  statements: [
    'ALTER TABLE devices ADD COLUMN colour TEXT',
    'CREATE INDEX devices_by_colour ON devices (project_id, colour, id)',
    `CREATE TABLE notes (project_id TEXT NOT NULL REFERENCES projects (id), id TEXT NOT NULL, device_id TEXT NOT NULL,
      PRIMARY KEY (project_id, id), FOREIGN KEY (project_id, device_id) REFERENCES devices (project_id, id))`,
    'CREATE INDEX notes_by_device ON notes (project_id, device_id)',
    'CREATE TABLE owners (project_id TEXT PRIMARY KEY REFERENCES projects (id), holder TEXT NOT NULL)',
    'CREATE TABLE colours (name TEXT PRIMARY KEY, model_id TEXT NOT NULL REFERENCES device_models (id))',
  ],
  async fill(tx) {
    await tx.run("UPDATE devices SET colour = 'red'")
  },
}

function tests(): void {
  it('applies every later step of the schema, and distributes the tables that it adds', async () => {
    const steps = [...MIGRATIONS, EVERYTHING]
    for (let first = 1; first < steps.length; first++) {
      const { url } = await makeDatabases()
      const db = open(url)
      await applyMigrations(db, steps.slice(0, first), Date.now)
      await distribute(db, await currentTables(steps.slice(0, first)))
      // By default, Citus would not colocate newly distributed tables with tables that have a different number of
      // shards.
      await administer(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET citus.shard_count = 3`)
      const later = open(url)
      await applyMigrations(later, steps, Date.now)
      assert.deepEqual(await misplacedTables(db, await currentTables(steps)), [])
      assert.equal((await db.all(COLOCATIONS)).length, 1)
    }
  })

  it('continues a distribution that stopped, and doctor reports it', async () => {
    const { url } = await makeDatabases()
    const db = open(url)
    await migrate(db, Date.now)
    // Up to the table that Citus rejects, because others that are not distributed yet reference it.
    const tables = await currentTables()
    await assert.rejects(async () => {
      for (const { sql } of citusStatements(tables)) await db.run(sql)
    }, /0A000/)
    const missing = await misplacedTables(db, tables)
    assert.ok(missing?.includes('users') && missing.includes('devices'))
    const sick = await runHandset(['doctor'], { cwd, env: { DATABASE_URL: url } })
    assert.equal(sick.code, 1)
    assert.match(sick.stdout, /Citus distributes every table.* users/)
    assert.match(sick.stderr, /Some tables are not distributed/)

    await runForJson(['migrate', '--citus'], { cwd, env: { DATABASE_URL: url } })
    assert.deepEqual(await misplacedTables(db, tables), [])
    assert.equal((await runHandset(['doctor'], { cwd, env: { DATABASE_URL: url } })).code, 0)
  })

  it('serves from a worker, and changes the schema on the coordinator only', async () => {
    const { url, workerUrl } = await makeDatabases()
    const early = await runHandset(['migrate'], { cwd, env: { DATABASE_URL: workerUrl } })
    assert.equal(early.code, 1)
    assertOneLine(early, /worker of a Citus cluster.*DATABASE_URL of the coordinator/)
    await runForJson(['migrate', '--citus'], { cwd, env: { DATABASE_URL: url } })
    await runForJson(['projects', 'create', 'acme', '--type', 'test'], { cwd, env: { DATABASE_URL: workerUrl } })
    const { stdout } = await runHandset(['projects', 'list'], { cwd, env: { DATABASE_URL: url } })
    assert.match(stdout, /acme/)
    await assert.rejects(applyMigrations(open(workerUrl), [...MIGRATIONS, EVERYTHING], Date.now), /worker of a Citus/)
  })

  it('reads a project on the machine that has it, and no outdated row while its shards move', async () => {
    const { url, db, context } = await openDistributed()
    const caller = systemCaller(await createProject(context, { id: 'acme', type: 'test' }))
    const { id } = JSON.parse(await createUser(context, caller, { email: 'first@example.com', fullName: '0' }))
    const read = async () => Number(JSON.parse(await getUser(db, caller, id)).fullName)
    const machines = machinesOf(url)
    await untilDirect(machines, async () => assert.equal(await read(), 0))

    let changed = 0
    let isMoving = true
    const change = async () => {
      while (isMoving) {
        await updateUser(context, caller, id, { fullName: String(changed + 1) }, null)
        changed += 1
      }
    }
    const check = async () => {
      for (let reads = 0; isMoving; reads++) {
        const least = changed
        assert.ok((await read()) >= least, `read ${reads} returns the change that was acknowledged before it`)
      }
    }
    const move = async () => {
      for (let moves = 0; moves < 3; moves++) await administer(url, moveFrom(machines))
      isMoving = false
    }
    await Promise.all([change(), check(), check(), move()])
    assert.equal(await read(), changed)
    assert.ok(changed > 0)
  })

  it('changes the shards after the first change, and repeats a transaction whose shards have moved', async () => {
    const { url, db, context } = await openDistributed()
    const caller = systemCaller(await createProject(context, { id: 'acme', type: 'test' }))
    const { id } = JSON.parse(await createUser(context, caller, { email: 'first@example.com', fullName: 'Old' }))
    const machines = machinesOf(url)
    await untilDirect(machines, () => getUser(db, caller, id))
    const set = (column: string) => `UPDATE users SET ${column} = $3 WHERE project_id = $1 AND id = $2`
    const change = async (name: string, moves: boolean) => {
      let attempts = 0
      return db.transaction(
        async (tx) => {
          attempts += 1
          await tx.get('SELECT 1 AS snapshot')
          if (moves && attempts === 1) await administer(url, moveFrom(machines))
          await tx.run(set('full_name'), ['acme', id, name])
          await tx.run(set('birthday'), ['acme', id, '2000-01-01'])
          const isOnShard = await isDirect(machines, 'idle in transaction')
          const { fullName, birthday } = JSON.parse(await getUser(tx, caller, id))
          return [attempts, isOnShard, fullName, birthday]
        },
        { project: 'acme' },
      )
    }
    assert.deepEqual(await change('in place', false), [1, true, 'in place', '2000-01-01'])
    assert.deepEqual(await change('moved', true), [2, false, 'moved', '2000-01-01'])
    assert.equal(JSON.parse(await getUser(db, caller, id)).fullName, 'moved')
  })

  it('repeats a transaction through Citus if its first change found no row, which proves nothing', async () => {
    const { url, db, context } = await openDistributed()
    const caller = systemCaller(await createProject(context, { id: 'acme', type: 'test' }))
    const { id } = JSON.parse(await createUser(context, caller, { email: 'first@example.com' }))
    await untilDirect(machinesOf(url), () => getUser(db, caller, id))
    await removeUser(context, caller, id, null)
    await assert.rejects(async () => getUser(db, caller, id), { type: 'notFound' })
  })

  it('repeats a change that began before the shard of its project was split', async () => {
    const { url, db, context } = await openDistributed()
    for (const project of ['acme', 'globex']) {
      const caller = systemCaller(await createProject(context, { id: project, type: 'test' }))
      const { id } = JSON.parse(await createUser(context, caller, { email: 'first@example.com' }))
      await untilDirect(machinesOf(url), () => getUser(db, caller, id))
      let attempts = 0
      const changed = await db.transaction(
        async (tx) => {
          attempts += 1
          await tx.get('SELECT 1 AS snapshot')
          if (attempts === 1) await administer(url, splitOf(project))
          const rows = await tx.run("UPDATE users SET full_name = 'New' WHERE project_id = $1 AND id = $2", [
            project,
            id,
          ])
          if (project === 'globex' && rows === 0) throw notFound('user')
          return rows
        },
        { project },
      )
      assert.deepEqual([changed, attempts], [1, 2])
    }
  })

  it('can be the target of a copy before and after it is distributed, and the source of one', async () => {
    const source = await makeDirectory()
    const env = { HANDSET_DATA: source }
    await runForJson(['projects', 'create', 'acme', '--type', 'test'], { cwd, env })
    await runForJson(['seed', '--project', 'acme', '--devices', '50'], { cwd, env })
    const [before, later] = [await makeDatabases(), await makeDatabases()]

    await runForJson(['migrate', '--citus'], { cwd, env: { DATABASE_URL: before.url } })
    const { rows } = await copy(`sqlite:${source}`, before.url)
    await copy(`sqlite:${source}`, later.url)
    await runForJson(['migrate', '--citus'], { cwd, env: { DATABASE_URL: later.url } })
    assert.deepEqual(await misplacedTables(open(later.url), await currentTables()), [])

    for (const { url } of [before, later]) {
      const back = await copy(url, `sqlite:${await makeDirectory()}`)
      assert.deepEqual([back.rows, back.differing], [rows, []])
    }
  })
}

/** The URLs of the workers for a database of the coordinator. */
function machinesOf(url: string): string[] {
  return citusWorkers()?.map((worker) => urlOf(worker, new URL(url).pathname.slice(1))) ?? []
}

/** Reads until a read has gone to the shards directly. */
async function untilDirect(machines: readonly string[], read: () => unknown): Promise<void> {
  while (!(await isDirect(machines, 'idle'))) await read()
}

/** Whether the last statement of a connection in this state was on shards. */
async function isDirect(machines: readonly string[], state: string): Promise<boolean> {
  const counts = await Promise.all(machines.map((machine) => countDirect(machine, state)))
  return counts.some((count) => count > 0)
}

/** The connections of Handset to a machine, in this state, whose last statement was on shards. */
async function countDirect(machine: string, state: string): Promise<number> {
  const sql = postgres(machine, { max: 1, fetch_types: false, onnotice: () => {} })
  try {
    const [row] = await sql.unsafe(
      `SELECT COUNT(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'handset' AND state = $1 AND query ~ '(FROM|UPDATE) users_1'`,
      [state],
    )
    return row?.count
  } finally {
    await sql.end()
  }
}

/** Moves the shards of the project to the other of two machines. */
function moveFrom(machines: readonly string[]): string {
  const [one, other] = machines.map((machine) => new URL(machine)) as [URL, URL]
  const port = `(SELECT nodeport FROM pg_dist_placement p JOIN pg_dist_node n USING (groupid)
    WHERE p.shardid = get_shard_id_for_distribution_column('users', 'acme'))`
  const otherPort = `CASE ${port} WHEN ${one.port} THEN ${other.port} ELSE ${one.port} END`
  return `SELECT citus_move_shard_placement(get_shard_id_for_distribution_column('users', 'acme'),
    '${one.hostname}', ${port}, '${other.hostname}', ${otherPort}, 'block_writes')`
}

/** Gives a project a shard of its own. */
function splitOf(project: string): string {
  return `SELECT isolate_tenant_to_new_shard('users', '${project}', 'CASCADE', shard_transfer_mode => 'block_writes')`
}

function copy(from: string, to: string) {
  return runForJson(['copy', '--from', from, '--to', to], { cwd })
}

/** Opens a new distributed store, whose reads go to the shards. */
async function openDistributed() {
  const { url } = await makeDatabases()
  await runForJson(['migrate', '--citus'], { cwd, env: { DATABASE_URL: url } })
  const db = openPostgres(url, { patience: 60_000, readsShards: true })
  after(() => db.close())
  return { url, db, context: contextOf(db) }
}

describe('a Citus cluster', { skip: !isCitus && 'needs a cluster: see docs/distributed.md' }, tests)
