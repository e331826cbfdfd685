import { indexedWords } from '../../domain/words.ts'
import { replaceOnConflict } from '../insert.ts'
import type { Queries } from '../port.ts'
import { insertWords, type SearchKind, TEXT, type WordChange } from './write.ts'

/**
 * Words of new objects that are not in the index yet. A change inserts one row here, instead of one for each word into
 * pages all over the index; a merge moves many objects at a time. A search reads both, so it finds an object at once.
 *
 * An object is either pending or in the index. Changes and deletions update it wherever it is.
 */

/** How many objects a merge moves in one transaction, for which other writes wait: about 50 ms on SQLite. */
export const PART = 500

const REPLACE = replaceOnConflict(TEXT, ['project_id', 'kind', 'id'])
const UPDATE = 'UPDATE search_pending SET words = $4 WHERE project_id = $1 AND kind = $2 AND id = $3'
const DELETE = 'DELETE FROM search_pending WHERE project_id = $1 AND kind = $2 AND id = $3'
const FIND = `SELECT kind, id, words FROM search_pending WHERE project_id = $1 ORDER BY kind, id LIMIT ${PART}`
const UP_TO = 'FROM search_pending WHERE project_id = $1 AND (kind, id) <= ($2, $3)'
const MOVE_TEXTS = `INSERT INTO search_texts (${TEXT.names.join(', ')}) SELECT ${TEXT.names.join(', ')} ${UP_TO} ${REPLACE}`
const DELETE_UP_TO = `DELETE ${UP_TO}`
const DELETE_RANGE = 'DELETE FROM search_pending WHERE project_id = $1 AND kind = $2 AND id > $3 AND id <= $4'
const FIND_ANY = 'SELECT 1 AS found FROM search_pending WHERE project_id = $1 LIMIT 1'

/** Whether a project has pending objects. */
export async function hasPending(db: Pick<Queries, 'get'>, projectId: string): Promise<boolean> {
  return (await db.get(FIND_ANY, [projectId])) !== undefined
}

/** Stores the words of new objects. */
export async function insertPending(tx: Queries, projectId: string, created: readonly WordChange[]): Promise<void> {
  const rows = created.map(({ kind, id, after }) => ({ project_id: projectId, kind, id, words: after as string }))
  await tx.insert('search_pending', TEXT, rows, REPLACE)
}

/** Changes or deletes the words of an object if it is pending. Returns false if it is not. */
export async function changePending(tx: Queries, projectId: string, { kind, id, after }: WordChange): Promise<boolean> {
  const changed = after === null ? tx.run(DELETE, [projectId, kind, id]) : tx.run(UPDATE, [projectId, kind, id, after])
  return (await changed) === 1
}

/** Moves pending objects of a project into the index. Returns how many. */
export async function mergePart(tx: Queries, projectId: string): Promise<number> {
  const pending = await tx.all<{ kind: SearchKind; id: string; words: string }>(FIND, [projectId])
  const last = pending.at(-1)
  if (last === undefined) return 0
  const upTo = [projectId, last.kind, last.id]
  const entries = pending.flatMap(({ kind, id, words }) =>
    indexedWords(words).map((word) => ({ project_id: projectId, kind, word, id })),
  )
  await Promise.all([tx.run(MOVE_TEXTS, upTo), tx.run(DELETE_UP_TO, upTo), insertWords(tx, entries)])
  return pending.length
}

/** Deletes what is pending for a range of objects, which become indexed in another way. */
export async function deletePending(
  tx: Queries,
  range: readonly [projectId: string, kind: SearchKind, after: string, upTo: string],
): Promise<void> {
  await tx.run(DELETE_RANGE, range)
}
