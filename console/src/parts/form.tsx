import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
import type { Action } from '../loading.ts'
import { isShownAt } from '../problems.ts'
import { Failure } from './failure.tsx'
import './form.css'
import { markClosed, markOpen, markSaved, markUnsaved } from '../unsaved.ts'

interface FormProps {
  /** Carries whether the form is being sent and why it failed. */
  action: Action
  /** The properties whose errors the fields show. Any other error is shown above the buttons. */
  fields: readonly string[]
  submit: string
  onSubmit: () => Promise<unknown>
  onCancel?: () => void
  /** Further buttons, between submit and cancel. */
  buttons?: ComponentChildren
  class?: string
  /** Whether the typed text is kept when the person leaves the page, so that there is no need to ask. */
  isDraft?: boolean
  /** Whether another form on the page has the main button. */
  isSecondary?: boolean
  /** Whether something must be chosen or solved before the form can be sent. */
  isDisabled?: boolean
  /** Whether nothing is changed yet, so that there is nothing to send. */
  isUnchanged?: boolean
  children: ComponentChildren
}

/** A form with its buttons and its error. Escape cancels it. */
export function Form({
  action,
  fields,
  submit,
  onSubmit,
  onCancel,
  buttons,
  isDraft = false,
  isSecondary = false,
  isDisabled = false,
  isUnchanged = false,
  children,
  ...props
}: FormProps) {
  const [form] = useState(() => Symbol())
  useLayoutEffect(() => {
    if (isUnchanged) return
    markOpen(form)
    return () => markClosed(form)
  }, [isUnchanged])
  return (
    <form
      noValidate
      class={props.class}
      onKeyDown={(event) => event.key === 'Escape' && onCancel?.()}
      onInput={() => isDraft || markUnsaved(form)}
      onSubmit={(event) => {
        event.preventDefault()
        if (isDisabled) return
        action.run(async () => {
          markSaved(form)
          await onSubmit().catch((error: unknown) => {
            if (!isDraft) markUnsaved(form)
            throw error
          })
        })
      }}
    >
      {children}
      {action.error !== null && !isShownAt(action.error, fields) && <Failure error={action.error} />}
      <div class="actions" hidden={isUnchanged}>
        <button
          type="submit"
          class={isSecondary ? 'button' : 'button button-main'}
          aria-disabled={action.busy}
          disabled={isDisabled}
        >
          {submit}
        </button>
        {buttons}
        {onCancel && (
          <button type="button" class="button button-quiet" onClick={onCancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
  )
}

/** Several forms that Escape closes together. */
export function EscapeArea({ onEscape, children }: { onEscape: () => void; children: ComponentChildren }) {
  // biome-ignore lint/a11y/noStaticElementInteractions: the key is pressed in the fields inside
  return <div onKeyDown={(event) => event.key === 'Escape' && onEscape()}>{children}</div>
}
