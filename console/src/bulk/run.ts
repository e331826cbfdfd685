/** The result of one row: still to do, done, or why not. */
export type Result = { is: 'waiting' } | { is: 'done' } | { is: 'failed'; error: unknown }

/** How many requests run at a time. */
const PARALLEL = 4

/** Does the same work for each item, a few at a time, and reports each result. */
export async function runAll<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
  report: (item: Item, result: Result) => void,
  signal: AbortSignal,
): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) {
      if (signal.aborted) return
      await work(item).then(
        () => report(item, { is: 'done' }),
        (error: unknown) => report(item, { is: 'failed', error }),
      )
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
}
