import type { ComponentChildren } from 'preact'
import { useTitle } from '../title.ts'

/** The heading of a page, with what can be done on it. It takes the focus when the page is gone to. */
export function Heading({ title, children }: { title: string; children?: ComponentChildren }) {
  useTitle(title)
  return (
    <div class="title-line">
      <h1 id="page-title" tabIndex={-1}>
        {title}
      </h1>
      {children}
    </div>
  )
}
