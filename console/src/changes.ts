import { etagOf } from '@handset/sdk'
import { useNotices } from './notices.tsx'

/** Sends a change, says that it was done, and offers to undo it by another. */
export type Change<Body> = (body: Body, said: string, undo: Body) => Promise<void>

/**
 * Changes an object as it was shown: the API refuses it where somebody has changed the object since. `onChange` hears of
 * the object as it is then.
 */
export function useChange<Resource extends { id: string }, Body>(
  shown: Resource,
  update: (id: string, body: Body, options: { ifMatch: string | undefined }) => Promise<Resource>,
  onChange: (resource: Resource) => void,
): Change<Body> {
  const { say } = useNotices()
  return async (body, said, undo) => {
    const changed = await update(shown.id, body, { ifMatch: etagOf(shown) })
    onChange(changed)
    say(said, async () => onChange(await update(shown.id, undo, { ifMatch: etagOf(changed) })))
  }
}
