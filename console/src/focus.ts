import { useLayoutEffect, useRef } from 'preact/hooks'

/**
 * Where a change of `state` takes away what had the focus, `give` puts it where the person goes on: else a keyboard would
 * begin at the top of the page again.
 */
export function useLostFocus(state: unknown, give: () => void): void {
  const before = useRef(state)
  useLayoutEffect(() => {
    if (before.current !== state && document.activeElement === document.body) give()
    before.current = state
  }, [state])
}
