import type { ComponentChildren } from 'preact'
import './empty.css'

/** Stands where there is nothing to show. `children` notify what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  )
}
