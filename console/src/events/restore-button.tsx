import type { Device, Event, Handset, Sim, User } from '@handset/sdk'
import { useNotices } from '../notices.tsx'
import { InlineAction } from '../parts/inline-action.tsx'
import { hrefOf, navigate } from '../router.ts'
import { useSession } from '../session.ts'
import { restoreDevice, restoreSim, restoreUser } from '../task/restore.ts'
import { typeOf } from './event.ts'

interface Restoring {
  label: string
  /** Adds the object again, and returns its new path. */
  restore(handset: Handset): Promise<string>
  remove(handset: Handset, id: string): Promise<unknown>
}

/** Undoes the deletion of a device, a SIM or a user. Shows nothing for other events, or if the data is gone. */
export function RestoreButton({ event, isMain = false }: { event: Event; isMain?: boolean }) {
  const { handset } = useSession()
  const { notify } = useNotices()
  const restoring = restoringOf(event)
  if (restoring === null) return null
  const { label, restore, remove } = restoring
  return (
    <InlineAction
      label={label}
      isMain={isMain}
      run={async () => {
        const path = await restore(handset)
        navigate(hrefOf(path))
        notify('Added again, with a new id.', () => remove(handset, path.slice(path.lastIndexOf('/') + 1)))
      }}
    />
  )
}

function restoringOf(event: Event): Restoring | null {
  const { subject, verb } = typeOf(event)
  const data: unknown = event.data
  if (verb !== 'deleted' || data === null) return null
  switch (subject) {
    case 'device':
      return {
        label: 'Register it again, with a new id',
        restore: async (handset) => `/devices/${(await restoreDevice(handset, data as Device)).id}`,
        remove: (handset, id) => handset.devices.delete(id),
      }
    case 'sim':
      return {
        label: 'Add it again, with a new id',
        restore: async (handset) => `/sims/${(await restoreSim(handset, data as Sim)).id}`,
        remove: (handset, id) => handset.sims.delete(id),
      }
    case 'user': {
      const user = data as User
      // A week after the deletion, the name and e-mail address are removed from the event.
      if (user.email === null) return null
      return {
        label: 'Add them again, with a new id',
        restore: async (handset) => `/users/${(await restoreUser(handset, user)).id}`,
        remove: (handset, id) => handset.users.delete(id),
      }
    }
    default:
      return null
  }
}
