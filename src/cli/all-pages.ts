import type { Awaitable } from '../domain/awaitable.ts'
import { MAX_LIMIT } from '../domain/cursor.ts'

interface ListPage<Item> {
  items: Item[]
  moreItemsAfter: string | null
}

/** All items of a list, newest first. `list` returns a page as JSON. */
export async function allPages<Item>(
  list: (query: { limit: number; after?: string }) => Awaitable<string>,
): Promise<Item[]> {
  const all: Item[] = []
  let after: string | null = null
  do {
    const page: ListPage<Item> = JSON.parse(await list({ limit: MAX_LIMIT, ...(after === null ? {} : { after }) }))
    all.push(...page.items)
    after = page.moreItemsAfter
  } while (after !== null)
  return all
}
