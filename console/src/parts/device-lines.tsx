import type { Device, DeviceModel } from '@handset/sdk'
import type { ComponentChildren } from 'preact'
import { hrefOf } from '../router.ts'
import { Imei } from './digits.tsx'
import { EsimMark } from './esim.tsx'
import { Icon } from './icon.tsx'

/** What to call a device that may have no name. */
export function nameOf({ name, model }: Device): string {
  return name ?? nameOfModel(model)
}

/** What to call a model that the catalogue may not know. */
export function nameOfModel(model: DeviceModel | null): string {
  return model === null ? 'Unknown model' : `${model.brand} ${model.name}`
}

/** A device in a line: which it is, and the way to it. */
export function DeviceLine({ device }: { device: Device }) {
  return (
    <div class="object-line">
      <Icon name={device.model?.type ?? 'question'} />
      <span>
        <a href={hrefOf(`/devices/${device.id}`)}>{nameOf(device)}</a>
        <span class="quiet">{device.imei !== null && <Imei number={device.imei} />}</span>
      </span>
    </div>
  )
}

/** Devices, a line each, and whether they take an eSIM. */
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
