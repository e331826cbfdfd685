import type { ComponentChildren } from 'preact'
import './record-page.css'

/**
 * The page of one device, user, SIM or model: what it is, with what a person most often does with it, and its parts in two
 * columns below. A task that is open comes between.
 */
export function RecordPage({
  head,
  actions,
  task,
  children,
}: {
  head: ComponentChildren
  actions?: ComponentChildren
  task?: ComponentChildren
  children: ComponentChildren
}) {
  return (
    <article class="record" aria-labelledby="page-title">
      <header class="record-head">
        <div class="record-title">{head}</div>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {task}
      <div class="parts">{children}</div>
    </article>
  )
}
