import type { ComponentProps, TargetedKeyboardEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { TextField } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { GROUPS, type Hit, iconOf } from './hit.ts'
import { HitNote, HitTitle } from './hit-text.tsx'
import './typeahead.css'

/** How long to wait after the last key before searching. A paste is not delayed. */
const PAUSE = 120

export interface Typeahead<Of extends Hit> {
  hits: readonly Of[]
  /** Whether the hits are those of the current text. */
  isCurrent: boolean
  /** The hit that the arrow keys have reached. */
  active: Of | null
  /** The hit that Enter chooses: the active one, or the only one. */
  chosen: Of | null
  isOpen: boolean
  /** Records that the person typed, which opens the list. A text that the page sets does not open it. */
  type(): void
  close(): void
  /** Handles the arrow keys and Escape. Returns whether the key was one of them. */
  onKey(event: TargetedKeyboardEvent<HTMLInputElement>): boolean
}

/** Searches while a person types, and moves through the hits with the arrow keys. Empty text searches for nothing. */
export function useTypeahead<Of extends Hit>(
  text: string,
  search: (text: string, signal: AbortSignal) => Promise<readonly Of[]>,
): Typeahead<Of> {
  const [found, setFound] = useState<{ text: string; hits: readonly Of[] }>({ text: '', hits: [] })
  const [position, setPosition] = useState(-1)
  const [isTyping, setTyping] = useState(false)
  const before = useRef('')
  useEffect(() => {
    const isPaste = Math.abs(text.length - before.current.length) > 1
    before.current = text
    setPosition(-1)
    if (text === '') return setFound({ text, hits: [] })
    const leaving = new AbortController()
    const timer = setTimeout(
      () =>
        search(text, leaving.signal).then(
          (hits) => leaving.signal.aborted || setFound({ text, hits }),
          // The page that Enter opens reports the error.
          () => leaving.signal.aborted || setFound({ text, hits: [] }),
        ),
      isPaste ? 0 : PAUSE,
    )
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [text])

  const isCurrent = found.text === text
  const hits = text === '' ? [] : found.hits
  const isOpen = hits.length > 0 && isTyping
  const active = (isOpen && hits[position]) || null
  return {
    hits,
    isCurrent,
    active,
    chosen: active ?? (isCurrent && hits.length === 1 ? (hits[0] as Of) : null),
    isOpen,
    type: () => setTyping(true),
    close: () => setTyping(false),
    onKey(event) {
      if (!isOpen) return false
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      if (step !== undefined)
        setPosition((position + step + hits.length + (position < 0 && step < 0 ? 1 : 0)) % hits.length)
      else if (event.key === 'Escape') setTyping(false)
      else return false
      event.preventDefault()
      return true
    },
  }
}

export type Combobox = NonNullable<ComponentProps<typeof TextField>['combobox']>

/** The attributes of the input above a list of hits (WAI-ARIA combobox). */
export function comboboxProps(id: string, { isOpen, active }: Pick<Typeahead<Hit>, 'isOpen' | 'active'>): Combobox {
  return {
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': isOpen,
    'aria-controls': `${id}-hits`,
    'aria-activedescendant': active === null ? undefined : `${id}-${active.object.id}`,
  }
}

/** The hits in groups, below the input. */
export function HitList<Of extends Hit>({
  id,
  typeahead: { hits, active, isOpen },
  onChoose,
}: {
  id: string
  typeahead: Typeahead<Of>
  onChoose: (hit: Of) => void
}) {
  const groups = Map.groupBy(isOpen ? hits : [], ({ kind }) => kind)
  return (
    <div id={`${id}-hits`} class="hits" role="listbox" aria-label="Suggestions" hidden={!isOpen}>
      {[...groups].map(([kind, members]) => (
        // biome-ignore lint/a11y/useSemanticElements: options are grouped by role
        <div key={kind} role="group" aria-label={GROUPS[kind]}>
          <p class="hits-group" aria-hidden="true">
            {GROUPS[kind]}
          </p>
          {members.map((hit) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the input
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input handles the keys
            <div
              key={hit.object.id}
              id={`${id}-${hit.object.id}`}
              class="hit"
              role="option"
              aria-selected={hit === active}
              // The input keeps the focus.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onChoose(hit)}
              ref={(option) => {
                if (hit === active) option?.scrollIntoView({ block: 'nearest' })
              }}
            >
              <Icon name={iconOf(hit)} />
              <span class="hit-title">
                <HitTitle hit={hit} />
              </span>
              <span class="hit-note">
                <HitNote hit={hit} />
              </span>
            </div>
          ))}
        </div>
      ))}
    </div>
  )
}
