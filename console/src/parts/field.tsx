import type { ComponentChildren, JSX, TargetedEvent, TargetedInputEvent, TargetedKeyboardEvent } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import './field.css'

interface FieldProps {
  label: string
  /** What to enter. */
  hint?: ComponentChildren
  /** What is wrong with the value. */
  problem?: string | null | undefined
  /** Shown below the problem, such as a link that solves it. */
  after?: ComponentChildren
  hideLabel?: boolean
}

interface InputProps {
  value: string
  onInput: (event: TargetedInputEvent<HTMLInputElement>) => void
  /** Called at Enter and when the field loses the focus. */
  onChange?: (event: TargetedEvent<HTMLInputElement>) => void
  type?: 'text' | 'email' | 'password' | 'date'
  inputMode?: 'numeric'
  class?: string
  placeholder?: string
  required?: boolean
  autofocus?: boolean
  onKeyDown?: (event: TargetedKeyboardEvent<HTMLInputElement>) => void
  onBlur?: () => void
  /** The attributes of a combobox, and the list below its input. */
  combobox?: {
    role: 'combobox'
    'aria-autocomplete': 'list'
    'aria-expanded': boolean
    'aria-controls': string
    'aria-activedescendant': string | undefined
  }
  popup?: ComponentChildren
}

interface SelectProps {
  value: string
  onChange: (event: TargetedEvent<HTMLSelectElement>) => void
  children: ComponentChildren
}

/** A text field with its label, hint and problem. Screen readers announce the problem. */
export function TextField({
  label,
  hint,
  problem,
  after,
  hideLabel = false,
  autofocus = false,
  combobox,
  popup,
  ...input
}: FieldProps & InputProps) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  // Browsers apply the autofocus attribute only once per document.
  useLayoutEffect(() => {
    if (autofocus) field.current?.focus()
  }, [])
  // Preact has a type of attributes for each type of input. These are valid for all.
  const attributes = { type: 'text', ...input, ...combobox } as JSX.IntrinsicElements['input']
  return (
    <FieldFrame id={id} {...{ label, hint, problem, after, hideLabel, popup }}>
      <input
        ref={field}
        id={id}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={problem ? true : undefined}
        aria-describedby={describedBy(id, hint, problem)}
        {...attributes}
      />
    </FieldFrame>
  )
}

/** A select field with its label, hint and problem. */
export function ChoiceField({
  label,
  hint,
  problem,
  after,
  hideLabel = false,
  children,
  ...select
}: FieldProps & SelectProps) {
  const id = useId()
  return (
    <FieldFrame id={id} {...{ label, hint, problem, after, hideLabel }}>
      <select
        id={id}
        aria-invalid={problem ? true : undefined}
        aria-describedby={describedBy(id, hint, problem)}
        {...select}
      >
        {children}
      </select>
    </FieldFrame>
  )
}

function FieldFrame({
  id,
  label,
  hint,
  problem,
  after,
  hideLabel,
  popup,
  children,
}: FieldProps & { id: string; popup?: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id} class={hideLabel ? 'visually-hidden' : undefined}>
        {label}
      </label>
      {popup ? (
        <div class="with-popup">
          {children}
          {popup}
        </div>
      ) : (
        children
      )}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div aria-live="polite">
        {problem && (
          <p class="field-problem" id={`${id}-problem`}>
            {problem}
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
