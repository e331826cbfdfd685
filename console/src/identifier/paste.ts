/** The pasted text. An input drops line breaks, which would join the numbers of two lines. */
export function pastedText(event: ClipboardEvent): string {
  return event.clipboardData?.getData('text/plain').trim() ?? ''
}

/** Lines as one line, with a separator between them that `readIdentifier` understands. */
export function joinLines(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, '; ')
}
