import type { DeviceModelCheck, Sim } from '@handset/sdk'
import '../parts/caution.css'
import { Icon } from '../parts/icon.tsx'

/** What to tell the caller when an eSIM goes into another phone. `check` is that of the phone, if it is known. */
export function EsimHint({
  sims,
  check,
}: {
  sims: readonly Pick<Sim, 'type'>[]
  check?: DeviceModelCheck | undefined
}) {
  if (!sims.some(({ type }) => type === 'eSIM')) return null
  if (check?.eSIM.answer === 'no') {
    return (
      <div class="caution" role="alert">
        <Icon name="warning" />
        <p>The new phone takes no eSIM. The caller needs a SIM card instead.</p>
      </div>
    )
  }
  return (
    <p class="quiet">
      An eSIM cannot be moved by hand: the new phone has to download its profile, for example with a new QR code.
    </p>
  )
}
