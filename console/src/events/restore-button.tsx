import type { Device, Event, Handset, Sim, User } from '@handset/sdk'
import { useNotices } from '../notices.tsx'
import { InlineAction } from '../parts/inline-action.tsx'
import { hrefOf, navigate } from '../router.ts'
import { useSession } from '../session.ts'
import { restoreDevice, restoreSim, restoreUser } from '../task/restore.ts'
import { typeOf } from './event.ts'

interface Restoring {
  label: string
  /** The path of the list of such objects. */
  list: string
  /** Adds the object again. */
  restore(handset: Handset): Promise<{ id: string }>
  remove(handset: Handset, id: string): Promise<unknown>
}

/** Undoes the deletion of a device, a SIM or a user. Shows nothing for other events, or if the data is gone. */
export function RestoreButton({ event, isMain = false }: { event: Event; isMain?: boolean }) {
  const { handset } = useSession()
  const { notify } = useNotices()
  const restoring = restoringOf(event)
  if (restoring === null) return null
  const { label, list, restore, remove } = restoring
  return (
    <InlineAction
      label={label}
      isMain={isMain}
      run={async () => {
        const { id } = await restore(handset)
        navigate(hrefOf(`${list}/${id}`))
        notify('Added again, with a new id.', () => remove(handset, id))
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
        list: '/devices',
        restore: (handset) => restoreDevice(handset, data as Device),
        remove: (handset, id) => handset.devices.delete(id),
      }
    case 'sim':
      return {
        label: 'Add it again, with a new id',
        list: '/sims',
        restore: (handset) => restoreSim(handset, data as Sim),
        remove: (handset, id) => handset.sims.delete(id),
      }
    case 'user': {
      const user = data as User
      // A week after the deletion, the name and e-mail address are removed from the event.
      if (user.email === null) return null
      return {
        label: 'Add them again, with a new id',
        list: '/users',
        restore: (handset) => restoreUser(handset, user),
        remove: (handset, id) => handset.users.delete(id),
      }
    }
    default:
      return null
  }
}
