import type { Page } from '@handset/sdk'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { useChanges } from '../changes.ts'
import { whenNoFormIsOpen } from '../unsaved.ts'

/** The position at which a page of a list starts. */
export type Cursor = { after?: string; before?: string }

/** Loads a page of a list. */
export type Load<Item> = (query: Cursor & { limit: number }, signal: AbortSignal) => PromiseLike<Page<Item>>

/** One page of a list and the cursor with which it was requested. */
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
  /** Stores the pages for as long as the tab is open. Returns the id by which `usePages` finds them again. */
  save(): string
}

interface Shown<Item> {
  chunks: readonly Chunk<Item>[]
  newer: string | null
  older: string | null
}

/** Pages of lists that the person left, by id. */
const saved = new Map<string, Shown<unknown>>()
const MAX_SAVED = 20
let saves = 0

/** How many pages are held. Beyond that, pages at the other end are dropped and requested again when needed. */
const MAX_CHUNKS = 8

/**
 * A list that starts at a cursor and grows at both ends. It starts again when `key` changes.
 *
 * Given the id of a saved list, it starts with the saved pages and refreshes them.
 *
 * After an error, the pages that are loaded stay, and `retry` repeats the request that failed.
 */
export function usePages<Item extends { id: string }>(
  key: string,
  start: Cursor,
  load: (cursor: Cursor, signal: AbortSignal) => PromiseLike<Page<Item>>,
  savedId: string | undefined,
): Pages<Item> {
  const restored = useRef(saved.get(savedId ?? '') as Shown<Item> | undefined)
  const [shown, setShown] = useState<Shown<Item>>({ chunks: [], newer: null, older: null })
  const [loading, setLoading] = useState<Pages<Item>['loading']>('first')
  const [error, setError] = useState<unknown>(null)
  const ongoing = useRef<AbortController | null>(null)
  const failed = useRef<() => void>(() => {})

  const fetchPage = useCallback(
    async (what: 'first' | 'newer' | 'older', cursor: Cursor, take: (page: Page<Item>) => void) => {
      const leaving = new AbortController()
      ongoing.current = leaving
      failed.current = () => void fetchPage(what, cursor, take)
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

  /**
   * Shows pages as they were, and loads them again from their start, one after the other, so that no item is lost where
   * items were added. An error leaves them as they were.
   */
  function refresh(before: Shown<Item>): () => void {
    const leaving = new AbortController()
    setShown(before)
    setLoading(null)
    reload(before, leaving.signal).then(
      (next) => setShown((shown) => (shown === before && !leaving.signal.aborted ? next : shown)),
      () => {},
    )
    return () => leaving.abort()
  }

  async function reload(before: Shown<Item>, signal: AbortSignal): Promise<Shown<Item>> {
    const chunks: Chunk<Item>[] = []
    let cursor: Cursor = before.chunks[0]?.cursor ?? start
    let page: Page<Item>
    do {
      page = await load(cursor, signal)
      if (page.items.length > 0) chunks.push({ cursor, items: page.items })
      cursor = { after: page.moreItemsAfter ?? '' }
    } while (page.moreItemsAfter !== null && chunks.length < before.chunks.length)
    return { chunks, newer: before.newer, older: page.moreItemsAfter }
  }

  // A change by this or another person may affect any row.
  const stopRefresh = useRef(() => {})
  const refreshShown = useRef(() => {})
  refreshShown.current = () => {
    if (ongoing.current !== null || error !== null) return
    stopRefresh.current()
    stopRefresh.current = refresh(shown)
  }
  const refreshLatest = useCallback(() => refreshShown.current(), [])
  useChanges(() => whenNoFormIsOpen(refreshLatest))

  // `key` stands for everything that `load` depends on.
  useEffect(() => {
    if (restored.current !== undefined) {
      const before = restored.current
      restored.current = undefined
      return refresh(before)
    }
    setShown({ chunks: [], newer: null, older: null })
    fetchPage('first', start, (page) => setShown(toShown(start, page)))
    return () => ongoing.current?.abort()
  }, [key])

  return {
    chunks: shown.chunks,
    hasNewer: shown.newer !== null,
    hasOlder: shown.older !== null,
    loading,
    error,
    retry: () => failed.current(),
    save() {
      const id = `${performance.timeOrigin} ${++saves}`
      saved.set(id, shown)
      for (const oldest of saved.keys()) if (saved.size > MAX_SAVED) saved.delete(oldest)
      return id
    },
    showNewer() {
      if (ongoing.current !== null || shown.newer === null) return
      const cursor = { before: shown.newer }
      fetchPage('newer', cursor, (page) => setShown((shown) => withNewer(shown, cursor, page)))
    },
    showOlder() {
      if (ongoing.current !== null || shown.older === null) return
      const cursor = { after: shown.older }
      fetchPage('older', cursor, (page) => setShown((shown) => withOlder(shown, cursor, page)))
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
  const held = chunks.slice(-MAX_CHUNKS)
  const newer = held.length < chunks.length ? (held[0]?.items[0]?.id ?? null) : shown.newer
  return { chunks: held, newer, older: added.older }
}

function withNewer<Item extends { id: string }>(shown: Shown<Item>, cursor: Cursor, page: Page<Item>): Shown<Item> {
  const added = toShown(cursor, page)
  const chunks = [...added.chunks, ...shown.chunks]
  const held = chunks.slice(0, MAX_CHUNKS)
  const older = held.length < chunks.length ? (held.at(-1)?.items.at(-1)?.id ?? null) : shown.older
  return { chunks: held, newer: added.newer, older }
}
