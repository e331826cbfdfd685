import { describeError, isChangedByOthers } from '../problems.ts'
import { Icon } from './icon.tsx'
import './failure.css'

/** Why something failed and what to do next. */
export function Failure({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { message, requestId } = describeError(error)
  return (
    <div class="failure" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <strong>{message}</strong>
        </p>
        {requestId && (
          <p>
            Request <code>{requestId}</code>
          </p>
        )}
        {retry && (
          <button type="button" class="button" onClick={retry}>
            Try again
          </button>
        )}
        {isChangedByOthers(error) && (
          <button type="button" class="button" onClick={() => window.location.reload()}>
            Reload
          </button>
        )}
      </div>
    </div>
  )
}
