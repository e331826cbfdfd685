import { useState } from 'preact/hooks'
import { useAction } from '../loading.ts'
import { problemAt } from '../problems.ts'
import { OpenButton, useDisclosure } from './disclosure.tsx'
import { Fact, Facts } from './facts.tsx'
import { TextField } from './field.tsx'
import { Form } from './form.tsx'
import { Icon } from './icon.tsx'
import './metadata.css'
import { Part } from './part.tsx'

type Metadata = Readonly<Record<string, string>>
/** A key set to null is removed. */
export type MetadataChanges = Record<string, string | null>

interface Pair {
  key: string
  value: string
}

interface MetadataProps {
  metadata: Metadata
  /** Sends the differences. An error that it throws is shown at the pair that caused it. */
  save: (changes: MetadataChanges) => Promise<void>
}

/** The metadata of an object, with the form that changes it. */
export function MetadataPart({ metadata, save }: MetadataProps) {
  const editing = useDisclosure()
  const pairs = Object.entries(metadata)
  const action = !editing.isOpen && (
    <OpenButton disclosure={editing}>
      Edit<span class="visually-hidden"> metadata</span>
    </OpenButton>
  )
  return (
    <Part title="Metadata" action={action}>
      {editing.isOpen ? (
        <MetadataForm metadata={metadata} save={save} onEnd={editing.close} />
      ) : pairs.length === 0 ? (
        <p class="quiet">None.</p>
      ) : (
        <Facts>
          {pairs.map(([key, value]) => (
            <Fact key={key} name={key}>
              {value === '' ? <span class="quiet">empty</span> : value}
            </Fact>
          ))}
        </Facts>
      )}
    </Part>
  )
}

function MetadataForm({ metadata, save, onEnd }: MetadataProps & { onEnd: () => void }) {
  const [pairs, setPairs] = useState<Pair[]>(() => {
    const stored = Object.entries(metadata).map(([key, value]) => ({ key, value }))
    return stored.length > 0 ? stored : [{ key: '', value: '' }]
  })
  const action = useAction()
  const change = (position: number, part: Partial<Pair>) =>
    setPairs(pairs.map((pair, at) => (at === position ? { ...pair, ...part } : pair)))
  return (
    <Form
      action={action}
      fields={pairs.map(({ key }) => `metadata.${key}`)}
      submit="Save"
      onCancel={onEnd}
      onSubmit={async () => {
        const changes = changesOf(metadata, pairs)
        if (Object.keys(changes).length > 0) await save(changes)
        onEnd()
      }}
      buttons={
        <button type="button" class="button" onClick={() => setPairs([...pairs, { key: '', value: '' }])}>
          Add a pair
        </button>
      }
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
    </Form>
  )
}

/** The changes that turn the stored metadata into these pairs. Pairs without a key are left out. */
function changesOf(stored: Metadata, pairs: readonly Pair[]): MetadataChanges {
  const edited = new Map(pairs.filter(({ key }) => key !== '').map(({ key, value }) => [key, value]))
  const removed = Object.keys(stored).filter((key) => !edited.has(key))
  const set = [...edited].filter(([key, value]) => !Object.hasOwn(stored, key) || stored[key] !== value)
  return Object.fromEntries<string | null>([...removed.map((key) => [key, null] as const), ...set])
}

/** The changes that undo `changes`. */
export function revertOf(stored: Metadata, changes: MetadataChanges): MetadataChanges {
  return Object.fromEntries(
    Object.keys(changes).map((key) => [key, Object.hasOwn(stored, key) ? (stored[key] as string) : null]),
  )
}
