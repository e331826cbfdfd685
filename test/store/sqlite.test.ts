import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { migrate } from '../../src/db/migrate.ts'
import { MIGRATIONS } from '../../src/db/migrations.ts'
import { type Database, UniqueViolation } from '../../src/db/port.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { SetupError } from '../../src/errors.ts'
import { runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import type { Opening } from '../support/opening.ts'

const ALL_APPLIED = MIGRATIONS.map(({ name }, position) => ({ version: position + 1, name }))

function open(path: string): Database {
  const db = openSqlite(path)
  after(() => db.close())
  return db
}

/** A store with a table of its own to write to. */
async function openNotes() {
  const path = join(await makeDirectory(), 'handset.db')
  const db = open(path)
  await db.run('CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL)')
  return { path, db }
}

function addNote(db: Pick<Database, 'run'>, id: string) {
  return db.run('INSERT INTO notes (id, text) VALUES ($1, $2)', [id, 'text'])
}

async function notesIn(db: Database): Promise<string[]> {
  return (await db.all<{ id: string }>('SELECT id FROM notes ORDER BY id')).map(({ id }) => id)
}

async function appliedIn(db: Database): Promise<object[]> {
  const rows = await db.all<object>('SELECT version, name FROM schema_migrations ORDER BY version')
  return rows.map((row) => ({ ...row }))
}

/**
 * How many commits the write-ahead log holds: its frames that say how large the database is after them
 * (https://www.sqlite.org/fileformat2.html#the_write_ahead_log).
 */
function commitsIn(path: string): number {
  const log = readFileSync(`${path}-wal`)
  const frameSize = 24 + log.readUInt32BE(8)
  const salt = log.subarray(16, 24)
  let commits = 0
  for (let frame = 32; frame + frameSize <= log.length; frame += frameSize) {
    if (!log.subarray(frame + 8, frame + 16).equals(salt)) break
    if (log.readUInt32BE(frame + 4) > 0) commits += 1
  }
  return commits
}

describe('the embedded store', () => {
  describe('a write', () => {
    it('that fails leaves nothing, and the others that arrived with it stand', async () => {
      const { db } = await openNotes()
      await addNote(db, 'b')
      const outcomes = await Promise.allSettled([
        addNote(db, 'a'),
        db.transaction(async (tx) => {
          await addNote(tx, 'half')
          await addNote(tx, 'b')
        }),
        db.transaction(async (tx) => {
          await addNote(tx, 'regretted')
          throw new Error('changed my mind')
        }),
        addNote(db, 'c'),
      ])
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
      )
      assert.ok((outcomes[1] as PromiseRejectedResult).reason instanceof UniqueViolation)
      assert.equal((outcomes[2] as PromiseRejectedResult).reason.message, 'changed my mind')
      assert.deepEqual(await notesIn(db), ['a', 'b', 'c'])
    })

    it('shares one commit with those that arrive with it', async () => {
      const { path, db } = await openNotes()
      const before = commitsIn(path)
      await Promise.all(Array.from({ length: 100 }, (_, turn) => addNote(db, `together-${turn}`)))
      assert.equal(commitsIn(path) - before, 1)
      for (let turn = 0; turn < 5; turn++) await addNote(db, `alone-${turn}`)
      assert.equal(commitsIn(path) - before, 6)
    })

    it('is committed when it resolves', async () => {
      const { path, db } = await openNotes()
      const other = open(path)
      for (let turn = 0; turn < 20; turn++) {
        await addNote(db, String(turn))
        assert.equal((await notesIn(other)).length, turn + 1)
      }
    })

    it('is seen by itself alone before it is committed', async () => {
      const { db } = await openNotes()
      await db.transaction(async (tx) => {
        await addNote(tx, 'a')
        assert.deepEqual(await notesIn(db), [])
        assert.equal((await tx.all('SELECT id FROM notes')).length, 1)
      })
      assert.deepEqual(await notesIn(db), ['a'])
    })

    it('that arrives before the store is closed is kept', async () => {
      const path = join(await makeDirectory(), 'handset.db')
      const db = openSqlite(path)
      const writes = [db.run('CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL)')]
      for (let turn = 0; turn < 600; turn++) writes.push(addNote(db, String(turn)) as Promise<number>)
      await db.close()
      await Promise.all(writes)
      assert.equal((await notesIn(open(path))).length, 600)
    })
  })

  it('shows what one handle commits to every other on the file', async () => {
    const { path, db } = await openNotes()
    const other = open(path)
    await addNote(db, 'from the first')
    assert.deepEqual(await notesIn(other), ['from the first'])
    await addNote(other, 'from the second')
    assert.deepEqual(await notesIn(db), ['from the first', 'from the second'])
  })

  it('takes writes of two handles at the same time', async () => {
    const { path, db } = await openNotes()
    const other = open(path)
    await Promise.all(
      Array.from({ length: 200 }, (_, turn) => addNote(turn % 2 ? db : other, String(turn).padStart(3, '0'))),
    )
    assert.equal((await notesIn(db)).length, 200)
  })

  it('survives power loss after a commit: WAL, synchronous FULL, foreign keys', async () => {
    const { db } = await openNotes()
    const settings = await db.transaction(async (tx) => ({
      ...(await tx.get<object>('PRAGMA journal_mode')),
      ...(await tx.get<object>('PRAGMA synchronous')),
      ...(await tx.get<object>('PRAGMA foreign_keys')),
    }))
    assert.deepEqual(settings, { journal_mode: 'wal', synchronous: 2, foreign_keys: 1 })
  })

  describe('migrations', () => {
    it('run once, and again change nothing', async () => {
      const path = join(await makeDirectory(), 'handset.db')
      const db = open(path)
      await migrate(db, () => 0)
      await migrate(db, () => 1)
      await migrate(open(path), () => 2)
      const applied = await db.all<{ version: number; name: string; applied_at: string }>(
        'SELECT version, name, applied_at FROM schema_migrations ORDER BY version',
      )
      const once = ALL_APPLIED.map((step) => ({ ...step, applied_at: '1970-01-01T00:00:00.000Z' }))
      assert.deepEqual(
        applied.map((row) => ({ ...row })),
        once,
      )
    })

    it('run once for two handles at the same time', async () => {
      const path = join(await makeDirectory(), 'handset.db')
      const handles = [open(path), open(path)]
      await Promise.all(handles.map((db) => migrate(db, Date.now)))
      for (const db of handles) assert.deepEqual(await appliedIn(db), ALL_APPLIED)
    })

    it('run once for all that open a new store at the same moment', async () => {
      const opening: Opening = {
        directory: await makeDirectory(),
        threads: 4,
        rounds: 50,
        arrivals: new Int32Array(new SharedArrayBuffer(4 * 50)),
      }
      const failures = await Promise.all(
        Array.from({ length: opening.threads }, async () => {
          const thread = new Worker(new URL('../support/opening.ts', import.meta.url), { workerData: opening })
          const [failed] = await once(thread, 'message')
          return failed
        }),
      )
      assert.deepEqual(failures.flat(), [])
      for (let round = 0; round < opening.rounds; round++) {
        const db = openSqlite(join(opening.directory, String(round), 'handset.db'))
        assert.deepEqual(await appliedIn(db), ALL_APPLIED)
        await db.close()
      }
    })

    it('run once for processes that start together on an empty directory', async () => {
      const cwd = await makeDirectory()
      const processes = await Promise.all(
        Array.from({ length: 3 }, () => runHandset(['projects', 'list', '--json'], { cwd })),
      )
      for (const { code, stdout, stderr } of processes) {
        assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '[]\n', stderr: '' })
      }
      assert.deepEqual(await appliedIn(open(join(cwd, 'data', 'handset.db'))), ALL_APPLIED)
    })

    it('of a newer Handset are refused with both versions, and the file is left as it is', async () => {
      const path = join(await makeDirectory(), 'handset.db')
      const db = open(path)
      await migrate(db, Date.now)
      const newer = MIGRATIONS.length + 7
      await db.run("INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, 'future', '')", [newer])
      await assert.rejects(migrate(db, Date.now), (error) => {
        assert.ok(error instanceof SetupError)
        assert.match(error.message, new RegExp(`schema ${newer}\\b.*newer Handset.*${MIGRATIONS.length}\\b`))
        return true
      })
      assert.deepEqual(await appliedIn(db), [...ALL_APPLIED, { version: newer, name: 'future' }])
    })
  })

  describe('refuses in one line', () => {
    function refuses(path: string, pattern: RegExp): void {
      assert.throws(
        () => openSqlite(path),
        (error) => {
          assert.ok(error instanceof SetupError)
          assert.match(error.message, pattern)
          assert.ok(error.message.includes(path))
          assert.doesNotMatch(error.message, /\n/)
          return true
        },
      )
    }

    it("another program's SQLite file, and leaves it as it is", async () => {
      const path = join(await makeDirectory(), 'handset.db')
      const foreign = new DatabaseSync(path)
      foreign.exec('CREATE TABLE recipes (name TEXT)')
      foreign.close()
      const before = readFileSync(path)
      refuses(path, /not one of Handset's/)
      assert.deepEqual(readFileSync(path), before)
      assert.equal(existsSync(`${path}-wal`), false)
    })

    it('a SQLite file that another program has marked as its own', async () => {
      const path = join(await makeDirectory(), 'handset.db')
      const foreign = new DatabaseSync(path)
      foreign.exec('PRAGMA application_id = 42')
      foreign.close()
      refuses(path, /not one of Handset's/)
    })

    it('a file that is no database', async () => {
      const path = join(await makeDirectory(), 'handset.db')
      await writeFile(path, 'This is a shopping list.\n'.repeat(1000))
      refuses(path, /not a SQLite database/)
    })

    it('a database whose pages are damaged', async () => {
      const path = join(await makeDirectory(), 'handset.db')
      const db = openSqlite(path)
      await migrate(db, Date.now)
      await db.close()
      const content = readFileSync(path)
      await writeFile(path, Buffer.concat([content.subarray(0, 100), Buffer.alloc(content.length - 100, 0xff)]))
      refuses(path, /malformed/)
    })

    it('a directory in place of the file', async () => {
      const path = join(await makeDirectory(), 'handset.db')
      await mkdir(path)
      refuses(path, /Cannot open/)
    })

    it('a directory that cannot be made', async () => {
      const file = join(await makeDirectory(), 'file')
      await writeFile(file, '')
      assert.throws(() => openSqlite(join(file, 'data', 'handset.db')), {
        message: new RegExp(`^Cannot make the data directory ${file}/data: [^\\n]+$`),
      })
    })
  })
})
