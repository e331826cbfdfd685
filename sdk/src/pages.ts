/** A page of a list. */
export interface Page<Item> {
  object: 'list'
  items: Item[]
  /** Pass it as `after` to get the next (older) items; null if there are none. */
  moreItemsAfter: string | null
  /** Pass it as `before` to get the previous (newer) items; null if there are none. */
  moreItemsBefore: string | null
}

/** A list that is fetched on demand: `await` returns its first page, `for await` iterates over the items of all pages. */
export type Paged<List extends Page<unknown>> = Promise<List> & AsyncIterable<List['items'][number]>

/** The paging parameters of a list. */
export interface PageQuery {
  after?: string | undefined
  before?: string | undefined
  limit?: number | undefined
}

/** The page size while iterating. The API's default of ten suits a screen better than an iteration. */
const ITERATION_LIMIT = 100

/**
 * A list over `getPage`, which fetches the page of a query. No request is sent until the list is awaited or iterated. Each
 * iteration starts again from the beginning.
 *
 * An iteration goes from newer to older items. With `before`, it goes from that position to newer items.
 */
export function paged<Item>(query: PageQuery, getPage: (query: PageQuery) => Promise<Page<Item>>): Paged<Page<Item>> {
  let first: Promise<Page<Item>> | undefined
  const firstPage = () => {
    first ??= getPage(query)
    return first
  }
  return {
    // biome-ignore lint/suspicious/noThenProperty: awaiting a list returns its first page
    then: (onFulfilled, onRejected) => firstPage().then(onFulfilled, onRejected),
    catch: (onRejected) => firstPage().catch(onRejected),
    finally: (onFinally) => firstPage().finally(onFinally),
    [Symbol.asyncIterator]: () => iterate(query, getPage),
    [Symbol.toStringTag]: 'Paged',
  }
}

async function* iterate<Item>(query: PageQuery, getPage: (query: PageQuery) => Promise<Page<Item>>) {
  let next: PageQuery | null = { limit: ITERATION_LIMIT, ...query }
  while (next !== null) {
    const { items, moreItemsAfter, moreItemsBefore }: Page<Item> = await getPage(next)
    const isTowardsNewer: boolean = query.before !== undefined
    yield* isTowardsNewer ? items.toReversed() : items
    const cursor: string | null = isTowardsNewer ? moreItemsBefore : moreItemsAfter
    // With a limit of 0, the page is empty and its cursor does not advance.
    if (cursor === null || items.length === 0) return
    next = { ...next, [isTowardsNewer ? 'before' : 'after']: cursor }
  }
}
