import type { ComponentChildren } from 'preact'
import { useTitle } from '../title.ts'
import './heading.css'

/** Focuses a heading that is rendered after `focusPage` was called, which then focused the content instead. */
export function takeFocus(heading: HTMLElement | null): void {
  if (document.activeElement?.id === 'content') heading?.focus({ preventScroll: true })
}

/** Moves the focus to the heading of the page, so that screen readers start there. */
export function focusPage(): void {
  const heading = document.getElementById('page-title') ?? document.getElementById('content')
  heading?.focus({ preventScroll: true })
}

/** The heading of a page, with its actions beside it. It receives the focus when the page opens. */
export function Heading({
  title,
  note,
  children,
}: {
  title: string
  /** Beside the title, such as a count. */
  note?: ComponentChildren
  children?: ComponentChildren
}) {
  useTitle(title)
  return (
    <div class="title-line">
      <h1 id="page-title" tabIndex={-1} ref={takeFocus}>
        {title}
      </h1>
      {note && <span class="title-note">{note}</span>}
      {children && <div class="actions">{children}</div>}
    </div>
  )
}
