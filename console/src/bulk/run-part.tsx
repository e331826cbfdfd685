import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'
import { describeError } from '../problems.ts'
import './bulk.css'
import { type Result, runAll } from './run.ts'

const WAITING: Result = { is: 'waiting' }

/** Runs an action for the selected rows, and shows the progress and the result of each. */
export function RunPart<Item extends { id: string }>({
  title,
  items,
  titleOf,
  hrefOf,
  work,
  onDone,
  onClose,
}: {
  title: string
  items: readonly Item[]
  titleOf: (item: Item) => string
  hrefOf: (item: Item) => string
  work: (item: Item) => Promise<unknown>
  /** Receives the items that were changed, when all are done. */
  onDone: (changed: readonly Item[]) => void
  onClose: () => void
}) {
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map())
  const [isRunning, setRunning] = useState(true)
  const stop = useRef(new AbortController())
  const resultOf = (item: Item) => results.get(item.id) ?? WAITING

  async function run(chosen: readonly Item[]) {
    stop.current = new AbortController()
    setRunning(true)
    const changed: Item[] = []
    await runAll(
      chosen,
      work,
      (item, result) => {
        if (result.is === 'done') changed.push(item)
        setResults((results) => new Map(results).set(item.id, result))
      },
      stop.current.signal,
    )
    setRunning(false)
    if (changed.length > 0) onDone(changed)
  }
  useEffect(() => {
    run(items)
    return () => stop.current.abort()
  }, [])

  const done = items.filter((item) => resultOf(item).is === 'done')
  const rest = items.filter((item) => resultOf(item).is !== 'done')
  return (
    <div class="bulk-run">
      <p role="status">
        <strong>{title}</strong> {done.length.toLocaleString()} of {items.length.toLocaleString()} done
        {!isRunning && rest.length > 0 && `, ${rest.length.toLocaleString()} not`}.
      </p>
      <progress max={items.length} value={done.length} aria-label={title} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it */}
      <ul class="bulk-results" tabIndex={0} aria-label="Results">
        {items.map((item) => (
          <ResultLine key={item.id} title={titleOf(item)} href={hrefOf(item)} result={resultOf(item)} />
        ))}
      </ul>
      <div class="actions">
        {isRunning && (
          <button type="button" class="button" onClick={() => stop.current.abort()}>
            Stop
          </button>
        )}
        {!isRunning && rest.length > 0 && (
          <button type="button" class="button" onClick={() => run(rest)}>
            Try the rest again
          </button>
        )}
        {!isRunning && (
          <button type="button" class="button" onClick={onClose}>
            Close
          </button>
        )}
      </div>
    </div>
  )
}

/** The result of a row. A failed one links to its page; the pages of the others may no longer exist. */
function ResultLine({ title, href, result }: { title: string; href: string; result: Result }) {
  return (
    <li>
      {result.is === 'done' && <Icon name="check" />}
      {result.is === 'failed' && <Icon name="warning" />}
      {result.is === 'waiting' && <Icon name="minus" />}
      <span>
        {result.is === 'failed' ? <a href={href}>{title}</a> : <bdi>{title}</bdi>}{' '}
        <span class={result.is === 'failed' ? 'field-problem' : 'quiet'}>
          {result.is === 'failed' ? describeError(result.error).message : result.is === 'done' ? 'done' : 'waiting'}
        </span>
      </span>
    </li>
  )
}
