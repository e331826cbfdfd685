import type { Device, UpdateDevice } from '@handset/sdk'
import { EsimAnswer } from '../model/answer.tsx'
import { ModelLine } from '../model/line.tsx'
import { Imei } from '../parts/digits.tsx'
import { MetadataPart, revertOf } from '../parts/metadata.tsx'
import { RecordPage } from '../parts/record-page.tsx'
import { RecordPart } from '../parts/record-part.tsx'
import { useSession } from '../session.ts'
import { restoreDevice } from '../task/restore.ts'
import { DeviceTask, TaskButton } from '../task/tasks.tsx'
import { type Change, useChange } from '../use-change.ts'
import { SimsPart } from './sims-part.tsx'
import { DeviceTitle } from './title.tsx'
import { UserPart } from './user-part.tsx'

/** A registered device and everything that can be done with it. `onChange` receives the device after a change. */
export function DeviceView({ device, onChange }: { device: Device; onChange: (device: Device) => void }) {
  const { handset } = useSession()
  const change: Change<UpdateDevice> = useChange(device, handset.devices.update, onChange)
  return (
    <RecordPage
      history={{ object: device.id }}
      head={
        <>
          <DeviceTitle device={device} change={change} />
          <ModelLine model={device.model} />
          {device.imei !== null && (
            <p class="number">
              <span class="quiet">IMEI</span> <Imei number={device.imei} copy />
            </p>
          )}
          {device.imei !== null && <EsimAnswer of={{ imei: device.imei }} />}
        </>
      }
      actions={
        <TaskButton task="replace" isMain>
          Replace phone
        </TaskButton>
      }
      task={<DeviceTask device={device} />}
    >
      <UserPart device={device} change={change} />
      <SimsPart device={device} change={change} />
      <MetadataPart
        metadata={device.metadata}
        save={(metadata) => change({ metadata }, 'Metadata saved.', { metadata: revertOf(device.metadata, metadata) })}
      />
      <RecordPart
        record={device}
        kind="device"
        name={device.name ?? device.imei ?? device.id}
        nameIs={device.name === null ? 'IMEI' : 'name'}
        list="/devices"
        remove={handset.devices.delete}
        restore={() => restoreDevice(handset, device)}
      >
        Its SIMs become free, and its IMEI can be registered again.
      </RecordPart>
    </RecordPage>
  )
}
