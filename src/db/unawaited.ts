import type { Awaitable } from '../domain/awaitable.ts'

/**
 * For statements of a transaction on whose results nothing depends: they are sent, and those that follow need not wait
 * for them. If one fails, the transaction fails with its error.
 */
export function unawaited(sent: Awaitable<unknown>): void {
  if (sent instanceof Promise) sent.catch(() => {})
}
