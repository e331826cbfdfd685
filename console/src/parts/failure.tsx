import { describeError } from '../problems.ts'
import { Icon } from './icon.tsx'
import { Message } from './message.tsx'
import './failure.css'

/** Why something failed and what to do next. */
export function Failure({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { message, hint, requestId } = describeError(error)
  return (
    <div class="failure" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <strong>
            <Message text={message} />
          </strong>
        </p>
        {hint && (
          <p>
            <Message text={hint} />
          </p>
        )}
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
      </div>
    </div>
  )
}
