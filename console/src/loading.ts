import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

/** Something that is asked of the server. */
export type Loaded<Value> =
  | { state: 'loading' }
  | { state: 'failed'; error: unknown; retry: () => void }
  | { state: 'ready'; value: Value }

/**
 * Loads when the page shows it, and again when one of `inputs` changes; what was asked for before is given up.
 *
 * The second part puts a newer value in its place, such as the answer to a change.
 */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  inputs: readonly unknown[],
): [Loaded<Value>, (value: Value) => void] {
  const [attempt, setAttempt] = useState(0)
  const [loaded, setLoaded] = useState<Loaded<Value>>({ state: 'loading' })
  const retry = useCallback(() => setAttempt((attempt) => attempt + 1), [])
  // The caller names what its load depends on.
  useEffect(() => {
    const leaving = new AbortController()
    setLoaded({ state: 'loading' })
    load(leaving.signal).then(
      (value) => leaving.signal.aborted || setLoaded({ state: 'ready', value }),
      (error: unknown) => leaving.signal.aborted || setLoaded({ state: 'failed', error, retry }),
    )
    return () => leaving.abort()
  }, [...inputs, attempt])
  const show = useCallback((value: Value) => setLoaded({ state: 'ready', value }), [])
  return [loaded, show]
}

/** Work that a person sets off, one at a time. */
export interface Action {
  busy: boolean
  /** Why it failed the last time. */
  error: unknown
  run(work: () => Promise<unknown>): Promise<void>
  forget(): void
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const running = useRef(false)
  return {
    busy,
    error,
    forget: () => setError(null),
    async run(work) {
      if (running.current) return
      running.current = true
      setBusy(true)
      setError(null)
      try {
        await work()
      } catch (error) {
        setError(error)
      } finally {
        running.current = false
        setBusy(false)
      }
    },
  }
}
