/**
 * Turns the first Ctrl-C into an abort of `signal`, for as long as the caller's block runs; a second one ends the
 * process at once. Catch it before creating anything that must not be left behind.
 */
export function catchInterrupt(): { signal: AbortSignal } & Disposable {
  const interruption = new AbortController()
  const interrupt = () => interruption.abort()
  process.once('SIGINT', interrupt)
  return { signal: interruption.signal, [Symbol.dispose]: () => process.off('SIGINT', interrupt) }
}
