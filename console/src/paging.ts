import type { Page } from '@handset/sdk'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

/** Where a page of a list begins. */
export type Cursor = { after?: string; before?: string }

/** One page of a list as it was asked for. */
export interface Chunk<Item> {
  cursor: Cursor
  items: readonly Item[]
}

export interface Pages<Item> {
  chunks: readonly Chunk<Item>[]
  /** Whether there are newer or older items than those shown. */
  hasNewer: boolean
  hasOlder: boolean
  loading: 'first' | 'newer' | 'older' | null
  error: unknown
  showNewer(): void
  showOlder(): void
  retry(): void
}

interface Shown<Item> {
  chunks: readonly Chunk<Item>[]
  newer: string | null
  older: string | null
}

/** Pages kept at a time: beyond, those at the other end go, and are asked for again when they are scrolled to. */
const KEPT_CHUNKS = 8

/**
 * A list from a cursor on, which grows at both ends. It begins anew when `key` changes.
 *
 * An error leaves what is shown; `retry` asks again for what failed.
 */
export function usePages<Item extends { id: string }>(
  key: string,
  start: Cursor,
  load: (cursor: Cursor, signal: AbortSignal) => PromiseLike<Page<Item>>,
): Pages<Item> {
  const [shown, setShown] = useState<Shown<Item>>({ chunks: [], newer: null, older: null })
  const [loading, setLoading] = useState<Pages<Item>['loading']>('first')
  const [error, setError] = useState<unknown>(null)
  const ongoing = useRef<AbortController | null>(null)
  const failed = useRef<() => void>(() => {})

  const ask = useCallback(
    async (what: 'first' | 'newer' | 'older', cursor: Cursor, take: (page: Page<Item>) => void) => {
      const leaving = new AbortController()
      ongoing.current = leaving
      failed.current = () => void ask(what, cursor, take)
      setLoading(what)
      setError(null)
      try {
        const page = await load(cursor, leaving.signal)
        if (!leaving.signal.aborted) take(page)
      } catch (error) {
        if (!leaving.signal.aborted) setError(error)
      }
      if (ongoing.current !== leaving) return
      ongoing.current = null
      setLoading(null)
    },
    [key],
  )

  // A list begins anew when its key changes, and only then.
  useEffect(() => {
    setShown({ chunks: [], newer: null, older: null })
    ask('first', start, (page) => setShown(toShown(start, page)))
    return () => ongoing.current?.abort()
  }, [key])

  return {
    chunks: shown.chunks,
    hasNewer: shown.newer !== null,
    hasOlder: shown.older !== null,
    loading,
    error,
    retry: () => failed.current(),
    showNewer() {
      if (ongoing.current !== null || shown.newer === null) return
      const cursor = { before: shown.newer }
      ask('newer', cursor, (page) => setShown((shown) => withNewer(shown, cursor, page)))
    },
    showOlder() {
      if (ongoing.current !== null || shown.older === null) return
      const cursor = { after: shown.older }
      ask('older', cursor, (page) => setShown((shown) => withOlder(shown, cursor, page)))
    },
  }
}

function toShown<Item>(cursor: Cursor, page: Page<Item>): Shown<Item> {
  const { items, moreItemsBefore, moreItemsAfter } = page
  return { chunks: items.length > 0 ? [{ cursor, items }] : [], newer: moreItemsBefore, older: moreItemsAfter }
}

function withOlder<Item extends { id: string }>(shown: Shown<Item>, cursor: Cursor, page: Page<Item>): Shown<Item> {
  const added = toShown(cursor, page)
  const chunks = [...shown.chunks, ...added.chunks]
  const kept = chunks.slice(-KEPT_CHUNKS)
  const newer = kept.length < chunks.length ? (kept[0]?.items[0]?.id ?? null) : shown.newer
  return { chunks: kept, newer, older: added.older }
}

function withNewer<Item extends { id: string }>(shown: Shown<Item>, cursor: Cursor, page: Page<Item>): Shown<Item> {
  const added = toShown(cursor, page)
  const chunks = [...added.chunks, ...shown.chunks]
  const kept = chunks.slice(0, KEPT_CHUNKS)
  const older = kept.length < chunks.length ? (kept.at(-1)?.items.at(-1)?.id ?? null) : shown.older
  return { chunks: kept, newer: added.newer, older }
}
