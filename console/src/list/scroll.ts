import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { onLeave } from '../router.ts'
import type { Chunk, Cursor } from './paging.ts'

/** Keeps the rows in view where they are when rows are added or removed above them. */
export function useSteadyScroll(
  table: { current: HTMLTableElement | null },
  chunks: readonly Chunk<{ id: string }>[],
): void {
  const drawn = useRef<readonly Chunk<{ id: string }>[]>([])
  const tops = new Map<string | undefined, number>()
  if (drawn.current !== chunks) {
    for (const [position, body] of bodiesOf(table).entries()) {
      tops.set(drawn.current[position]?.items[0]?.id, body.getBoundingClientRect().top)
    }
  }
  // `tops` was measured before the rows changed.
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

/** Reports the cursor of the page at the top of the window. */
export function useAddressOfView(
  table: { current: HTMLTableElement | null },
  chunks: readonly Chunk<unknown>[],
  report: (cursor: Cursor) => void,
): void {
  const latest = useRef(report)
  latest.current = report
  useEffect(() => {
    const bodies = bodiesOf(table)
    let reported: Cursor | undefined
    const look = () => {
      const position = bodies.findIndex((body) => body.getBoundingClientRect().bottom > window.innerHeight / 3)
      const cursor = chunks[position]?.cursor
      if (cursor !== undefined && cursor !== reported) latest.current(cursor)
      reported = cursor
    }
    if (window.scrollY > 0) look()
    window.addEventListener('scroll', look, { passive: true })
    return () => window.removeEventListener('scroll', look)
  }, [chunks])
}

/** The row from which the person left the list, and its distance from the top of the window. */
export interface LeftRow {
  row: string
  /** The id of the saved pages. */
  list: string
  top: number
  /** Whether the person followed a link in the row. */
  followed: boolean
}

/** Stores the row from which the person leaves the list, and scrolls back to it when they return. */
export function useLeftRow(
  table: { current: HTMLTableElement | null },
  chunks: readonly Chunk<{ id: string }>[],
  left: LeftRow | null,
  note: (cursor: Cursor, left: Omit<LeftRow, 'list'>) => void,
): void {
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
    if (left.followed && (focused === document.body || focused?.id === 'page-title')) {
      row.querySelector<HTMLElement>('.row-link')?.focus({ preventScroll: true })
    }
  }, [chunks])
  useLayoutEffect(
    () =>
      onLeave(() => {
        const rows = [...(table.current?.querySelectorAll('tbody tr') ?? [])]
        const own = rows.find((row) => row.contains(document.activeElement))
        const row = own ?? rows.find((row) => row.getBoundingClientRect().top > 0)
        const chunk = chunks.find(({ items }) => items.some(({ id }) => id === row?.id))
        if (row === undefined || chunk === undefined) return
        const { top } = row.getBoundingClientRect()
        latest.current(chunk.cursor, { row: row.id, top, followed: own !== undefined })
      }),
    [chunks],
  )
}
