import type { ComponentChildren } from 'preact'
import { useMayChange } from '../session.ts'

/** Shows its content only if the key may change something. */
export function ForEditors({ children }: { children: ComponentChildren }) {
  return useMayChange() ? children : null
}
