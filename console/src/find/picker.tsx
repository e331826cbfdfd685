import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { readIdentifier } from '../identifier/read.ts'
import type { Reading } from '../identifier/reading.ts'
import { TextField } from '../parts/field.tsx'
import { useSession } from '../session.ts'
import { find } from './find.ts'
import type { HitOf, Kind } from './hit.ts'
import { comboboxProps, HitList, useTypeahead } from './typeahead.tsx'

const LIMIT = 8

const COMPLETE = new Set<Reading['kind']>(['imei', 'imeisv', 'iccid', 'email'])

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
  // The form finds a complete number or address itself. Suggestions would only hide its button.
  const isComplete = COMPLETE.has(readIdentifier(text).kind)
  const typeahead = useTypeahead<HitOf<Of>>(isComplete ? '' : text.trim(), (text, signal) =>
    find(handset, [kind], text, { signal, limit: LIMIT }),
  )
  const pick = (hit: HitOf<Of>) => {
    typeahead.close()
    onPick(hit)
  }
  return (
    <TextField
      {...field}
      combobox={comboboxProps(id, typeahead)}
      popup={<HitList id={id} typeahead={typeahead} onChoose={pick} />}
      value={text}
      onInput={({ currentTarget }) => {
        typeahead.type()
        onText(currentTarget.value)
      }}
      onBlur={typeahead.close}
      onKeyDown={(event) => {
        if (typeahead.onKey(event)) return event.stopPropagation()
        if (event.key !== 'Enter') return
        typeahead.close()
        if (typeahead.chosen === null) return
        event.preventDefault()
        pick(typeahead.chosen)
      }}
    />
  )
}
