import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { applyMigrations, migrate } from '../../src/db/migrate.ts'
import { MIGRATIONS, type Migration } from '../../src/db/migrations.ts'
import { type Database, UniqueViolation } from '../../src/db/port.ts'
import { unawaited } from '../../src/db/unawaited.ts'
import { SetupError } from '../../src/errors.ts'
import { runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { isCitus, makeEmptyStore, openStore, type StoreSettings } from '../support/store.ts'

/** A schema history to test migrating with: Handset's own may have only one step. */
const CREATE_NOTES: Migration = {
  name: 'notes',
  statements: [
    'CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL)',
    'CREATE INDEX notes_by_text ON notes (text, id)',
  ],
}
const ADD_LENGTH: Migration = {
  name: 'length of notes',
  statements: ['ALTER TABLE notes ADD COLUMN length INTEGER'],
  async fill(tx) {
    for (const { id, text } of await tx.all<{ id: string; text: string }>('SELECT id, text FROM notes')) {
      await tx.run('UPDATE notes SET length = $1 WHERE id = $2', [text.length, id])
    }
  },
}

const ALL_APPLIED = MIGRATIONS.map(({ name }, position) => ({ version: position + 1, name }))

/** How many processes and handles open a new store at the same moment. */
const CROWD = 3

/**
 * How many new stores are tried: some bugs show only if two steps happen within microseconds of each other.
 * On Citus, where a database takes seconds, they are fewer.
 */
const ROUNDS = isCitus ? 2 : 12

function open(store: StoreSettings): Database {
  const db = openStore(store)
  after(() => db.close())
  return db
}

/** A store with a table of its own to write to. */
async function openNotes() {
  const store = await makeEmptyStore()
  const db = open(store)
  await db.run('CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL)')
  return { db, other: open(store) }
}

function addNote(db: Pick<Database, 'run'>, id: string) {
  return db.run('INSERT INTO notes (id, text) VALUES ($1, $2)', [id, 'text'])
}

/** The same, with a failure only in the promise on every store. */
async function addLater(db: Pick<Database, 'run'>, id: string): Promise<void> {
  await addNote(db, id)
}

async function notesIn(db: Pick<Database, 'all'>): Promise<string[]> {
  return (await db.all<{ id: string }>('SELECT id FROM notes ORDER BY id')).map(({ id }) => id)
}

async function appliedIn(db: Database): Promise<object[]> {
  const rows = await db.all<object>('SELECT version, name FROM schema_migrations ORDER BY version')
  return rows.map((row) => ({ ...row }))
}

/** What `openStore` and `openContext` promise, whatever the engine. */
describe('a store', () => {
  it('returns rows, the first row or none, or the number of changed rows', async () => {
    const { db } = await openNotes()
    for (const id of ['b', 'a', 'B']) assert.equal(await addNote(db, id), 1)
    assert.deepEqual(await notesIn(db), ['B', 'a', 'b'])
    assert.equal((await db.get<{ id: string }>('SELECT id FROM notes ORDER BY id'))?.id, 'B')
    assert.equal(await db.get('SELECT id FROM notes WHERE id = $1', ['c']), undefined)
    assert.equal(await db.run('UPDATE notes SET text = $1 WHERE id <> $2', ['new', 'a']), 2)
    assert.equal(await db.run('DELETE FROM notes WHERE id = $1', ['c']), 0)
  })

  describe('a transaction', () => {
    it('changes nothing if it fails, and leaves concurrent transactions alone', async () => {
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

    it('fails with the error of a statement that its work has not awaited', async () => {
      const { db, other } = await openNotes()
      await addNote(db, 'taken')
      const broken = db.transaction(async (tx) => {
        await addNote(tx, 'new')
        unawaited(addLater(tx, 'taken'))
        unawaited(addLater(tx, 'after'))
        return 'done'
      })
      const [failure, fine] = await Promise.allSettled([broken, addNote(db, 'other')])
      assert.equal(fine.status, 'fulfilled')
      assert.ok(failure.status === 'rejected' && failure.reason instanceof UniqueViolation)
      assert.deepEqual(await notesIn(other), ['other', 'taken'])
    })

    it('returns what its work returns', async () => {
      const { db } = await openNotes()
      assert.equal(await db.transaction(async () => 'given'), 'given')
    })

    it('is visible to every handle once it resolves', async () => {
      const { db, other } = await openNotes()
      for (let turn = 0; turn < 20; turn++) {
        await addNote(turn % 2 ? db : other, String(turn))
        assert.equal((await notesIn(db)).length, turn + 1)
        assert.equal((await notesIn(other)).length, turn + 1)
      }
    })

    it('is visible only to itself before its commit', async () => {
      const { db, other } = await openNotes()
      await db.transaction(async (tx) => {
        await addNote(tx, 'a')
        assert.deepEqual(await notesIn(db), [])
        assert.deepEqual(await notesIn(other), [])
        assert.deepEqual(await notesIn(tx), ['a'])
      })
      assert.deepEqual(await notesIn(db), ['a'])
    })

    it('can run on two handles at the same time', async () => {
      const { db, other } = await openNotes()
      await Promise.all(Array.from({ length: 200 }, (_, turn) => addNote(turn % 2 ? db : other, String(turn))))
      assert.equal((await notesIn(db)).length, 200)
    })

    it('accepts one of several rows with the same key that arrive at the same time', async () => {
      const { db, other } = await openNotes()
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, async (_, turn) => addNote(turn % 2 ? db : other, 'the one')),
      )
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
      assert.equal(refused.length, 19)
      for (const { reason } of refused) assert.ok(reason instanceof UniqueViolation, String(reason))
      assert.deepEqual(await notesIn(other), ['the one'])
    })

    it('increments correctly, however many run at the same time', async () => {
      const { db, other } = await openNotes()
      await db.run('INSERT INTO notes (id, text) VALUES ($1, $2)', ['count', '0'])
      const countUp = (on: Database) =>
        on.transaction(async (tx) => {
          const row = await tx.get<{ text: string }>('SELECT text FROM notes WHERE id = $1', ['count'])
          await tx.run('UPDATE notes SET text = $1 WHERE id = $2', [String(Number(row?.text) + 1), 'count'])
        })
      await Promise.all(Array.from({ length: 30 }, (_, turn) => countUp(turn % 2 ? db : other)))
      assert.equal((await db.get<{ text: string }>('SELECT text FROM notes'))?.text, '30')
    })
  })

  describe('migrations', () => {
    it('run once, and change nothing when run again', async () => {
      const store = await makeEmptyStore()
      const db = open(store)
      await migrate(db, () => 0)
      await migrate(db, () => 1)
      await migrate(open(store), () => 2)
      const applied = await db.all<object>('SELECT version, name, applied_at FROM schema_migrations ORDER BY version')
      assert.deepEqual(
        applied.map((row) => ({ ...row })),
        ALL_APPLIED.map((step) => ({ ...step, applied_at: '1970-01-01T00:00:00.000Z' })),
      )
    })

    it('run once for handles at the same time', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const store = await makeEmptyStore()
        const handles = Array.from({ length: CROWD }, () => openStore(store))
        await Promise.all(handles.map((db) => migrate(db, Date.now)))
        for (const db of handles) {
          assert.deepEqual(await appliedIn(db), ALL_APPLIED)
          await db.close()
        }
      }
    })

    it('run once for processes that start together on an empty store', async () => {
      const store = await makeEmptyStore()
      const cwd = await makeDirectory()
      const processes = await Promise.all(
        Array.from({ length: CROWD }, () => runHandset(['migrate', '--json'], { cwd, env: { ...store } })),
      )
      for (const { code, stdout, stderr } of processes) {
        assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
        assert.equal(JSON.parse(stdout).schema, ALL_APPLIED.length)
      }
      assert.deepEqual(await appliedIn(open(store)), ALL_APPLIED)
    })

    it('that a database lacks are applied, and fill the new columns of existing rows', async () => {
      const db = open(await makeEmptyStore())
      await applyMigrations(db, [CREATE_NOTES], () => 0)
      await addNote(db, 'a')
      await applyMigrations(db, [CREATE_NOTES, ADD_LENGTH], () => 0)
      assert.equal((await db.get<{ length: number }>('SELECT length FROM notes'))?.length, 'text'.length)
      assert.deepEqual(await appliedIn(db), [
        { version: 1, name: CREATE_NOTES.name },
        { version: 2, name: ADD_LENGTH.name },
      ])
    })

    it('change nothing if they fail, and earlier ones stay applied', async () => {
      const db = open(await makeEmptyStore())
      const failing: Migration = { name: 'failing', statements: ['CREATE TABLE other (id TEXT PRIMARY KEY)', 'CREATE'] }
      await assert.rejects(applyMigrations(db, [CREATE_NOTES, failing], () => 0))
      assert.deepEqual(await appliedIn(db), [{ version: 1, name: CREATE_NOTES.name }])
      await assert.rejects(async () => db.all('SELECT id FROM other'))
      assert.equal(await addNote(db, 'a'), 1)
    })

    it('of a newer Handset are rejected with both versions, and the store stays unchanged', async () => {
      const db = open(await makeEmptyStore())
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
})
