import type { Device, DeviceModel, Sim, User } from '@handset/sdk'
import { nameOf, nameOfModel, nameOfUser } from '../device/name.ts'
import { TYPE_NAMES } from '../model/type.ts'
import type { IconName } from '../parts/icon.tsx'
import { hrefOf } from '../router.ts'
import { STATUS_NAMES } from '../sim/status-names.ts'
import { SIM_TYPE_NAMES } from '../sim/type-names.ts'

/** Something that a search found. */
export type Hit =
  | { kind: 'user'; object: User }
  | { kind: 'device'; object: Device }
  | { kind: 'sim'; object: Sim }
  | { kind: 'model'; object: DeviceModel }

export type Kind = Hit['kind']
export type HitOf<Of extends Kind> = Extract<Hit, { kind: Of }>

/** Every kind, in the order of groups. */
export const KINDS: readonly Kind[] = ['user', 'device', 'sim', 'model']

export const GROUPS: Record<Kind, string> = { user: 'Users', device: 'Devices', sim: 'SIMs', model: 'Models' }

const LISTS: Record<Kind, string> = { user: 'users', device: 'devices', sim: 'sims', model: 'models' }

export function hrefOfHit({ kind, object }: Hit): string {
  return hrefOf(`/${LISTS[kind]}/${object.id}`)
}

/** The list with everything of a kind that a text finds. */
export function hrefOfGroup(kind: Kind, q: string): string {
  return hrefOf(`/${LISTS[kind]}`, { q })
}

export function iconOf({ kind, object }: Hit): IconName {
  switch (kind) {
    case 'user':
      return 'user'
    case 'sim':
      return 'sim'
    case 'device':
      return object.model?.type ?? 'question'
    case 'model':
      return object.type
  }
}

export function titleOf({ kind, object }: Hit): string {
  switch (kind) {
    case 'user':
      return nameOfUser(object)
    case 'sim':
      return object.iccid
    case 'device':
      return nameOf(object)
    case 'model':
      return nameOfModel(object)
  }
}

/** What distinguishes the object from others with the same title, in parts. An IMEI is a part of its own. */
export function notesOf({ kind, object }: Hit): (string | { imei: string })[] {
  switch (kind) {
    case 'user':
      return object.fullName === null ? [] : [object.email]
    case 'sim':
      return [SIM_TYPE_NAMES[object.type], STATUS_NAMES[object.status], object.provider]
    case 'device':
      return [
        ...(object.name === null ? [] : [nameOfModel(object.model)]),
        ...(object.imei === null ? [] : [{ imei: object.imei }]),
        object.user === null ? 'nobody' : nameOfUser(object.user),
      ]
    case 'model':
      return [TYPE_NAMES[object.type]]
  }
}
