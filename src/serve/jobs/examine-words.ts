import type { Parameter, Queries } from '../../db/port.ts'
import { type Entry, hasEntry, KINDS, readEntries, readObjects } from '../../db/search/rebuild.ts'
import { indexedWords } from '../../domain/words.ts'

type Store = Pick<Queries, 'all' | 'get'>

const OBJECTS = 1_000

/** An object is indexed or pending: its words are in one of these tables. */
const INDEXED = 'search_texts'
const PENDING = 'search_pending'

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
        const [indexed, pending] = [
          await readTexts(db, INDEXED, [project, kind, ids]),
          await readTexts(db, PENDING, [project, kind, ids]),
        ]
        for (const { id, words } of objects) {
          if ((indexed.get(id) ?? pending.get(id)) !== words) outdated.push(id)
          if (!pending.has(id)) entries += indexedWords(words).length
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
    if ((await countTexts(db, INDEXED, project)) + (await countTexts(db, PENDING, project)) > texts)
      stray.push(`project ${project}`)
  }
  return { outdated, stray }
}

/** The stored words of these objects, by their ids. */
async function readTexts(db: Store, table: string, parameters: readonly Parameter[]): Promise<Map<string, string>> {
  const rows = await db.all<{ id: string; words: string }>(
    `SELECT id, words FROM ${table} WHERE project_id = $1 AND kind = $2 AND id IN (JSON_ITEMS($3))`,
    parameters,
  )
  return new Map(rows.map(({ id, words }) => [id, words]))
}

async function countTexts(db: Store, table: string, project: string): Promise<number> {
  const sql = `SELECT COUNT(*) AS count FROM ${table} WHERE project_id = $1`
  return Number((await db.get<{ count: number }>(sql, [project]))?.count)
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
