import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { TextField } from '../parts/field.tsx'
import { useSession } from '../session.ts'
import { find } from './find.ts'
import type { HitOf, Kind } from './hit.ts'
import { comboboxProps, HitList, useTypeahead } from './typeahead.tsx'

const LIMIT = 8

/**
 * A field that finds an object while the person types. Choosing one calls `onPick`; Enter chooses the only one. Otherwise
 * Enter submits the form around it, with the text.
 */
export function Picker<Of extends Kind>({
  kind,
  text,
  onText,
  onPick,
  ...field
}: {
  kind: Of
  text: string
  onText: (text: string) => void
  onPick: (hit: HitOf<Of>) => void
  label: string
  hint?: ComponentChildren
  problem?: string | null | undefined
  after?: ComponentChildren
  placeholder?: string
  autofocus?: boolean
  hideLabel?: boolean
}) {
  const { handset } = useSession()
  const id = useId()
  const typeahead = useTypeahead<HitOf<Of>>(text, (text, signal) =>
    find(handset, [kind], text, { signal, limit: LIMIT }),
  )
  return (
    <TextField
      {...field}
      combobox={comboboxProps(id, typeahead)}
      popup={<HitList id={id} typeahead={typeahead} onChoose={onPick} />}
      value={text}
      onInput={({ currentTarget }) => onText(currentTarget.value)}
      onBlur={typeahead.close}
      onKeyDown={(event) => {
        if (typeahead.onKey(event)) return event.stopPropagation()
        if (event.key !== 'Enter') return
        typeahead.close()
        if (typeahead.chosen === null) return
        event.preventDefault()
        onPick(typeahead.chosen)
      }}
    />
  )
}
