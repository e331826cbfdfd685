import { type Findable, indexedWords, wordsOf } from '../../domain/words.ts'
import type { Database, Queries } from '../port.ts'
import { deletePending } from './pending.ts'
import { deleteWord, insertWords, type SearchKind, writeWords } from './write.ts'

/** How many objects a transaction indexes, so that other writes hardly wait. */
const OBJECTS = 200

/** How many entries of the index a transaction checks. */
const ENTRIES = 1_000

/** The columns of an object by which it is found. */
interface SourceRow extends Omit<Findable, 'metadata'> {
  id: string
  /** JSON text. */
  metadata: string
}

/** Where the objects of each kind are, and by which columns they are found. */
const SOURCES: Record<SearchKind, { table: string; columns: string }> = {
  dev: { table: 'devices', columns: 'name, metadata' },
  sim: { table: 'sims', columns: 'iccid, metadata' },
  usr: { table: 'users', columns: 'email, full_name AS "fullName", metadata' },
}

export const KINDS = Object.keys(SOURCES) as SearchKind[]

/** The last stage of a rebuild: it removes entries that no object has. */
const REST = 'rest'

export type Stage = SearchKind | typeof REST

const FIND_STAGES = 'SELECT stage FROM search_stages WHERE project_id = $1 ORDER BY stage'
/** The last object that was indexed, or the last entry that was checked; empty at the start. */
const FIND_POSITION = 'SELECT position FROM search_stages WHERE project_id = $1 AND stage = $2'
const BEGIN_STAGE = `INSERT INTO search_stages (project_id, stage, position) VALUES ($1, $2, '')
  ON CONFLICT (project_id, stage) DO NOTHING`
const MOVE_STAGE = 'UPDATE search_stages SET position = $3 WHERE project_id = $1 AND stage = $2'
const END_STAGE = 'DELETE FROM search_stages WHERE project_id = $1 AND stage = $2'
const FIND_TEXTS = `SELECT id, words FROM search_texts
  WHERE project_id = $1 AND kind = $2 AND id > $3 AND id <= $4`
const FIND_ENTRIES = `SELECT sw.kind, sw.word, sw.id, st.words FROM search_words sw
  LEFT JOIN search_texts st ON st.project_id = $1 AND st.kind = sw.kind AND st.id = sw.id
  WHERE sw.project_id = $1 AND (sw.kind, sw.word, sw.id) > ($2, $3, $4)
  ORDER BY sw.kind, sw.word, sw.id LIMIT ${ENTRIES}`

/** Starts the rebuild of a project's index. If one was interrupted, it continues instead. */
export async function beginRebuild(db: Database, projectId: string): Promise<void> {
  const isInterrupted = (await findStages(db, projectId)).length > 0
  for (const stage of isInterrupted ? [REST] : [...KINDS, REST]) await db.run(BEGIN_STAGE, [projectId, stage])
}

/** The stages of a project's rebuild that have not ended, in their order. */
export async function findStages(db: Pick<Queries, 'all'>, projectId: string): Promise<Stage[]> {
  const stages = (await db.all<{ stage: Stage }>(FIND_STAGES, [projectId])).map(({ stage }) => stage)
  return stages.toSorted((a, b) => Number(a === REST) - Number(b === REST))
}

/** Does the next part of a stage. Returns the number of rows done, or null if the stage has ended. */
export function continueStage(db: Database, projectId: string, stage: Stage): Promise<number | null> {
  return db.transaction(async (tx) => {
    const found = await tx.get<{ position: string }>(FIND_POSITION, [projectId, stage])
    // Another process has ended it.
    if (found === undefined) return null
    const { position } = found
    const part = await (stage === REST
      ? checkEntries(tx, projectId, position)
      : indexObjects(tx, projectId, stage, position))
    if (part.next === null) await tx.run(END_STAGE, [projectId, stage])
    else await tx.run(MOVE_STAGE, [projectId, stage, part.next])
    return part.next === null ? null : part.rows
  })
}

/** A part of a stage: how many rows it had, and where the next part begins, or null if it was the last. */
interface Part {
  rows: number
  next: string | null
}

async function indexObjects(tx: Queries, projectId: string, kind: SearchKind, position: string): Promise<Part> {
  const objects = await readObjects(tx, projectId, kind, position, OBJECTS)
  const next = objects.length < OBJECTS ? null : (objects.at(-1)?.id ?? null)
  const range = [projectId, kind, position, next ?? '~'] as const
  const texts = await tx.all<IndexedText>(FIND_TEXTS, range)
  await deletePending(tx, range)
  const stored = new Map(texts.map(({ id, words }) => [id, words]))
  const present = new Map(objects.map(({ id, words }) => [id, words]))
  const changes = Array.from(new Set([...stored.keys(), ...present.keys()]), (id) => ({
    ...{ kind, id, before: stored.get(id) ?? null, after: present.get(id) ?? null },
  }))
  await writeWords(tx, projectId, changes)
  // Entries may be missing even where the text is right.
  const rows = objects.flatMap(({ id, words }) =>
    indexedWords(words).map((word) => ({ project_id: projectId, kind, word, id })),
  )
  await insertWords(tx, rows)
  return { rows: objects.length, next }
}

async function checkEntries(tx: Queries, projectId: string, position: string): Promise<Part> {
  const entries = await readEntries(tx, projectId, position === '' ? ['', '', ''] : JSON.parse(position))
  for (const { kind, word, id, words } of entries) {
    if (!hasEntry(words, word)) await deleteWord(tx, { project_id: projectId, kind, word, id })
  }
  const last = entries.at(-1)
  const isLast = last === undefined || entries.length < ENTRIES
  return { rows: entries.length, next: isLast ? null : JSON.stringify([last.kind, last.word, last.id]) }
}

/** An object, and the words by which it is found. */
interface IndexedText {
  id: string
  words: string
}

/** Objects of a kind and the words that they should have, in the order of their ids, after this id. */
export async function readObjects(
  db: Pick<Queries, 'all'>,
  projectId: string,
  kind: SearchKind,
  after: string,
  limit: number,
): Promise<IndexedText[]> {
  const { table, columns } = SOURCES[kind]
  const rows = await db.all<SourceRow>(
    `SELECT id, ${columns} FROM ${table} WHERE project_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
    [projectId, after, limit],
  )
  return rows.map(({ metadata, ...row }) => ({
    id: row.id,
    words: wordsOf({ ...row, metadata: JSON.parse(metadata) }),
  }))
}

/** An entry of the index, and the words of its object; null if no such object is indexed. */
export interface Entry {
  kind: SearchKind
  word: string
  id: string
  words: string | null
}

/** The next entries of a project's index, after this one. */
export async function readEntries(db: Pick<Queries, 'all'>, projectId: string, after: readonly string[]) {
  return db.all<Entry>(FIND_ENTRIES, [projectId, ...after])
}

/** Whether an object with these words has this entry in the index. */
export function hasEntry(words: string | null, entry: string): boolean {
  return words !== null && indexedWords(words).includes(entry)
}
