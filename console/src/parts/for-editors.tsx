import type { ComponentChildren } from 'preact'
import { useMayChange } from '../session.ts'

/** What only a key that may change something is offered. */
export function ForEditors({ children }: { children: ComponentChildren }) {
  return useMayChange() ? children : null
}
