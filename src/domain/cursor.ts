/** A position in a list: right after an id (older), right before one (newer), or the start. */
export interface Cursor {
  after?: string
  before?: string
  limit: number
}

/** The number of items on a page if the request states none. */
export const DEFAULT_LIMIT = 10
export const MAX_LIMIT = 200

/** The cursor in the query parameters of a list. */
export function toCursor(query: { after?: string; before?: string; limit?: number }): Cursor {
  const { after, before, limit = DEFAULT_LIMIT } = query
  return { ...(after === undefined ? {} : { after }), ...(before === undefined ? {} : { before }), limit }
}

/** A page of a list, newest first, and the cursors of the pages on both sides; null if there is none. */
export interface Page<Item> {
  items: readonly Item[]
  moreItemsAfter: string | null
  moreItemsBefore: string | null
}

/**
 * The page at a cursor.
 *
 * Takes the rows from the cursor onwards, nearest first, up to one more than the limit, and whether any row is at the
 * cursor or beyond it on the other side.
 */
export function toPage<Item extends { id: string }>(
  rows: readonly Item[],
  hasRowsBehind: boolean,
  { after, before, limit }: Cursor,
): Page<Item> {
  const hasMore = rows.length > limit
  if (limit === 0) {
    return {
      items: [],
      moreItemsAfter: hasMore ? (after ?? null) : null,
      moreItemsBefore: hasMore ? (before ?? null) : null,
    }
  }
  const items = rows.slice(0, limit)
  if (before !== undefined) items.reverse()
  const hasOlder = before === undefined ? hasMore : hasRowsBehind
  const hasNewer = before === undefined ? hasRowsBehind : hasMore
  return {
    items,
    moreItemsAfter: hasOlder ? (items.at(-1)?.id ?? null) : null,
    moreItemsBefore: hasNewer ? (items[0]?.id ?? null) : null,
  }
}
