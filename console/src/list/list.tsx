import type { Page } from '@handset/sdk'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/when-loaded.tsx'
import { isShownAt } from '../problems.ts'
import { hrefOf, replaceAddress, useRoute } from '../router.ts'
import './list.css'
import { More } from './more.tsx'
import { type Cursor, usePages } from './paging.ts'
import { type LeftRow, useAddressOfView, useLeftRow, useSteadyScroll } from './scroll.ts'

const PAGE_SIZE = 50

interface Column<Item> {
  title: string
  cell: (item: Item) => ComponentChildren
}

interface ListProps<Item> {
  /** What the table contains, for screen readers. */
  caption: string
  columns: readonly Column<Item>[]
  /** The filters in the address. The list is loaded again when they change. */
  filters: Readonly<Record<string, string>>
  load: (query: Cursor & { limit: number }, signal: AbortSignal) => PromiseLike<Page<Item>>
  empty: ComponentChildren
  /** Receives why the list could not be loaded, or null, so that the filters can show it. */
  onError?: (error: unknown) => void
}

/**
 * A list of the API, newest first, as a table that grows while it is scrolled: at the bottom and, if it was opened in
 * the middle, at the top. The address contains the page in view, so that a reload shows it again. Someone who comes back
 * finds the row that they left where it was.
 */
export function List<Item extends { id: string }>({
  caption,
  columns,
  filters,
  load,
  empty,
  onError,
}: ListProps<Item>) {
  const { path, query } = useRoute()
  const [left] = useState(() => history.state as LeftRow | null)
  const pages = usePages<Item>(
    JSON.stringify(filters),
    cursorOf(query),
    (cursor, signal) => load({ ...cursor, limit: PAGE_SIZE }, signal),
    left?.list,
  )
  const { chunks, hasNewer, hasOlder, loading, error, retry } = pages
  const table = useRef<HTMLTableElement>(null)
  useEffect(() => onError?.(error), [error])
  useSteadyScroll(table, chunks)
  const note = (cursor: Cursor, left?: LeftRow) => replaceAddress(hrefOf(path, { ...filters, ...cursor }), left)
  useAddressOfView(table, chunks, note)
  useLeftRow(table, chunks, left, (cursor, row) => note(cursor, { ...row, list: pages.save() }))

  if (loading === 'first') return <Loading />
  if (chunks.length === 0) {
    if (error === null) return empty
    if (isShownAt(error, Object.keys(filters))) return <Empty title="Correct the filter to see the list." />
    return <Failure error={error} retry={retry} />
  }
  return (
    <div class="list">
      {hasNewer && <More label="Show newer" busy={loading === 'newer'} show={pages.showNewer} onlyScrolled />}
      <table ref={table}>
        <caption class="visually-hidden">{caption}</caption>
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
