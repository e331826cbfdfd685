import type { Cursor } from '../domain/cursor.ts'

/** An item of a list, as JSON, and its id. */
export interface ListItem {
  id: string
  json: string
}

/**
 * A page of a list as JSON (docs/contract.md §4).
 *
 * Takes the rows from the cursor onwards, nearest first, with one more than the limit where there is one; and whether
 * any row lies at the cursor or on its other side.
 */
export function listOf(rows: readonly ListItem[], hasRowsBehind: boolean, { after, before, limit }: Cursor): string {
  const hasMore = rows.length > limit
  if (limit === 0) return envelope([], hasMore ? (after ?? null) : null, hasMore ? (before ?? null) : null)
  const page = rows.slice(0, limit)
  if (before !== undefined) page.reverse()
  const hasOlder = before === undefined ? hasMore : hasRowsBehind
  const hasNewer = before === undefined ? hasRowsBehind : hasMore
  return envelope(
    page.map((row) => row.json),
    hasOlder ? (page.at(-1)?.id ?? null) : null,
    hasNewer ? (page[0]?.id ?? null) : null,
  )
}

/** The result of a search as JSON: the list envelope, with every match on one page. */
export function foundList(items: readonly string[]): string {
  return envelope(items, null, null)
}

function envelope(items: readonly string[], moreItemsAfter: string | null, moreItemsBefore: string | null): string {
  return `{"object":"list","items":[${items.join(',')}],"moreItemsAfter":${JSON.stringify(moreItemsAfter)},"moreItemsBefore":${JSON.stringify(moreItemsBefore)}}`
}
