import type { Awaitable } from '../../domain/awaitable.ts'
import { indexedWords } from '../../domain/words.ts'
import { columns, replaceOnConflict } from '../insert.ts'
import type { Queries } from '../port.ts'

/** The kinds of objects that are found by words. Each is the prefix of its ids. */
export type SearchKind = 'dev' | 'sim' | 'usr'

/** The words of an object before and after a change, as `wordsOf` makes them; null where the object does not exist. */
export interface WordChange {
  kind: SearchKind
  id: string
  before: string | null
  after: string | null
}

/** The words of an object, as `wordsOf` makes them. */
export interface TextRow {
  project_id: string
  kind: SearchKind
  id: string
  words: string
}

/** A word of an object. */
export interface WordRow {
  project_id: string
  kind: SearchKind
  word: string
  id: string
}

export const TEXT = columns<TextRow>()({ project_id: true, kind: true, id: true, words: true })
const WORD = columns<WordRow>()({ project_id: true, kind: true, word: true, id: true })
const REPLACE_TEXT = replaceOnConflict(TEXT, ['project_id', 'kind', 'id'])
const UNLESS_PRESENT = 'ON CONFLICT (project_id, kind, word, id) DO NOTHING'

const DELETE_WORD = 'DELETE FROM search_words WHERE project_id = $1 AND kind = $2 AND word = $3 AND id = $4'
const DELETE_TEXT = 'DELETE FROM search_texts WHERE project_id = $1 AND kind = $2 AND id = $3'

/** Updates the index of words after changes of a project's objects, in the transaction of the changes. */
export async function writeWords(tx: Queries, projectId: string, changes: readonly WordChange[]): Promise<void> {
  const changed = changes.filter(({ before, after }) => before !== after)
  if (changed.length === 0) return
  const texts: TextRow[] = []
  const added: WordRow[] = []
  const writes: Awaitable<number>[] = []
  for (const { kind, id, before, after } of changed) {
    const old = new Set(indexedWords(before ?? ''))
    const present = new Set(indexedWords(after ?? ''))
    for (const word of old)
      if (!present.has(word)) writes.push(deleteWord(tx, { project_id: projectId, kind, word, id }))
    if (after === null) writes.push(tx.run(DELETE_TEXT, [projectId, kind, id]))
    else texts.push({ project_id: projectId, kind, id, words: after })
    for (const word of present) if (!old.has(word)) added.push({ project_id: projectId, kind, word, id })
  }
  if (texts.length > 0) writes.push(tx.insert('search_texts', TEXT, texts, REPLACE_TEXT))
  writes.push(insertWords(tx, added))
  await Promise.all(writes)
}

/** Inserts words in the order of the index, so that each of its pages is changed once. */
export function insertWords(tx: Queries, rows: readonly WordRow[]): Awaitable<number> {
  if (rows.length === 0) return 0
  const inOrder = rows.toSorted((a, b) => (a.word < b.word ? -1 : a.word > b.word ? 1 : a.id < b.id ? -1 : 1))
  return tx.insert('search_words', WORD, inOrder, UNLESS_PRESENT)
}

export function deleteWord(tx: Queries, { project_id, kind, word, id }: WordRow): Awaitable<number> {
  return tx.run(DELETE_WORD, [project_id, kind, word, id])
}
