import type { Device } from '@handset/sdk'
import { nameOf, nameOfUser } from '../device/name.ts'
import '../parts/caution.css'
import { Icon } from '../parts/icon.tsx'
import { InlineAction } from '../parts/inline-action.tsx'
import { hrefOf } from '../router.ts'

/** Says that a SIM is in another phone, and offers to move it. */
export function MoveHere({ holder, run }: { holder: Device; run: () => Promise<void> }) {
  return (
    <div class="caution" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          This SIM is in <a href={hrefOf(`/devices/${holder.id}`)}>{nameOf(holder)}</a>
          {holder.user !== null && ` of ${nameOfUser(holder.user)}`}. Move it here?
        </p>
        <InlineAction label="Move it here" isMain run={run} />
      </div>
    </div>
  )
}
