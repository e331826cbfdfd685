import type { ComponentChildren, JSX, TargetedEvent, TargetedInputEvent } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Told } from './told.tsx'

interface FieldParts {
  label: string
  /** What to put in, before anything is wrong. */
  hint?: ComponentChildren
  /** What is wrong; the API's own words where it was asked. */
  problem?: string | null | undefined
  /** Something that goes with what is wrong, such as a way out. */
  after?: ComponentChildren
  hideLabel?: boolean
}

interface InputParts {
  value: string
  onInput: (event: TargetedInputEvent<HTMLInputElement>) => void
  /** At Enter, and when the field is left. */
  onChange?: (event: TargetedEvent<HTMLInputElement>) => void
  type?: 'text' | 'email' | 'password' | 'date'
  inputMode?: 'numeric'
  class?: string
  placeholder?: string
  required?: boolean
  autofocus?: boolean
}

interface SelectParts {
  value: string
  onChange: (event: TargetedEvent<HTMLSelectElement>) => void
  children: ComponentChildren
}

/** A field with its label, hint and what is wrong with it, told to everyone. */
export function TextField({
  label,
  hint,
  problem,
  after,
  hideLabel = false,
  autofocus = false,
  ...input
}: FieldParts & InputParts) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  // Browsers heed the attribute once a document, and a document is all that the person is shown here.
  useLayoutEffect(() => {
    if (autofocus) field.current?.focus()
  }, [])
  // Preact types the attributes of each type of input apart; these are ones that all have.
  const attributes = { type: 'text', ...input } as JSX.IntrinsicElements['input']
  return (
    <Framed id={id} {...{ label, hint, problem, after, hideLabel }}>
      <input
        ref={field}
        id={id}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={problem ? true : undefined}
        aria-describedby={describedBy(id, hint, problem)}
        {...attributes}
      />
    </Framed>
  )
}

/** A choice of one among few. */
export function ChoiceField({
  label,
  hint,
  problem,
  after,
  hideLabel = false,
  children,
  ...select
}: FieldParts & SelectParts) {
  const id = useId()
  return (
    <Framed id={id} {...{ label, hint, problem, after, hideLabel }}>
      <select
        id={id}
        aria-invalid={problem ? true : undefined}
        aria-describedby={describedBy(id, hint, problem)}
        {...select}
      >
        {children}
      </select>
    </Framed>
  )
}

function Framed({
  id,
  label,
  hint,
  problem,
  after,
  hideLabel,
  children,
}: FieldParts & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id} class={hideLabel ? 'unseen' : undefined}>
        {label}
      </label>
      {children}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div aria-live="polite">
        {problem && (
          <p class="field-problem" id={`${id}-problem`}>
            <Told text={problem} />
          </p>
        )}
        {problem && after}
      </div>
    </div>
  )
}

function describedBy(id: string, hint: unknown, problem: unknown): string | undefined {
  const ids = [...(hint ? [`${id}-hint`] : []), ...(problem ? [`${id}-problem`] : [])]
  return ids.length > 0 ? ids.join(' ') : undefined
}
