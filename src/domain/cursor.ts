/** A position in a list: right after an id (older), right before one (newer), or the start. */
export interface Cursor {
  after?: string
  before?: string
  limit: number
}

/** How many items a page has when the request does not say. */
export const DEFAULT_LIMIT = 10
export const MAX_LIMIT = 200

/** The cursor of a list's query parameters. */
export function toCursor(query: { after?: string; before?: string; limit?: number }): Cursor {
  const { after, before, limit = DEFAULT_LIMIT } = query
  return { ...(after === undefined ? {} : { after }), ...(before === undefined ? {} : { before }), limit }
}

/**
 * The list envelope of contract section 4, as JSON.
 *
 * Takes the rows from the cursor onwards, nearest first and, when there are that many, one more than the limit; and
 * whether anything stands at the cursor or on its other side.
 */
export function listOf(
  rows: readonly { id: string; json: string }[],
  beyondCursor: boolean,
  { after, before, limit }: Cursor,
): string {
  const more = rows.length > limit
  if (limit === 0) return envelope([], more ? (after ?? null) : null, more ? (before ?? null) : null)
  const page = rows.slice(0, limit)
  if (before !== undefined) page.reverse()
  const olderFollow = before === undefined ? more : beyondCursor
  const newerPrecede = before === undefined ? beyondCursor : more
  return envelope(
    page.map((row) => row.json),
    olderFollow ? (page.at(-1)?.id ?? null) : null,
    newerPrecede ? (page[0]?.id ?? null) : null,
  )
}

/** The envelope of a search, which has no pages: all that was found. */
export function foundList(items: readonly string[]): string {
  return envelope(items, null, null)
}

function envelope(items: readonly string[], moreItemsAfter: string | null, moreItemsBefore: string | null): string {
  return `{"object":"list","items":[${items.join(',')}],"moreItemsAfter":${JSON.stringify(moreItemsAfter)},"moreItemsBefore":${JSON.stringify(moreItemsBefore)}}`
}
