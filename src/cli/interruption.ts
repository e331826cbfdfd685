import type { Readable } from 'node:stream'

/**
 * Turns the first Ctrl-C into an abort of `signal`, for as long as the caller's block runs, and destroys `stream`, so
 * that a pending read ends. A second Ctrl-C ends the process at once. Call it before creating anything that must not be
 * left behind.
 */
export function catchInterrupt(stream?: Readable): { signal: AbortSignal } & Disposable {
  const interruption = new AbortController()
  const interrupt = () => {
    interruption.abort()
    stream?.destroy(new Error('interrupted'))
  }
  process.once('SIGINT', interrupt)
  return { signal: interruption.signal, [Symbol.dispose]: () => process.off('SIGINT', interrupt) }
}
