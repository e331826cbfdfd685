import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { migrate } from '../../src/db/migrate.ts'
import { MIGRATIONS } from '../../src/db/migrations.ts'
import type { Database, Queries } from '../../src/db/port.ts'
import { openSqlite } from '../../src/db/sqlite/open.ts'
import { SetupError } from '../../src/errors.ts'
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
 * The number of commits in the write-ahead log: each ends with a frame that states the size of the database
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
    it('shares one commit with the writes that arrive at the same time', async () => {
      const { path, db } = await openNotes()
      const before = commitsIn(path)
      await Promise.all(Array.from({ length: 100 }, (_, turn) => addNote(db, `together-${turn}`)))
      assert.equal(commitsIn(path) - before, 1)
      for (let turn = 0; turn < 5; turn++) await addNote(db, `alone-${turn}`)
      assert.equal(commitsIn(path) - before, 6)
    })

    it('is stored if it arrives before the store closes', async () => {
      const path = join(await makeDirectory(), 'handset.db')
      const db = openSqlite(path)
      const writes = [db.run('CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL)')]
      for (let turn = 0; turn < 600; turn++) writes.push(addNote(db, String(turn)) as Promise<number>)
      await db.close()
      await Promise.all(writes)
      assert.equal((await notesIn(open(path))).length, 600)
    })
  })

  it('delays a write while another process writes, and serves reads in the meantime', async () => {
    const { path, db } = await openNotes()
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    const written = Promise.all([addNote(db, 'one'), addNote(db, 'two')])
    // By then they have found the store locked.
    await nextTurn()
    assert.equal((await notesIn(db)).length, 0)
    other.exec('COMMIT')
    other.close()
    await written
    assert.equal((await notesIn(db)).length, 2)
  })

  it('truncates its write-ahead log to 64 MiB once a long read during writes has ended', async () => {
    const { path, db } = await openNotes()
    const text = 'x'.repeat(4 * 1024 * 1024)
    const write = (id: string) => db.run('INSERT INTO notes (id, text) VALUES ($1, $2)', [id, text])
    const { promise: ended, resolve: endReading } = Promise.withResolvers<void>()
    const reading = db.snapshot(() => ended)
    for (let note = 0; note < 20; note++) await write(`during-${note}`)
    assert.ok(statSync(`${path}-wal`).size > 64 * 1024 * 1024, 'the log has grown')
    endReading()
    await reading
    // The first commit copies the log into the file, and the second starts the log anew.
    for (const note of ['after-1', 'after-2', 'after-3']) await addNote(db, note)
    assert.ok(statSync(`${path}-wal`).size <= 64 * 1024 * 1024, `${statSync(`${path}-wal`).size} bytes`)
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

  it('syncs a commit unless none of its writes needs it', async () => {
    const { db } = await openNotes()
    const level = async (tx: Queries) => (await tx.get<{ synchronous: number }>('PRAGMA synchronous'))?.synchronous
    const [FULL, NORMAL] = [2, 1]
    const relaxed = () => db.transaction(level, { isDurable: false })
    assert.equal(await relaxed(), NORMAL)
    assert.deepEqual(await Promise.all([relaxed(), relaxed()]), [NORMAL, NORMAL])
    assert.deepEqual(await Promise.all([relaxed(), db.transaction(level)]), [FULL, FULL], 'in one commit')
    const first = db.transaction(
      async (tx) => {
        late = db.transaction(level)
        return level(tx)
      },
      { isDurable: false },
    )
    let late: ReturnType<typeof relaxed> | undefined
    assert.equal(await first, NORMAL)
    assert.equal(await late, FULL, 'one that arrives during a commit')
    assert.equal(await relaxed(), NORMAL)
    assert.equal(await db.transaction(level), FULL)
  })

  it('syncs no commit of a store that is opened without durability', async () => {
    const db = openSqlite(join(await makeDirectory(), 'handset.db'), { isDurable: false })
    after(() => db.close())
    for (const isDurable of [true, false, true]) {
      const level = await db.transaction((tx) => tx.get<object>('PRAGMA synchronous'), { isDurable })
      assert.deepEqual({ ...level }, { synchronous: 0 })
    }
  })

  it('migrates a new store once, however many processes open it at the same moment', async () => {
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

  describe('fails in one line', () => {
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

    it("another program's SQLite file, and leaves it unchanged", async () => {
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

    it('a file that is not a database', async () => {
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

    it('a directory that cannot be created', async () => {
      const file = join(await makeDirectory(), 'file')
      await writeFile(file, '')
      assert.throws(() => openSqlite(join(file, 'data', 'handset.db')), {
        message: new RegExp(`^Cannot create the data directory ${file}/data: [^\\n]+$`),
      })
    })
  })
})
