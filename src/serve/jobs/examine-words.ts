import type { Queries } from '../../db/port.ts'
import { type Entry, hasEntry, KINDS, readEntries, readObjects } from '../../db/search/rebuild.ts'
import { indexedWords } from '../../domain/words.ts'

type Store = Pick<Queries, 'all' | 'get'>

const OBJECTS = 1_000

const FIND_TEXTS = `SELECT id, words FROM search_texts WHERE project_id = $1 AND kind = $2 AND id IN (JSON_ITEMS($3))`
const COUNT_TEXTS = 'SELECT COUNT(*) AS count FROM search_texts WHERE project_id = $1'

/** The ids of objects whose entries in the index of words are outdated, and of entries without an object. */
export async function examineWords(db: Store): Promise<{ outdated: string[]; stray: string[] }> {
  const outdated: string[] = []
  const stray: string[] = []
  for (const { id: project } of await db.all<{ id: string }>('SELECT id FROM projects')) {
    let [texts, entries] = [0, 0]
    for (const kind of KINDS) {
      for (let after = ''; ; ) {
        const objects = await readObjects(db, project, kind, after, OBJECTS)
        const ids = JSON.stringify(objects.map(({ id }) => id))
        const stored = await db.all<{ id: string; words: string }>(FIND_TEXTS, [project, kind, ids])
        const words = new Map(stored.map((text) => [text.id, text.words]))
        for (const object of objects) {
          if (words.get(object.id) !== object.words) outdated.push(object.id)
          entries += indexedWords(object.words).length
        }
        texts += objects.length
        if (objects.length < OBJECTS) break
        after = (objects.at(-1) as { id: string }).id
      }
    }
    const found = await examineEntries(db, project)
    stray.push(...found.stray)
    // Every entry belongs to its object, so the numbers differ only if some are missing.
    if (found.entries < entries) outdated.push(`project ${project}`)
    if (Number((await db.get<{ count: number }>(COUNT_TEXTS, [project]))?.count) > texts)
      stray.push(`project ${project}`)
  }
  return { outdated, stray }
}

async function examineEntries(db: Store, project: string): Promise<{ entries: number; stray: string[] }> {
  const stray: string[] = []
  let entries = 0
  let after: readonly string[] = ['', '', '']
  for (;;) {
    const found: Entry[] = await readEntries(db, project, after)
    stray.push(...found.filter(({ word, words }) => !hasEntry(words, word)).map(({ id }) => id))
    entries += found.length
    const last = found.at(-1)
    if (last === undefined) return { entries: entries - stray.length, stray }
    after = [last.kind, last.word, last.id]
  }
}
