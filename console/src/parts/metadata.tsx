import { useRef, useState } from 'preact/hooks'
import { useLostFocus } from '../focus.ts'
import { type Action, useAction } from '../loading.ts'
import { isToldAt, problemAt } from '../problems.ts'
import { TextField } from './field.tsx'
import { Icon } from './icon.tsx'
import { Failure } from './states.tsx'

type Metadata = Readonly<Record<string, string>>
/** A key set to null is removed. */
export type MetadataChanges = Record<string, string | null>

interface Pair {
  key: string
  value: string
}

/**
 * The metadata of an object, shown or being changed. `save` sends what differs; the error that it throws is shown at the
 * pair that it is about.
 */
export function MetadataPart({
  metadata,
  save,
}: {
  metadata: Metadata
  save: (changes: MetadataChanges) => Promise<void>
}) {
  const [editing, setEditing] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  useLostFocus(editing, () => opener.current?.focus())
  const pairs = Object.entries(metadata)
  return (
    <section class="part" aria-labelledby="metadata">
      <header class="part-head">
        <h2 id="metadata">Metadata</h2>
        {!editing && (
          <button ref={opener} type="button" class="button button-quiet" onClick={() => setEditing(true)}>
            Edit<span class="unseen"> metadata</span>
          </button>
        )}
      </header>
      {editing ? (
        <MetadataForm metadata={metadata} save={save} onEnd={() => setEditing(false)} />
      ) : pairs.length === 0 ? (
        <p class="quiet">None.</p>
      ) : (
        <dl class="facts">
          {pairs.map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{value === '' ? <span class="quiet">empty</span> : value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

function MetadataForm({
  metadata,
  save,
  onEnd,
}: {
  metadata: Metadata
  save: (changes: MetadataChanges) => Promise<void>
  onEnd: () => void
}) {
  const [pairs, setPairs] = useState<Pair[]>(() => {
    const stored = Object.entries(metadata).map(([key, value]) => ({ key, value }))
    return stored.length > 0 ? stored : [{ key: '', value: '' }]
  })
  const action = useAction()
  const change = (position: number, part: Partial<Pair>) =>
    setPairs(pairs.map((pair, at) => (at === position ? { ...pair, ...part } : pair)))
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        action.run(async () => {
          const changes = changesOf(metadata, pairs)
          if (Object.keys(changes).length > 0) await save(changes)
          onEnd()
        })
      }}
      onKeyDown={(event) => event.key === 'Escape' && onEnd()}
    >
      <ul class="pairs">
        {pairs.map((pair, position) => (
          <li key={position}>
            <TextField
              label={`Key ${position + 1}`}
              hideLabel
              placeholder="key"
              value={pair.key}
              autofocus={position === pairs.length - 1}
              onInput={({ currentTarget }) => change(position, { key: currentTarget.value })}
            />
            <TextField
              label={`Value of ${pair.key || `key ${position + 1}`}`}
              hideLabel
              placeholder="value"
              value={pair.value}
              problem={pair.key === '' ? null : problemAt(action.error, `metadata.${pair.key}`)}
              onInput={({ currentTarget }) => change(position, { value: currentTarget.value })}
            />
            <button
              type="button"
              class="icon-button"
              aria-label={`Remove ${pair.key || `key ${position + 1}`}`}
              onClick={() => setPairs(pairs.filter((_, at) => at !== position))}
            >
              <Icon name="cross" />
            </button>
          </li>
        ))}
      </ul>
      <Unplaced action={action} pairs={pairs} />
      <div class="actions">
        <button type="submit" class="button button-main" disabled={action.busy}>
          Save
        </button>
        <button type="button" class="button" onClick={() => setPairs([...pairs, { key: '', value: '' }])}>
          Add a pair
        </button>
        <button type="button" class="button button-quiet" onClick={onEnd}>
          Cancel
        </button>
      </div>
    </form>
  )
}

/** What the API says of the metadata as a whole, or of something else. */
function Unplaced({ action: { error }, pairs }: { action: Action; pairs: readonly Pair[] }) {
  if (
    error === null ||
    isToldAt(
      error,
      pairs.map(({ key }) => `metadata.${key}`),
    )
  )
    return null
  return <Failure error={error} />
}

/** What turns the stored metadata into these pairs. Pairs without a key are left out. */
function changesOf(stored: Metadata, pairs: readonly Pair[]): MetadataChanges {
  const wanted = new Map(pairs.filter(({ key }) => key !== '').map(({ key, value }) => [key, value]))
  const removed = Object.keys(stored).filter((key) => !wanted.has(key))
  const set = [...wanted].filter(([key, value]) => !Object.hasOwn(stored, key) || stored[key] !== value)
  return Object.fromEntries<string | null>([...removed.map((key) => [key, null] as const), ...set])
}

/** The changes that take others back. */
export function takeBack(stored: Metadata, changes: MetadataChanges): MetadataChanges {
  return Object.fromEntries(
    Object.keys(changes).map((key) => [key, Object.hasOwn(stored, key) ? (stored[key] as string) : null]),
  )
}
