import { useEffect, useRef } from 'preact/hooks'
import type { Pages } from './paging.ts'

/** How near the button must be before more is loaded. */
const NEARNESS = '600px 0px'

/**
 * Loads more when it comes near the window, and when it is pressed. With `onlyScrolled` it waits until the person has
 * scrolled.
 */
export function More({
  label,
  busy,
  show,
  onlyScrolled = false,
}: {
  label: string
  busy: boolean
  show: Pages<unknown>['showOlder']
  onlyScrolled?: boolean
}) {
  const button = useRef<HTMLButtonElement>(null)
  const latest = useRef(show)
  latest.current = show
  useEffect(() => {
    let scrolled = !onlyScrolled
    let near = false
    const observer = new IntersectionObserver(
      ([entry]) => {
        near = entry?.isIntersecting ?? false
        if (near && scrolled) latest.current()
      },
      { rootMargin: NEARNESS },
    )
    const onScroll = () => {
      scrolled = true
      if (near) latest.current()
    }
    // Observe again after every page, since the button may still be near.
    if (!busy && button.current) observer.observe(button.current)
    if (onlyScrolled) window.addEventListener('scroll', onScroll, { once: true, passive: true })
    return () => {
      observer.disconnect()
      window.removeEventListener('scroll', onScroll)
    }
  }, [busy, onlyScrolled])
  return (
    <p class="more">
      <button ref={button} type="button" class="button" aria-disabled={busy} onClick={show}>
        {busy ? 'Loading' : label}
      </button>
    </p>
  )
}
