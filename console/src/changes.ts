import { useEffect, useRef } from 'preact/hooks'

const CHANGED = 'handset:changed'

/** Tells every page that shows objects to load them again. */
export function announceChange(): void {
  window.dispatchEvent(new Event(CHANGED))
}

/** Calls `onChange` after a change that this page, another tab or another person made. */
export function useChanges(onChange: () => void): void {
  const latest = useRef(onChange)
  latest.current = onChange
  useEffect(() => {
    const listen = () => latest.current()
    window.addEventListener(CHANGED, listen)
    return () => window.removeEventListener(CHANGED, listen)
  }, [])
}
