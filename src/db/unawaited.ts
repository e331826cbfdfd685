import type { Awaitable } from '../domain/awaitable.ts'

/**
 * For statements of a transaction on whose results nothing depends: they are sent, and those that follow need not wait
 * for them. If one fails, the transaction fails with its error. A function that sends several must send all of them
 * before it awaits anything.
 */
export function unawaited(sent: Awaitable<unknown>): void {
  if (sent instanceof Promise) sent.catch(() => {})
}
