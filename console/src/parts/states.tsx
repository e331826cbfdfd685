import type { ComponentChildren } from 'preact'
import type { Loaded } from '../loading.ts'
import { isGone, tell } from '../problems.ts'
import { Heading } from './heading.tsx'
import { Icon } from './icon.tsx'
import { Told } from './told.tsx'

/**
 * What was asked of the server, or that it is on its way, or why it does not come. What would have been a page of its own
 * needs a `title` for when it is not.
 */
export function Shown<Value>({
  of,
  title,
  children,
}: {
  of: Loaded<Value>
  title?: string
  children: (value: Value) => ComponentChildren
}) {
  if (of.state === 'loading') return <Loading />
  if (of.state === 'failed') {
    return (
      <>
        {title && <Heading title={title} />}
        <Failure error={of.error} retry={isGone(of.error) ? undefined : of.retry} />
      </>
    )
  }
  return <>{children(of.value)}</>
}

/** Grey bars in the place of what is to come; shown after a moment, so that fast answers do not flicker. */
export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="unseen">Loading</span>
      <span class="bar" />
      <span class="bar" />
      <span class="bar" />
    </div>
  )
}

/** Why something failed, in the API's own words, and how to go on. */
export function Failure({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { message, hint, requestId } = tell(error)
  return (
    <div class="failure" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <strong>
            <Told text={message} />
          </strong>
        </p>
        {hint && (
          <p>
            <Told text={hint} />
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

/** Where there is nothing, what there could be. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  )
}
