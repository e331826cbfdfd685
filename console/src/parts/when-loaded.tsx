import type { ComponentChildren } from 'preact'
import type { Loaded } from '../loading.ts'
import { isNotFound } from '../problems.ts'
import { Failure } from './failure.tsx'
import { Heading } from './heading.tsx'
import './when-loaded.css'

/**
 * Shows a value once it is loaded. Until then it shows a placeholder, and an error if loading fails. If the heading of
 * the page depends on the value, `title` is the heading above an error. If the object does not exist, it shows `gone`
 * instead of the error.
 */
export function WhenLoaded<Value>({
  loaded,
  title,
  gone,
  children,
}: {
  loaded: Loaded<Value>
  title?: string
  gone?: ComponentChildren
  children: (value: Value) => ComponentChildren
}) {
  if (loaded.state === 'loading') return <Loading />
  if (loaded.state === 'failed' && gone && isNotFound(loaded.error)) return <>{gone}</>
  if (loaded.state === 'failed') {
    return (
      <>
        {title && <Heading title={title} />}
        <Failure error={loaded.error} retry={isNotFound(loaded.error) ? undefined : loaded.retry} />
      </>
    )
  }
  return <>{children(loaded.value)}</>
}

/** Grey bars where content will be. They appear after a moment, so that fast responses do not flicker. */
export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">Loading</span>
      <span class="bar" />
      <span class="bar" />
      <span class="bar" />
    </div>
  )
}
