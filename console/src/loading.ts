import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

/** A value that is requested from the server. */
export type Loaded<Value> =
  | { state: 'loading' }
  | { state: 'failed'; error: unknown; retry: () => void }
  | { state: 'ready'; value: Value }

/**
 * Loads a value when the component is first shown, and again when one of `inputs` changes, which aborts the request
 * before. The function that is returned with it replaces the value, for example by the response to a change.
 */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  inputs: readonly unknown[],
): [Loaded<Value>, (value: Value) => void] {
  const [attempt, setAttempt] = useState(0)
  const [loaded, setLoaded] = useState<Loaded<Value>>({ state: 'loading' })
  const retry = useCallback(() => setAttempt((attempt) => attempt + 1), [])
  // The caller states what its load depends on.
  useEffect(() => {
    const leaving = new AbortController()
    setLoaded({ state: 'loading' })
    load(leaving.signal).then(
      (value) => leaving.signal.aborted || setLoaded({ state: 'ready', value }),
      (error: unknown) => leaving.signal.aborted || setLoaded({ state: 'failed', error, retry }),
    )
    return () => leaving.abort()
  }, [...inputs, attempt])
  const replace = useCallback((value: Value) => setLoaded({ state: 'ready', value }), [])
  return [loaded, replace]
}

/** Work that a person starts, one at a time. */
export interface Action {
  busy: boolean
  /** Why the last run failed. */
  error: unknown
  run(work: () => Promise<unknown>): Promise<void>
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const running = useRef(false)
  return {
    busy,
    error,
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
