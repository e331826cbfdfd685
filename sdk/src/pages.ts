/** A page of a list. */
export interface Page<Item> {
  object: 'list'
  items: Item[]
  /** Send it as `after` for the next items (older ones); null where there are none. */
  moreItemsAfter: string | null
  /** Send it as `before` for the previous items (newer ones); null where there are none. */
  moreItemsBefore: string | null
}

/** A list not yet asked for: `await` gives its first page, `for await` every item of all its pages. */
export type Paged<List extends Page<unknown>> = Promise<List> & AsyncIterable<List['items'][number]>

/** What a list is asked with, as far as paging is concerned. */
export interface PageQuery {
  after?: string | undefined
  before?: string | undefined
  limit?: number | undefined
}

/** How many items are asked for at a time while walking. Ten, the API's own default, suits a screen more than a walk. */
const WALKING_LIMIT = 100

/**
 * A list over `getPage`, which asks for the page of a query. Nothing is asked for until it is awaited or walked; each
 * walk begins anew.
 *
 * A walk goes from newer items to older ones; with `before` it goes the other way, from that position to newer ones.
 */
export function paged<Item>(query: PageQuery, getPage: (query: PageQuery) => Promise<Page<Item>>): Paged<Page<Item>> {
  let first: Promise<Page<Item>> | undefined
  const firstPage = () => {
    first ??= getPage(query)
    return first
  }
  return {
    // biome-ignore lint/suspicious/noThenProperty: awaiting a list gives its first page
    then: (onFulfilled, onRejected) => firstPage().then(onFulfilled, onRejected),
    catch: (onRejected) => firstPage().catch(onRejected),
    finally: (onFinally) => firstPage().finally(onFinally),
    [Symbol.asyncIterator]: () => walk(query, getPage),
    [Symbol.toStringTag]: 'Paged',
  }
}

async function* walk<Item>(query: PageQuery, getPage: (query: PageQuery) => Promise<Page<Item>>) {
  let next: PageQuery | null = { limit: WALKING_LIMIT, ...query }
  while (next !== null) {
    const { items, moreItemsAfter, moreItemsBefore }: Page<Item> = await getPage(next)
    const isTowardsNewer: boolean = query.before !== undefined
    yield* isTowardsNewer ? items.toReversed() : items
    const cursor: string | null = isTowardsNewer ? moreItemsBefore : moreItemsAfter
    // With a limit of 0 a page is empty and its cursor stands still.
    if (cursor === null || items.length === 0) return
    next = { ...next, [isTowardsNewer ? 'before' : 'after']: cursor }
  }
}
