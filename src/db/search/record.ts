import { type Findable, wordsOf } from '../../domain/words.ts'
import type { Queries } from '../port.ts'
import { type SearchKind, type WordChange, writeWords } from './write.ts'

/** What a change did to one object: the resource as JSON before and after it. */
interface ResourceChange {
  kind: string
  before: string | null
  after: string | null
}

const KINDS: Readonly<Record<string, SearchKind>> = { device: 'dev', sim: 'sim', user: 'usr' }

/** Updates the index of words after changes of a project's resources, in the transaction of the changes. */
export async function recordWords(tx: Queries, projectId: string, changes: readonly ResourceChange[]): Promise<void> {
  // The last state of each object counts, if a batch changes it more than once.
  const byId = new Map<string, WordChange>()
  for (const { kind: resource, before, after } of changes) {
    const kind = KINDS[resource]
    if (kind === undefined || before === after) continue
    const old = readResource(before)
    const present = readResource(after)
    const id = present?.id ?? old?.id
    if (id === undefined) continue
    const first = byId.get(id)
    byId.set(id, { kind, id, before: first ? first.before : (old?.words ?? null), after: present?.words ?? null })
  }
  await writeWords(tx, projectId, [...byId.values()])
}

function readResource(json: string | null): { id: string; words: string } | null {
  if (json === null) return null
  const resource = JSON.parse(json) as Findable & { id: string }
  return { id: resource.id, words: wordsOf(resource) }
}
