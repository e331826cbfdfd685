import type { Action } from '../loading.ts'
import { isToldAt } from '../problems.ts'
import { Failure } from './states.tsx'

/** The end of a form: what is wrong and told at none of its fields, the button that sends it, and the way out. */
export function FormEnd({
  action: { busy, error },
  told,
  submit,
  onCancel,
}: {
  action: Action
  /** The properties whose errors the fields tell. */
  told: readonly string[]
  submit: string
  onCancel?: () => void
}) {
  return (
    <>
      {error !== null && !isToldAt(error, told) && <Failure error={error} />}
      <div class="actions">
        <button type="submit" class="button button-main" disabled={busy}>
          {submit}
        </button>
        {onCancel && (
          <button type="button" class="button button-quiet" onClick={onCancel}>
            Cancel
          </button>
        )}
      </div>
    </>
  )
}
