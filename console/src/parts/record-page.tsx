import type { ComponentChildren } from 'preact'
import './record-page.css'

/** The page of one device, user, SIM or model: what it is, and its parts in two columns below. */
export function RecordPage({ head, children }: { head: ComponentChildren; children: ComponentChildren }) {
  return (
    <article class="record" aria-labelledby="page-title">
      <header class="record-head">{head}</header>
      <div class="parts">{children}</div>
    </article>
  )
}
