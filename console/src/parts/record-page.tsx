import type { ComponentChildren } from 'preact'
import { type HistoryFilter, HistoryPart } from '../events/history.tsx'
import { hrefOf, useRoute } from '../router.ts'
import './record-page.css'

/**
 * The page of one object: what it is, the actions that a person needs most often, the open task if there is one, and
 * its parts in two columns. If it has a history, that is a second tab.
 */
export function RecordPage({
  head,
  actions,
  task,
  history,
  children,
}: {
  head: ComponentChildren
  actions?: ComponentChildren
  task?: ComponentChildren
  /** Which events the history has. */
  history?: HistoryFilter
  children: ComponentChildren
}) {
  const isHistory = useRoute().query.get('tab') === 'history'
  return (
    <article class="record" aria-labelledby="page-title">
      <header class="record-head">
        <div class="record-title">{head}</div>
        {actions && <div class="actions">{actions}</div>}
        {history && <Tabs />}
      </header>
      {task}
      <div class="parts">{history && isHistory ? <HistoryPart filter={history} /> : children}</div>
    </article>
  )
}

/** Links to the tabs of the page. The address contains the tab, so that it can be sent to a colleague. */
function Tabs() {
  const { path, query } = useRoute()
  const { tab, task: _, ...others } = Object.fromEntries(query)
  return (
    <nav class="tabs" aria-label="Tabs">
      <a href={hrefOf(path, others)} aria-current={tab === undefined ? 'page' : undefined}>
        Details
      </a>
      <a href={hrefOf(path, { ...others, tab: 'history' })} aria-current={tab === 'history' ? 'page' : undefined}>
        History
      </a>
    </nav>
  )
}
