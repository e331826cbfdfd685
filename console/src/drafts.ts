import { useState } from 'preact/hooks'

/** The text typed into the forms of pages, by address, until it is saved or the session ends. */
const drafts = new Map<string, unknown>()

/**
 * The values of a form. With `isKept`, someone who leaves the page and comes back finds what they typed. The third
 * function ends the draft.
 */
export function useDraft<Values extends object>(
  initial: Values,
  isKept = true,
): [values: Values, change: (changes: Partial<Values>) => void, end: () => void] {
  const [address] = useState(() => window.location.pathname + window.location.search)
  const [values, setValues] = useState<Values>(() => ({ ...initial, ...(isKept && (drafts.get(address) as Values)) }))
  const change = (changes: Partial<Values>) =>
    setValues((values) => {
      const changed = { ...values, ...changes }
      if (isKept) drafts.set(address, changed)
      return changed
    })
  return [values, change, () => drafts.delete(address)]
}

export function endDrafts(): void {
  drafts.clear()
}
