import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useId, useRef, useState } from 'preact/hooks'
import { ChoiceField, TextField } from '../parts/field.tsx'
import { problemAt } from '../problems.ts'
import { hrefOf, redirect, useRoute } from '../router.ts'
import './filters.css'

/** Why the list could not be loaded. Each filter shows the problems with its own value. */
const ListError = createContext<unknown>(null)

/** How long to wait after the last key before a complete text filters the list. */
const PAUSE = 300

/** The filters with these names that the address contains. */
export function useFilters<Name extends string>(names: readonly Name[]): Partial<Record<Name, string>> {
  const { query } = useRoute()
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = query.get(name)
      return value ? [[name, value]] : []
    }),
  ) as Partial<Record<Name, string>>
}

/** Sets filters in the address. An empty one is removed, and the list starts at the newest again. */
export function useFilterSetter(): (changes: Readonly<Record<string, string>>) => void {
  const { path, query } = useRoute()
  return (changes) => {
    const { after, before, ...others } = Object.fromEntries(query)
    redirect(hrefOf(path, { ...others, ...changes }))
  }
}

/** Filters in a row above their list. `error` is why the list could not be loaded. */
export function Filters({
  names,
  error,
  children,
}: {
  /** Every filter of the list. */
  names: readonly string[]
  error: unknown
  children: ComponentChildren
}) {
  return (
    <ListError.Provider value={error}>
      <search class="filters" aria-label="Filters">
        {children}
        <ClearFilters names={names} />
      </search>
    </ListError.Provider>
  )
}

/** A button that removes every filter, if one is set. */
export function ClearFilters({ names }: { names: readonly string[] }) {
  const { query } = useRoute()
  const setFilters = useFilterSetter()
  if (!names.some((name) => query.get(name))) return null
  return (
    <button
      type="button"
      class="button button-quiet clear-filters"
      onClick={() => setFilters(Object.fromEntries(names.map((name) => [name, ''])))}
    >
      Clear filters
    </button>
  )
}

/** Filters that are hidden until the person opens them, unless one of them is set. */
export function MoreFilters({ names, children }: { names: readonly string[]; children: ComponentChildren }) {
  const { query } = useRoute()
  const [isOpen, setOpen] = useState(() => names.some((name) => query.has(name)))
  const id = useId()
  return (
    <>
      <button
        type="button"
        class="button more-filters"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? 'Fewer filters' : 'More filters'}
      </button>
      <div class="filters" id={id} hidden={!isOpen}>
        {children}
      </div>
    </>
  )
}

/** A filter by text. It applies at Enter, when the field loses the focus, and after a pause if it is complete. */
export function TextFilter({
  name,
  label,
  placeholder,
  inputMode,
  isComplete = () => true,
}: {
  name: string
  label: string
  placeholder?: string
  inputMode?: 'numeric'
  isComplete?: (text: string) => boolean
}) {
  const set = useRoute().query.get(name) ?? ''
  const problem = problemAt(useContext(ListError), name)
  const setFilters = useFilterSetter()
  const [text, setText] = useState(set)
  // The text that the person typed and that is not applied yet. An address that changed meanwhile discards it: a timer
  // that is still running must not bring back a filter that was just cleared.
  const typed = useRef<string | null>(null)
  const applied = useRef(set)
  if (applied.current !== set) {
    applied.current = set
    typed.current = null
  }
  const apply = useRef((_: string) => {})
  apply.current = (text) => {
    if (text.trim() !== set) setFilters({ [name]: text.trim() })
  }

  // Follow the address when a link or Back changed it.
  useEffect(() => {
    if (text.trim() !== set) setText(set)
  }, [set])
  useEffect(() => {
    if (text.trim() !== '' && !isComplete(text.trim())) return
    const timer = setTimeout(() => typed.current !== null && apply.current(typed.current), PAUSE)
    return () => clearTimeout(timer)
  }, [text])

  return (
    <TextField
      label={label}
      value={text}
      problem={problem}
      {...(placeholder && { placeholder })}
      {...(inputMode && { inputMode })}
      onInput={({ currentTarget }) => {
        typed.current = currentTarget.value
        setText(currentTarget.value)
      }}
      onChange={({ currentTarget }) => apply.current(currentTarget.value)}
    />
  )
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** A filter by a day in the person's time zone. The address contains the day, or a time as the API takes it. */
export function DayFilter({ name, label }: { name: string; label: string }) {
  const set = useRoute().query.get(name) ?? ''
  const problem = problemAt(useContext(ListError), name)
  const setFilters = useFilterSetter()
  return (
    <TextField
      type="date"
      label={label}
      value={DAY.test(set) ? set : dayOf(new Date(set))}
      problem={problem}
      onInput={({ currentTarget: { value } }) => setFilters({ [name]: value })}
    />
  )
}

/** Buttons that filter by a whole day: today, or the day before. */
export function DayShortcuts({ after, before }: { after: string; before: string }) {
  const setFilters = useFilterSetter()
  const show = (daysAgo: number) => setFilters({ [after]: dayAgo(daysAgo), [before]: dayAgo(daysAgo - 1) })
  return (
    <>
      <button type="button" class="button more-filters" onClick={() => show(0)}>
        Today
      </button>
      <button type="button" class="button more-filters" onClick={() => show(1)}>
        Yesterday
      </button>
    </>
  )
}

function dayAgo(days: number): string {
  const now = new Date()
  return dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days))
}

/** The time at which a day starts, as the API takes it. Other text is returned unchanged, for the API to reject. */
export function momentOf(day: string): string {
  const midnight = new Date(DAY.test(day) ? `${day}T00:00:00` : Number.NaN)
  return Number.isNaN(midnight.getTime()) ? day : midnight.toISOString()
}

function dayOf(moment: Date): string {
  if (Number.isNaN(moment.getTime())) return ''
  const parts = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()]
  return parts.map((part) => String(part).padStart(2, '0')).join('-')
}

/** A filter by one of a few values. */
export function ChoiceFilter({
  name,
  label,
  any,
  values,
}: {
  name: string
  label: string
  /** The label of the choice that does not filter. */
  any: string
  values: readonly (string | { value: string; title: string })[]
}) {
  const { query } = useRoute()
  const problem = problemAt(useContext(ListError), name)
  const setFilters = useFilterSetter()
  return (
    <ChoiceField
      label={label}
      value={query.get(name) ?? ''}
      problem={problem}
      onChange={({ currentTarget }) => setFilters({ [name]: currentTarget.value })}
    >
      <option value="">{any}</option>
      {values.map((choice) => {
        const { value, title } = typeof choice === 'string' ? { value: choice, title: choice } : choice
        return (
          <option key={value} value={value}>
            {title}
          </option>
        )
      })}
    </ChoiceField>
  )
}

/** Names a filter that another page set, with a button that removes it. */
export function SetFilter({ name, children }: { name: string; children: ComponentChildren }) {
  const setFilters = useFilterSetter()
  return (
    <p class="set-filter">
      {children}
      <button type="button" class="button button-quiet" onClick={() => setFilters({ [name]: '' })}>
        Show all
      </button>
    </p>
  )
}
