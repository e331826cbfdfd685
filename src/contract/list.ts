import type { Page } from '../domain/cursor.ts'

/** An item of a list, as JSON, and its id. */
export interface ListItem {
  id: string
  json: string
}

/** A page of a list as JSON (docs/contract.md §4). */
export function listOf({ items, moreItemsAfter, moreItemsBefore }: Page<ListItem>): string {
  return envelope(
    items.map(({ json }) => json),
    moreItemsAfter,
    moreItemsBefore,
  )
}

/** The result of a search as JSON: the list envelope, with every match on one page. */
export function foundList(items: readonly string[]): string {
  return envelope(items, null, null)
}

/** How many items a list has, as JSON. */
export function countJson({ count, complete }: { count: number; complete: boolean }): string {
  return JSON.stringify({ object: 'count', count, complete })
}

function envelope(items: readonly string[], moreItemsAfter: string | null, moreItemsBefore: string | null): string {
  return `{"object":"list","items":[${items.join(',')}],"moreItemsAfter":${JSON.stringify(moreItemsAfter)},"moreItemsBefore":${JSON.stringify(moreItemsBefore)}}`
}
