import { useLoaded } from '../loading.ts'
import { useSession } from '../session.ts'

/** How many TACs the catalogue knows, and the command that adds more. */
export function CatalogueSize() {
  const { handset } = useSession()
  const [loaded] = useLoaded((signal) => handset.deviceModelCatalogue.retrieve({ signal }), [handset])
  if (loaded.state !== 'ready') return null
  const { tacs, suggestedList } = loaded.value
  return (
    <p class="quiet">
      The catalogue knows {tacs.toLocaleString()} TACs.
      {suggestedList !== null && (
        <>
          {' '}
          One command on the server adds about {suggestedList.tacs.toLocaleString()}:{' '}
          <code>npx handset catalogue import {suggestedList.name}</code>
        </>
      )}
    </p>
  )
}
