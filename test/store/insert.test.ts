import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { columns, insertInto, joinColumns, replaceOnConflict, updateWhere, write } from '../../src/db/insert.ts'
import type { Database } from '../../src/db/port.ts'
import { makeStore, openStore } from '../support/store.ts'

interface Note {
  id: string
  text: string
  length: number | null
}

const KEY = columns<Pick<Note, 'id'>>()({ id: true })
const FIELDS = columns<Omit<Note, 'id'>>()({ length: true, text: true })
const NOTE = joinColumns(FIELDS, KEY)
const INSERT = insertInto('notes', NOTE)
const UPDATE = updateWhere('notes', FIELDS, KEY, 'AND length IS NULL')

async function openNotes(): Promise<Database> {
  const db = openStore(await makeStore())
  after(() => db.close())
  await db.run('CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL, length INTEGER)')
  return db
}

async function allNotes(db: Database): Promise<Note[]> {
  return [...(await db.all<Note>('SELECT id, text, length FROM notes ORDER BY id'))]
}

describe('a row that is written as a record', () => {
  it('has each value in its own column, in whatever order the columns are listed', async () => {
    const db = await openNotes()
    assert.equal(await write(db, INSERT, { id: 'a', text: 'one', length: null }), 1)
    assert.equal(await write(db, UPDATE, { id: 'a', text: 'three', length: 5 }), 1)
    assert.deepEqual(await allNotes(db), [{ id: 'a', text: 'three', length: 5 }])
    assert.equal(await write(db, UPDATE, { id: 'a', text: 'four', length: 4 }), 0, 'the condition no longer holds')
  })

  it('replaces all columns of an existing row except the key, if the statement says so', async () => {
    const db = await openNotes()
    await db.insert('notes', NOTE, [{ id: 'a', text: 'old', length: 3 }])
    const rows = ['a', 'b'].map((id) => ({ id, text: 'new', length: null }))
    assert.equal(await db.insert('notes', NOTE, rows, replaceOnConflict(NOTE, ['id'])), 2)
    assert.deepEqual(await allNotes(db), [
      { id: 'a', text: 'new', length: null },
      { id: 'b', text: 'new', length: null },
    ])
  })

  it('does not compile without one of its columns, or with an unknown one', () => {
    // @ts-expect-error: `length` is missing.
    columns<Note>()({ id: true, text: true })
    // @ts-expect-error: a note has no `author`.
    columns<Note>()({ id: true, text: true, length: true, author: true })
    // @ts-expect-error: no column stores a Date.
    columns<{ at: Date }>()({ at: true })
    // @ts-expect-error: `text` is missing.
    assert.deepEqual(INSERT.parametersOf({ id: 'a', length: null }), [null, undefined, 'a'])
    // @ts-expect-error: `id`, the key, is missing.
    assert.deepEqual(UPDATE.parametersOf({ text: 'one', length: 3 }), [3, 'one', undefined])
  })
})
