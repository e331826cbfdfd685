import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type BulkActions, BulkBar } from '../bulk/bar.tsx'
import { Pick, useSelection } from '../bulk/selection.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/when-loaded.tsx'
import { isShownAt } from '../problems.ts'
import { hrefOf, replaceAddress, useRoute } from '../router.ts'
import { useMayChange } from '../session.ts'
import { type LoadDetails, useDetails } from './details.ts'
import './list.css'
import { More } from './more.tsx'
import { type Cursor, type Load, usePages } from './paging.ts'
import { type LeftRow, useAddressOfView, useLeftRow, useSteadyScroll } from './scroll.ts'

const PAGE_SIZE = 50

interface Column<Item, Detail> {
  title: string
  /** `detail` is undefined until it is loaded. */
  cell: (item: Item, detail: Detail | undefined) => ComponentChildren
}

interface ListProps<Item, Detail> {
  /** What the table contains, for screen readers. */
  caption: string
  columns: readonly Column<Item, Detail>[]
  /** The filters in the address. The list is loaded again when they change. */
  filters: Readonly<Record<string, string>>
  load: Load<Item>
  /** Loads what the columns show beside the items of a page, in one request. */
  loadDetails?: LoadDetails<Item, Detail>
  empty: ComponentChildren
  /** What can be done with selected rows. Without it, no row can be selected. */
  bulk?: BulkActions<Item> | undefined
  /** Receives why the list could not be loaded, or null, so that the filters can show it. */
  onError?: (error: unknown) => void
}

/**
 * A list of the API, newest first, as a table that grows while it is scrolled: at the bottom and, if it was opened in
 * the middle, at the top. The address contains the page in view, so that a reload shows it again. Someone who comes back
 * finds the row that they left where it was.
 */
export function List<Item extends { id: string }, Detail = never>({
  caption,
  columns,
  filters,
  load,
  loadDetails,
  empty,
  bulk,
  onError,
}: ListProps<Item, Detail>) {
  const { path, query } = useRoute()
  const [left] = useState(() => history.state as LeftRow | null)
  const pages = usePages<Item>(
    JSON.stringify(filters),
    cursorOf(query),
    (cursor, signal) => load({ ...cursor, limit: PAGE_SIZE }, signal),
    left?.list,
  )
  const { chunks, hasNewer, hasOlder, loading, error, retry } = pages
  const details = useDetails(chunks, loadDetails)
  const selection = useSelection<Item>()
  useEffect(selection.clear, [JSON.stringify(filters)])
  const mayChange = useMayChange()
  const actions = mayChange ? bulk : undefined
  const shown = chunks.flatMap(({ items }) => items)
  const table = useRef<HTMLTableElement>(null)
  useEffect(() => onError?.(error), [error])
  useSteadyScroll(table, chunks)
  const note = (cursor: Cursor, left?: LeftRow) => replaceAddress(hrefOf(path, { ...filters, ...cursor }), left)
  useAddressOfView(table, chunks, note)
  useLeftRow(table, chunks, left, (cursor, row) => note(cursor, { ...row, list: pages.save() }))

  // The bar stays when its action empties the list.
  const bar = actions && selection.items.length > 0 && (
    <BulkBar selected={selection.items} actions={actions} onClear={selection.clear} />
  )
  if (loading === 'first') return <Loading />
  if (chunks.length === 0) {
    return (
      <div class="list">
        {bar}
        {error === null ? (
          empty
        ) : isShownAt(error, Object.keys(filters)) ? (
          <Empty title="Correct the filter to see the list." />
        ) : (
          <Failure error={error} retry={retry} />
        )}
      </div>
    )
  }
  return (
    <div class="list">
      {bar}
      {hasNewer && <More label="Show newer" busy={loading === 'newer'} show={pages.showNewer} onlyScrolled />}
      <table ref={table}>
        <caption class="visually-hidden">{caption}</caption>
        <colgroup>
          {actions && <col class="pick-column" />}
          {columns.map(({ title }) => (
            <col key={title} data-title={title} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {actions && (
              <th scope="col" class="pick-cell">
                <Pick
                  label={`Select all ${shown.length} rows that are shown`}
                  checked={shown.every(selection.has)}
                  onChange={(checked) => selection.toggle(shown, checked)}
                />
              </th>
            )}
            {columns.map(({ title }) => (
              <th key={title} scope="col" data-title={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        {chunks.map(({ items }) => (
          <tbody key={items[0]?.id}>
            {items.map((item) => (
              <tr key={item.id} id={item.id}>
                {actions && (
                  <td class="pick-cell">
                    <Pick
                      label={`Select ${actions.titleOf(item)}`}
                      checked={selection.has(item)}
                      onChange={(checked) => selection.toggle([item], checked)}
                    />
                  </td>
                )}
                {columns.map(({ title, cell }) => (
                  <td key={title} data-title={title}>
                    {cell(item, details.get(item.id))}
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
