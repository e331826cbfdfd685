import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { useChanges } from './changes.ts'
import { isNotFound } from './problems.ts'
import { whenNoFormIsOpen } from './unsaved.ts'

/** A value that is requested from the server. */
export type Loaded<Value> =
  | { state: 'loading' }
  | { state: 'failed'; error: unknown; retry: () => void }
  | { state: 'ready'; value: Value }

/**
 * Loads a value when the component is first shown, and again when one of `inputs` changes, which aborts the previous
 * request. The returned function replaces the value, for example by the response to a change.
 *
 * A value that is shown is loaded again after every change, without a placeholder. While a form is open, it waits until
 * the form closes, so that nobody saves over a change that they have not seen.
 */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  inputs: readonly unknown[],
): [Loaded<Value>, (value: Value) => void] {
  const [attempt, setAttempt] = useState(0)
  const [loaded, setLoaded] = useState<Loaded<Value>>({ state: 'loading' })
  const leaving = useRef(new AbortController())
  const retry = useCallback(() => setAttempt((attempt) => attempt + 1), [])
  // The caller states what its load depends on.
  useEffect(() => {
    leaving.current = new AbortController()
    const { signal } = leaving.current
    setLoaded({ state: 'loading' })
    load(signal).then(
      (value) => signal.aborted || setLoaded({ state: 'ready', value }),
      (error: unknown) => signal.aborted || setLoaded({ state: 'failed', error, retry }),
    )
    return () => leaving.current.abort()
  }, [...inputs, attempt])

  const refresh = () => {
    if (loaded.state !== 'ready') return
    leaving.current.abort()
    leaving.current = new AbortController()
    const { signal } = leaving.current
    load(signal).then(
      (value) => signal.aborted || setLoaded({ state: 'ready', value }),
      // The shown value stays, unless the object no longer exists.
      (error: unknown) => signal.aborted || !isNotFound(error) || setLoaded({ state: 'failed', error, retry }),
    )
  }
  const latest = useRef(refresh)
  latest.current = refresh
  const refreshLatest = useCallback(() => latest.current(), [])
  useChanges(() => whenNoFormIsOpen(refreshLatest))

  const replace = useCallback((value: Value) => {
    leaving.current.abort()
    setLoaded({ state: 'ready', value })
  }, [])
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
