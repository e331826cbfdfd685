const EDITABLE = 'input, textarea, select, [contenteditable]'

/** Whether a field or an open dialog should receive a key or a paste, rather than the page. */
export function isForFieldOrDialog(target: Element): boolean {
  return target.closest(EDITABLE) !== null || isDialogOpen()
}

export function isDialogOpen(): boolean {
  return document.querySelector('dialog[open]') !== null
}
