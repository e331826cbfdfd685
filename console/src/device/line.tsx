import type { Device } from '@handset/sdk'
import type { ComponentChildren } from 'preact'
import { EsimMark } from '../model/esim.tsx'
import { Imei } from '../parts/digits.tsx'
import { Icon } from '../parts/icon.tsx'
import '../parts/object-line.css'
import { hrefOf } from '../router.ts'
import { nameOf, nameOfModel } from './name.ts'

/** A device in one line, with a link to its page. */
export function DeviceLine({ device }: { device: Device }) {
  return (
    <div class="object-line">
      <Icon name={device.model?.type ?? 'question'} />
      <span>
        <a href={hrefOf(`/devices/${device.id}`)}>{nameOf(device)}</a>
        <span class="quiet">
          {device.name !== null && device.model !== null && `${nameOfModel(device.model)} · `}
          {device.imei !== null && <Imei number={device.imei} />}
        </span>
      </span>
    </div>
  )
}

/** Devices, one line each, with whether each takes an eSIM. */
export function DeviceLines({ devices, none }: { devices: readonly Device[]; none: ComponentChildren }) {
  if (devices.length === 0) return <>{none}</>
  return (
    <ul class="object-list">
      {devices.map((device) => (
        <li key={device.id}>
          <DeviceLine device={device} />
          <span class="quiet esim-note">
            eSIM <EsimMark model={device.model} />
          </span>
        </li>
      ))}
    </ul>
  )
}
