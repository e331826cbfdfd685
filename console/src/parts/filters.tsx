import type { ComponentChildren } from 'preact'
import { hrefOf, replaceWith, usePlace } from '../router.ts'
import { ChoiceField } from './field.tsx'

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

/** Filters in a row above their list. */
export function Filters({ children }: { children: ComponentChildren }) {
  return (
    <search class="filters" aria-label="Filters">
      {children}
    </search>
  )
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
  const setFilters = useFilterSetter()
  return (
    <ChoiceField
      label={label}
      value={query.get(name) ?? ''}
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
