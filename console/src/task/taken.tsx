import type { Device } from '@handset/sdk'
import { nameOf, nameOfUser } from '../device/name.ts'
import { InlineAction } from '../parts/inline-action.tsx'
import { hrefOf } from '../router.ts'
import '../parts/caution.css'
import { Icon } from '../parts/icon.tsx'

/** Says that a phone is registered already, and whose it is, with a button that uses it anyway. */
export function Taken({
  device,
  label,
  note,
  run,
}: {
  device: Device
  label: string
  note?: string
  run: () => Promise<void>
}) {
  const { user } = device
  return (
    <div class="caution" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          This phone is registered already: <a href={hrefOf(`/devices/${device.id}`)}>{nameOf(device)}</a>.{' '}
          {user === null ? 'Nobody has it.' : `It belongs to ${nameOfUser(user)}.`} {note}
        </p>
        <InlineAction label={label} isMain run={run} />
      </div>
    </div>
  )
}
