import type { Device } from '@handset/sdk'
import { nameOf } from '../device/name.ts'
import { DeviceView } from '../device/view.tsx'
import { Gone } from '../events/gone.tsx'
import { useLoaded } from '../loading.ts'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { useSession } from '../session.ts'
import { useTitle } from '../title.ts'

export function DevicePage({ id }: { id: string }) {
  const { handset } = useSession()
  const [loaded, show] = useLoaded((signal) => handset.devices.retrieve(id, { signal }), [handset, id])
  return (
    <WhenLoaded loaded={loaded} title="Device" gone={<Gone kind="device" id={id} />}>
      {(device) => <Titled device={device} show={show} />}
    </WhenLoaded>
  )
}

function Titled({ device, show }: { device: Device; show: (device: Device) => void }) {
  useTitle(nameOf(device))
  return <DeviceView device={device} onChange={show} />
}
