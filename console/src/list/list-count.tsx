import type { Count } from '@handset/sdk'
import { useLoaded } from '../loading.ts'
import { useSession } from '../session.ts'

/** Where the server stops counting (docs/contract.md §4). A lower number is a part of the list. */
const LIMITS = new Set([1_000, 10_000])

/** How many items a list has. The list does not wait for it. */
export function ListCount({
  filters,
  load,
  one,
}: {
  /** Counted again when they change. */
  filters: object
  load: (signal: AbortSignal) => Promise<Count>
  /** The singular of the items. The plural adds an s. */
  one: string
}) {
  const { handset } = useSession()
  const [loaded] = useLoaded(load, [handset, JSON.stringify(filters)])
  // It is there before its text, since screen readers announce changes only.
  return <span role="status">{loaded.state === 'ready' && textOfCount(loaded.value, one)}</span>
}

function textOfCount({ count, complete }: Pick<Count, 'count' | 'complete'>, one: string): string {
  const items = `${count.toLocaleString()} ${one}${count === 1 ? '' : 's'}`
  if (complete) return items
  return LIMITS.has(count) ? `more than ${items}` : `at least ${items}`
}
