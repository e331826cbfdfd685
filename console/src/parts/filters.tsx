import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useId, useRef, useState } from 'preact/hooks'
import { problemAt } from '../problems.ts'
import { hrefOf, replaceWith, usePlace } from '../router.ts'
import { ChoiceField, TextField } from './field.tsx'

/** Why the list could not be had, for the filters that are to blame. */
const ListError = createContext<unknown>(null)

/** How long to wait after the last key before a text that is complete filters the list. */
const PAUSE = 300

/** The filters of these names that the address holds. */
export function useFilters<Name extends string>(names: readonly Name[]): Partial<Record<Name, string>> {
  const { query } = usePlace()
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = query.get(name)
      return value ? [[name, value]] : []
    }),
  ) as Partial<Record<Name, string>>
}

/** Puts filters into the address; an empty one is taken out, and the list begins at its newest. */
function useFilterSetter(): (changes: Readonly<Record<string, string>>) => void {
  const { path, query } = usePlace()
  return (changes) => {
    const { after, before, ...kept } = Object.fromEntries(query)
    replaceWith(hrefOf(path, { ...kept, ...changes }))
  }
}

/** Filters in a row above their list; `error` is why the list could not be had, told at the filters that it names. */
export function Filters({ error, children }: { error: unknown; children: ComponentChildren }) {
  return (
    <ListError.Provider value={error}>
      <search class="filters" aria-label="Filters">
        {children}
      </search>
    </ListError.Provider>
  )
}

/** Filters that are wanted less often: shown when they are asked for, and when one of them is set. */
export function MoreFilters({ names, children }: { names: readonly string[]; children: ComponentChildren }) {
  const { query } = usePlace()
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

/** A filter that is typed. It filters at Enter, when the field is left, and after a pause in typing where it is complete. */
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
  const set = usePlace().query.get(name) ?? ''
  const problem = problemAt(useContext(ListError), name)
  const setFilters = useFilterSetter()
  const [text, setText] = useState(set)
  const apply = useRef((_: string) => {})
  apply.current = (text) => {
    if (text.trim() !== set) setFilters({ [name]: text.trim() })
  }

  // The address leads where it was changed otherwise: by a link, or by going back.
  useEffect(() => {
    if (text.trim() !== set) setText(set)
  }, [set])
  useEffect(() => {
    if (text.trim() !== '' && !isComplete(text.trim())) return
    const timer = setTimeout(() => apply.current(text), PAUSE)
    return () => clearTimeout(timer)
  }, [text])

  return (
    <TextField
      label={label}
      value={text}
      problem={problem}
      {...(placeholder && { placeholder })}
      {...(inputMode && { inputMode })}
      onInput={({ currentTarget }) => setText(currentTarget.value)}
      onChange={({ currentTarget }) => apply.current(currentTarget.value)}
    />
  )
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** A filter by a day of the person's own calendar; the address holds the day, or a moment as the API takes it. */
export function DayFilter({ name, label }: { name: string; label: string }) {
  const set = usePlace().query.get(name) ?? ''
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

/** The moment at which a day begins, as the API takes it; what is no day as it is, for the API to judge. */
export function momentOf(day: string): string {
  const midnight = new Date(DAY.test(day) ? `${day}T00:00:00` : Number.NaN)
  return Number.isNaN(midnight.getTime()) ? day : midnight.toISOString()
}

function dayOf(moment: Date): string {
  if (Number.isNaN(moment.getTime())) return ''
  const parts = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()]
  return parts.map((part) => String(part).padStart(2, '0')).join('-')
}

/** A filter with few values. */
export function ChoiceFilter({
  name,
  label,
  any,
  values,
}: {
  name: string
  label: string
  /** What no choice means. */
  any: string
  values: readonly (string | { value: string; title: string })[]
}) {
  const { query } = usePlace()
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

/** A filter that another page set, named, with the way out of it. */
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
