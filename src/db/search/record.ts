import { type Findable, haveSameTexts, wordsOf } from '../../domain/words.ts'
import type { Queries } from '../port.ts'
import { type SearchKind, type WordChange, writeWords } from './write.ts'

/** What a change did to one object: the resource before and after it. */
interface ResourceChange {
  kind: string
  old: { id: string } | null
  now: { id: string } | null
}

type FindableResource = Findable & { id: string }

const KINDS: Readonly<Record<string, SearchKind>> = { device: 'dev', sim: 'sim', user: 'usr' }

/** Updates the index of words after changes of a project's resources, in the transaction of the changes. */
export async function recordWords(tx: Queries, projectId: string, changes: readonly ResourceChange[]): Promise<void> {
  // The last state of each object counts, if a batch changes it more than once.
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
  if (byId.size > 0) await writeWords(tx, projectId, [...byId.values()])
}
