import { etagOf } from '@handset/sdk'
import { useNotices } from './notices.tsx'

/** Sends a change, reports that it was made, and offers to undo it: with another change, or with a function. */
export type Change<Body> = (body: Body, message: string, undo: Body | (() => Promise<unknown>)) => Promise<void>

/**
 * Changes an object, provided that nobody else has changed it since it was loaded (docs/contract.md §8). `onChange`
 * receives the object as it is after the change.
 */
export function useChange<Resource extends { id: string }, Body extends object>(
  loaded: Resource,
  update: (id: string, body: Body, options: { ifMatch: string | undefined }) => Promise<Resource>,
  onChange: (resource: Resource) => void,
): Change<Body> {
  const { notify } = useNotices()
  return async (body, message, undo) => {
    const changed = await update(loaded.id, body, { ifMatch: etagOf(loaded) })
    onChange(changed)
    notify(
      message,
      typeof undo === 'function'
        ? undo
        : async () => onChange(await update(loaded.id, undo, { ifMatch: etagOf(changed) })),
    )
  }
}
