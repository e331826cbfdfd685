import type { Device } from '@handset/sdk'
import { useLoaded } from '../loading.ts'
import { DeviceView } from '../parts/device.tsx'
import { nameOf } from '../parts/device-lines.tsx'
import { Shown } from '../parts/states.tsx'
import { useSession } from '../session.ts'
import { useTitle } from '../title.ts'

export function DevicePage({ id }: { id: string }) {
  const { handset } = useSession()
  const [loaded, show] = useLoaded((signal) => handset.devices.retrieve(id, { signal }), [handset, id])
  return (
    <Shown of={loaded} title="Device">
      {(device) => <Titled device={device} show={show} />}
    </Shown>
  )
}

function Titled({ device, show }: { device: Device; show: (device: Device) => void }) {
  useTitle(nameOf(device))
  return <DeviceView device={device} onChange={show} />
}
