const EDITABLE = 'input, textarea, select, [contenteditable]'

/** Whether a key or a paste is for the field or dialog that a person is at, and not for the page. */
export function isElsewhere(target: Element): boolean {
  return target.closest(EDITABLE) !== null || document.querySelector('dialog[open]') !== null
}
