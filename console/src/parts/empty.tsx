import type { ComponentChildren } from 'preact'
import './empty.css'

/** Shown in place of an empty list or result. `children` say what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  )
}
