import type { Page } from '@handset/sdk'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Chunk, type Cursor, type Pages, usePages } from '../paging.ts'
import { isToldAt } from '../problems.ts'
import { beforeLeaving, hrefOf, noteAddress, usePlace } from '../router.ts'
import { Empty, Failure, Loading } from './states.tsx'

const PAGE_SIZE = 50
/** How near an end must come into view before more is asked for. */
const NEARNESS = '600px 0px'

interface Column<Item> {
  title: string
  cell: (item: Item) => ComponentChildren
}

interface ListParts<Item> {
  /** What the table holds, for who cannot see it. */
  caption: string
  columns: readonly Column<Item>[]
  /** What the list is asked with, beside its position; taken from the address. */
  filters: Readonly<Record<string, string>>
  load: (query: Cursor & { limit: number }, signal: AbortSignal) => PromiseLike<Page<Item>>
  empty: ComponentChildren
  /** Hears why the list could not be had, and null when it can, for the filters to tell. */
  onError?: (error: unknown) => void
}

/**
 * A list of the API, newest first, as a table without end: more comes at the bottom and, where it was entered in the
 * middle, at the top. The address holds the page in view, so that reloading leads there, and who comes back finds the
 * row that they left where it was.
 */
export function List<Item extends { id: string }>({
  caption,
  columns,
  filters,
  load,
  empty,
  onError,
}: ListParts<Item>) {
  const { path, query } = usePlace()
  const pages = usePages<Item>(JSON.stringify(filters), cursorOf(query), (cursor, signal) =>
    load({ ...cursor, limit: PAGE_SIZE }, signal),
  )
  const { chunks, hasNewer, hasOlder, loading, error, retry } = pages
  const table = useRef<HTMLTableElement>(null)
  useEffect(() => onError?.(error), [error])
  useSteadyScroll(table, chunks)
  const note = (cursor: Cursor, left?: LeftRow) => noteAddress(hrefOf(path, { ...filters, ...cursor }), left)
  useAddressOfView(table, chunks, note)
  useLeftRow(table, chunks, note)

  if (loading === 'first') return <Loading />
  if (chunks.length === 0) {
    if (error === null) return empty
    if (isToldAt(error, Object.keys(filters))) return <Empty title="Mend the filter to see the list." />
    return <Failure error={error} retry={retry} />
  }
  return (
    <div class="list">
      {hasNewer && <More label="Show newer" busy={loading === 'newer'} show={pages.showNewer} onlyScrolled />}
      <table ref={table}>
        <caption class="unseen">{caption}</caption>
        <colgroup>
          {columns.map(({ title }) => (
            <col key={title} data-title={title} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map(({ title }) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        {chunks.map(({ items }) => (
          <tbody key={items[0]?.id}>
            {items.map((item) => (
              <tr key={item.id} id={item.id}>
                {columns.map(({ title, cell }) => (
                  <td key={title} data-title={title}>
                    {cell(item)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      {error !== null && <Failure error={error} retry={retry} />}
      {hasOlder && error === null && <More label="Show older" busy={loading === 'older'} show={pages.showOlder} />}
    </div>
  )
}

function cursorOf(query: URLSearchParams): Cursor {
  const after = query.get('after')
  const before = query.get('before')
  if (after !== null) return { after }
  return before === null ? {} : { before }
}

/** Asks for more when it comes near, and when it is pressed. `onlyScrolled`: not before the person has scrolled. */
function More({
  label,
  busy,
  show,
  onlyScrolled = false,
}: {
  label: string
  busy: boolean
  show: Pages<unknown>['showOlder']
  onlyScrolled?: boolean
}) {
  const button = useRef<HTMLButtonElement>(null)
  const latest = useRef(show)
  latest.current = show
  useEffect(() => {
    let scrolled = !onlyScrolled
    let near = false
    const observer = new IntersectionObserver(
      ([entry]) => {
        near = entry?.isIntersecting ?? false
        if (near && scrolled) latest.current()
      },
      { rootMargin: NEARNESS },
    )
    const onScroll = () => {
      scrolled = true
      if (near) latest.current()
    }
    // Looked at anew after every page, which may have left this one still near.
    if (!busy && button.current) observer.observe(button.current)
    if (onlyScrolled) window.addEventListener('scroll', onScroll, { once: true, passive: true })
    return () => {
      observer.disconnect()
      window.removeEventListener('scroll', onScroll)
    }
  }, [busy, onlyScrolled])
  return (
    <p class="more">
      <button ref={button} type="button" class="button" aria-disabled={busy} onClick={show}>
        {busy ? 'Loading' : label}
      </button>
    </p>
  )
}

/** Keeps in place what is in view while rows come or go above it. */
function useSteadyScroll(table: { current: HTMLTableElement | null }, chunks: readonly Chunk<{ id: string }>[]): void {
  const drawn = useRef<readonly Chunk<{ id: string }>[]>([])
  const tops = new Map<string | undefined, number>()
  if (drawn.current !== chunks) {
    for (const [position, body] of bodiesOf(table).entries()) {
      tops.set(drawn.current[position]?.items[0]?.id, body.getBoundingClientRect().top)
    }
  }
  // The places above were measured before the rows changed.
  useLayoutEffect(() => {
    drawn.current = chunks
    const position = chunks.findIndex(({ items }) => tops.has(items[0]?.id))
    const body = bodiesOf(table)[position]
    const moved = (body?.getBoundingClientRect().top ?? 0) - (tops.get(chunks[position]?.items[0]?.id) ?? 0)
    if (body !== undefined && moved !== 0) window.scrollBy(0, moved)
  }, [chunks])
}

function bodiesOf({ current }: { current: HTMLTableElement | null }): HTMLTableSectionElement[] {
  return [...(current?.tBodies ?? [])]
}

/** Tells the cursor of the page that is at the top of the view. */
function useAddressOfView(
  table: { current: HTMLTableElement | null },
  chunks: readonly Chunk<unknown>[],
  tell: (cursor: Cursor) => void,
): void {
  const latest = useRef(tell)
  latest.current = tell
  useEffect(() => {
    const bodies = bodiesOf(table)
    let told: Cursor | undefined
    const look = () => {
      const position = bodies.findIndex((body) => body.getBoundingClientRect().bottom > window.innerHeight / 3)
      const cursor = chunks[position]?.cursor
      if (cursor !== undefined && cursor !== told) latest.current(cursor)
      told = cursor
    }
    if (window.scrollY > 0) look()
    window.addEventListener('scroll', look, { passive: true })
    return () => window.removeEventListener('scroll', look)
  }, [chunks])
}

/** The row that a person left the list from, and how far from the top of the window it was. */
interface LeftRow {
  row: string
  top: number
  /** Whether the person left by the row itself. */
  byIt: boolean
}

/** Notes the row that the list is left from, and leads back to it. */
function useLeftRow(
  table: { current: HTMLTableElement | null },
  chunks: readonly Chunk<{ id: string }>[],
  note: (cursor: Cursor, left: LeftRow) => void,
): void {
  const [left] = useState(() => history.state as LeftRow | null)
  const isBack = useRef(false)
  const latest = useRef(note)
  latest.current = note
  useLayoutEffect(() => {
    if (left === null || isBack.current || chunks.length === 0) return
    isBack.current = true
    const row = document.getElementById(left.row)
    if (row === null) return
    window.scrollBy(0, row.getBoundingClientRect().top - left.top)
    const focused = document.activeElement
    if (left.byIt && (focused === document.body || focused?.id === 'page-title')) {
      row.querySelector<HTMLElement>('.row-link')?.focus({ preventScroll: true })
    }
  }, [chunks])
  useLayoutEffect(
    () =>
      beforeLeaving(() => {
        const rows = [...(table.current?.querySelectorAll('tbody tr') ?? [])]
        const own = rows.find((row) => row.contains(document.activeElement))
        const row = own ?? rows.find((row) => row.getBoundingClientRect().top > 0)
        const chunk = chunks.find(({ items }) => items.some(({ id }) => id === row?.id))
        if (row === undefined || chunk === undefined) return
        const { top } = row.getBoundingClientRect()
        latest.current(chunk.cursor, { row: row.id, top, byIt: own !== undefined })
      }),
    [chunks],
  )
}
