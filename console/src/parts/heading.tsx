import type { ComponentChildren } from 'preact'
import { useTitle } from '../title.ts'

/** For the heading of a page that came after the focus: it was left with the content for the time being. */
export function takeFocus(heading: HTMLElement | null): void {
  if (document.activeElement?.id === 'content') heading?.focus({ preventScroll: true })
}

/** Leads to what the page shows, to be read from its heading on. */
export function focusPage(): void {
  const heading = document.getElementById('page-title') ?? document.getElementById('content')
  heading?.focus({ preventScroll: true })
}

/** The heading of a page, with what can be done on it. It takes the focus when the page is gone to. */
export function Heading({ title, children }: { title: string; children?: ComponentChildren }) {
  useTitle(title)
  return (
    <div class="title-line">
      <h1 id="page-title" tabIndex={-1} ref={takeFocus}>
        {title}
      </h1>
      {children}
    </div>
  )
}
