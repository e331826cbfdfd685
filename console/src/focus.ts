import { useLayoutEffect, useRef } from 'preact/hooks'

/**
 * Calls `moveFocus` when a change of `state` removed the focused element. Otherwise the next Tab would start at the top
 * of the page.
 */
export function useFocusFallback(state: unknown, moveFocus: () => void): void {
  const before = useRef(state)
  useLayoutEffect(() => {
    if (before.current !== state && document.activeElement === document.body) moveFocus()
    before.current = state
  }, [state])
}

/** Moves the focus to the button that submits the form of a task. */
export function focusSubmit(): void {
  document.querySelector<HTMLElement>('.task [type=submit]')?.focus()
}
