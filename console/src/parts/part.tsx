import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import './part.css'

/** A titled section of a page. `action` is shown beside the title: buttons, a link or a note. */
export function Part({
  title,
  action,
  wide = false,
  chart = false,
  children,
}: {
  title: string
  action?: ComponentChildren
  /** Whether the section spans both columns of its page. */
  wide?: boolean
  chart?: boolean
  children: ComponentChildren
}) {
  const id = useId()
  return (
    <section class={`part${wide ? ' part-wide' : ''}${chart ? ' chart' : ''}`} aria-labelledby={id}>
      <header class="part-head">
        <h2 id={id}>{title}</h2>
        {action}
      </header>
      {children}
    </section>
  )
}
