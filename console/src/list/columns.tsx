import type { Device, DeviceModel, Sim, User, UserDevices } from '@handset/sdk'
import { nameOf, nameOfModel, nameOfUser } from '../device/name.ts'
import { EsimMark } from '../model/esim.tsx'
import { TYPE_NAMES } from '../model/type.ts'
import { Iccid, Imei } from '../parts/digits.tsx'
import { Icon } from '../parts/icon.tsx'
import { Day } from '../parts/time.tsx'
import { hrefOf } from '../router.ts'
import { Status } from '../sim/status.tsx'
import { SIM_TYPE_NAMES } from '../sim/type-names.ts'

export const DEVICE_COLUMNS = [
  {
    title: 'Device',
    cell: (device: Device) => (
      <span class="cell-main">
        <Icon name={device.model?.type ?? 'question'} />
        <a class="row-link" href={hrefOf(`/devices/${device.id}`)} title={nameOf(device)}>
          {nameOf(device)}
        </a>
        {device.name !== null && <span class="quiet">{nameOfModel(device.model)}</span>}
      </span>
    ),
  },
  { title: 'IMEI', cell: ({ imei }: Device) => imei !== null && <Imei number={imei} /> },
  {
    title: 'User',
    cell: ({ user }: Device) =>
      user === null ? <span class="quiet">nobody</span> : <a href={hrefOf(`/users/${user.id}`)}>{nameOfUser(user)}</a>,
  },
  { title: 'eSIM', cell: ({ model }: Device) => <EsimMark model={model} /> },
  { title: 'Added', cell: ({ createdAt }: Device) => <Day at={createdAt} /> },
]

/** How many devices a user has. */
export type UserDeviceCount = Pick<UserDevices['users'][number], 'count' | 'complete'>

export const USER_COLUMNS = [
  {
    title: 'User',
    cell: (user: User) => (
      <a class="row-link" href={hrefOf(`/users/${user.id}`)}>
        {nameOfUser(user)}
      </a>
    ),
  },
  { title: 'E-mail', cell: ({ email }: User) => email },
  {
    title: 'Devices',
    cell: ({ id }: User, devices: UserDeviceCount | undefined) => devices && <DeviceCount user={id} {...devices} />,
  },
  { title: 'Language', cell: ({ preferredLocale }: User) => preferredLocale },
  { title: 'Added', cell: ({ createdAt }: User) => <Day at={createdAt} /> },
]

function DeviceCount({ user, count, complete }: { user: string } & UserDeviceCount) {
  if (count === 0) return <span class="quiet">none</span>
  return (
    <a href={hrefOf('/devices', { user })}>
      {count.toLocaleString()}
      {!complete && '+'}
    </a>
  )
}

export const SIM_COLUMNS = [
  {
    title: 'ICCID',
    cell: (sim: Sim) => (
      <a class="row-link" href={hrefOf(`/sims/${sim.id}`)}>
        <Iccid number={sim.iccid} />
      </a>
    ),
  },
  {
    title: 'In device',
    cell: (_: Sim, device: Device | null | undefined) =>
      device === null ? (
        <span class="quiet">none</span>
      ) : (
        device && <a href={hrefOf(`/devices/${device.id}`)}>{nameOf(device)}</a>
      ),
  },
  {
    title: 'User',
    cell: (_: Sim, device: Device | null | undefined) =>
      device?.user && <a href={hrefOf(`/users/${device.user.id}`)}>{nameOfUser(device.user)}</a>,
  },
  { title: 'Type', cell: ({ type }: Sim) => SIM_TYPE_NAMES[type] },
  { title: 'Status', cell: (sim: Sim) => <Status of={sim} /> },
  { title: 'Provider', cell: ({ provider }: Sim) => provider },
  { title: 'Added', cell: ({ createdAt }: Sim) => <Day at={createdAt} /> },
]

export const MODEL_COLUMNS = [
  {
    title: 'Model',
    cell: (model: DeviceModel) => (
      <span class="cell-main">
        <Icon name={model.type} />
        <a class="row-link" href={hrefOf(`/models/${model.id}`)}>
          {model.name}
        </a>
      </span>
    ),
  },
  { title: 'Brand', cell: ({ brand }: DeviceModel) => brand },
  { title: 'Type', cell: ({ type }: DeviceModel) => TYPE_NAMES[type] },
  { title: 'eSIM', cell: (model: DeviceModel) => <EsimMark model={model} /> },
]
