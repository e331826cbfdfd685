import { useAction } from '../loading.ts'
import { useMayChange } from '../session.ts'
import { Failure } from './failure.tsx'

/** A change made with one click, for those who may change something. If it fails, the error is shown beside the button. */
export function InlineAction({
  label,
  detail,
  isMain = false,
  run,
}: {
  label: string
  /** What the button acts on, for screen readers. */
  detail?: string
  /** Whether the button stands out. */
  isMain?: boolean
  run: () => Promise<void>
}) {
  const action = useAction()
  if (!useMayChange()) return null
  return (
    <>
      <button
        type="button"
        class={isMain ? 'button button-main' : 'button button-quiet'}
        disabled={action.busy}
        onClick={() => action.run(run)}
      >
        {label}
        {detail && <span class="visually-hidden"> {detail}</span>}
      </button>
      {action.error !== null && <Failure error={action.error} />}
    </>
  )
}
