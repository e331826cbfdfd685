/** Forms with text that is neither saved nor kept as a draft. */
const forms = new Set<symbol>()

const QUESTION = 'Leave this page? What you have typed is not saved.'

export function markUnsaved(form: symbol): void {
  forms.add(form)
}

export function markSaved(form: symbol): void {
  forms.delete(form)
}

/** Whether the person may leave the page. Asks them if a form has unsaved text. */
export function mayLeave(): boolean {
  if (forms.size > 0 && !window.confirm(QUESTION)) return false
  forms.clear()
  return true
}

/** Has the browser ask before the tab is closed or reloaded. */
export function warnBeforeUnload(): void {
  window.addEventListener('beforeunload', (event) => {
    if (forms.size > 0) event.preventDefault()
  })
}
