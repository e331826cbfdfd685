import { type Findable, haveSameTexts, wordsOf } from '../../domain/words.ts'
import type { Queries } from '../port.ts'
import { unawaited } from '../unawaited.ts'
import { changePending, insertPending } from './pending.ts'
import { type SearchKind, type WordChange, writeWords } from './write.ts'

/** What a change did to one object: the resource before and after it. */
interface ResourceChange {
  kind: string
  old: { id: string } | null
  now: { id: string } | null
}

type FindableResource = Findable & { id: string }

const KINDS: Readonly<Record<string, SearchKind>> = { device: 'dev', sim: 'sim', user: 'usr' }

/** Whether objects of this kind are found by words. */
export function isFindable(kind: string): boolean {
  return kind in KINDS
}

/** A transaction that creates this many objects writes their words into the index itself: it is a large batch already. */
const MANY = 100

/**
 * Updates the words by which objects are found after changes of a project's resources, in the transaction of the changes.
 * Words of new objects become pending if `mayPend`.
 */
export async function recordWords(
  tx: Queries,
  projectId: string,
  changes: readonly ResourceChange[],
  { mayPend }: { mayPend: boolean },
): Promise<void> {
  const changed = wordChanges(changes)
  const created = changed.filter(({ before }) => before === null)
  if (mayPend && created.length > 0 && created.length < MANY) unawaited(insertPending(tx, projectId, created))
  else if (created.length > 0) unawaited(writeWords(tx, projectId, created))
  if (created.length === changed.length) return
  const indexed: WordChange[] = []
  await Promise.all(
    changed.map(async (change) => {
      if (change.before !== null && !(await changePending(tx, projectId, change))) indexed.push(change)
    }),
  )
  unawaited(writeWords(tx, projectId, indexed))
}

/** The changes of words. The last state of each object counts, if a batch changes it more than once. */
function wordChanges(changes: readonly ResourceChange[]): WordChange[] {
  const byId = new Map<string, WordChange>()
  for (const change of changes) {
    const kind = KINDS[change.kind]
    if (kind === undefined) continue
    const [old, now] = [change.old, change.now] as [FindableResource | null, FindableResource | null]
    const id = now?.id ?? old?.id
    if (id === undefined || (old !== null && now !== null && haveSameTexts(old, now))) continue
    const first = byId.get(id)
    const before = first ? first.before : old && wordsOf(old)
    byId.set(id, { kind, id, before, after: now && wordsOf(now) })
  }
  return [...byId.values()].filter(({ before, after }) => before !== after)
}
