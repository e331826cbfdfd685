import type { ComponentChildren } from 'preact'
import './empty.css'

/** Shown in place of an empty list or result. `children` say what to do next. */
export function Empty({
  title,
  isStart = false,
  children,
}: {
  title: string
  /** Whether there is nothing yet, in which case the page hides its filters and its export. */
  isStart?: boolean
  children?: ComponentChildren
}) {
  return (
    <div class={isStart ? 'empty empty-start' : 'empty'}>
      <p class="empty-title">{title}</p>
      {children}
    </div>
  )
}
