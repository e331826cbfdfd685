import { useEffect, useRef, useState } from 'preact/hooks'
import type { Chunk } from './paging.ts'

/** Loads something about each of these items, by their ids. */
export type LoadDetails<Item, Detail> = (items: readonly Item[]) => Promise<ReadonlyMap<string, Detail>>

/**
 * Loads what a list shows beside its items: one request for each page, for which the rows do not wait. A row keeps its
 * details until its page is loaded again. After an error, the cells stay empty.
 */
export function useDetails<Item extends { id: string }, Detail>(
  chunks: readonly Chunk<Item>[],
  load: LoadDetails<Item, Detail> | undefined,
): ReadonlyMap<string, Detail> {
  const [details, setDetails] = useState<ReadonlyMap<string, Detail>>(new Map())
  const requested = useRef(new WeakSet<readonly Item[]>())
  useEffect(() => {
    if (load === undefined) return
    for (const { items } of chunks) {
      if (requested.current.has(items)) continue
      requested.current.add(items)
      load(items).then(
        (found) => setDetails((details) => new Map([...details, ...found])),
        () => {},
      )
    }
  }, [chunks])
  return details
}
