/** Forms with text that is neither saved nor kept as a draft. */
const unsaved = new Set<symbol>()
/** Forms that change what the page shows. */
const open = new Set<symbol>()
/** Work that waits until no form is open. */
const waiting = new Set<() => void>()

const QUESTION = 'Leave this page? What you have typed is not saved.'

export function markUnsaved(form: symbol): void {
  unsaved.add(form)
}

export function markSaved(form: symbol): void {
  unsaved.delete(form)
}

/** Whether the person may leave the page. Asks them if a form has unsaved text. */
export function mayLeave(): boolean {
  if (unsaved.size > 0 && !window.confirm(QUESTION)) return false
  unsaved.clear()
  return true
}

/** Has the browser ask before the tab is closed or reloaded. */
export function warnBeforeUnload(): void {
  window.addEventListener('beforeunload', (event) => {
    if (unsaved.size > 0) event.preventDefault()
  })
}

export function markOpen(form: symbol): void {
  open.add(form)
}

export function markClosed(form: symbol): void {
  unsaved.delete(form)
  open.delete(form)
  if (open.size > 0) return
  const ready = [...waiting]
  waiting.clear()
  for (const work of ready) work()
}

/** Runs work now, or when the last open form closes. */
export function whenNoFormIsOpen(work: () => void): void {
  if (open.size === 0) work()
  else waiting.add(work)
}
