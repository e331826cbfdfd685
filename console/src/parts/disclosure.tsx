import type { ComponentChildren, RefObject } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { useFocusFallback } from '../focus.ts'
import { useMayChange } from '../session.ts'

/** A form or dialog that a button opens. */
export interface Disclosure {
  isOpen: boolean
  open(): void
  close(): void
  button: RefObject<HTMLButtonElement | null>
}

/**
 * Opens and closes a form. When the form closes, or `content` changes and takes the focused element with it, the focus
 * returns to the button.
 */
export function useDisclosure(content: string | number | null = null): Disclosure {
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  useFocusFallback(`${isOpen} ${content}`, () => button.current?.focus())
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false), button }
}

/** The button that opens a disclosure, for those who may change something. */
export function OpenButton({
  disclosure,
  danger = false,
  children,
}: {
  disclosure: Disclosure
  danger?: boolean
  children: ComponentChildren
}) {
  if (!useMayChange()) return null
  return (
    <button
      ref={disclosure.button}
      type="button"
      class={danger ? 'button button-quiet button-danger-quiet' : 'button button-quiet'}
      onClick={disclosure.open}
    >
      {children}
    </button>
  )
}
