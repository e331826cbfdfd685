import { isDeepStrictEqual } from 'node:util'
import type { Interval } from './linearizability.ts'
import type { ApiResponse } from './server.ts'

/** A device of the fleet. SIMs and users are ids. */
export interface FleetDevice {
  id: string
  name: string | null
  user: string | null
  sims: readonly string[]
}

/** A whole fleet: devices by IMEI, and the ids of users by e-mail address. */
export interface Fleet {
  devices: Readonly<Record<string, FleetDevice>>
  users: Readonly<Record<string, string>>
}

/** A change or a read, as its client requests it. */
export type FleetRequest =
  | { verb: 'createDevice'; imei: string; name: string; user: string | null; sims: string[]; moveSims: boolean }
  | { verb: 'updateDevice'; id: string; name: string; user: string | null; sims: string[]; moveSims: boolean }
  | { verb: 'deleteDevice'; id: string }
  | { verb: 'getDevice'; id: string }
  | { verb: 'listDevices' }
  | { verb: 'createUser'; email: string }
  | { verb: 'deleteUser'; id: string }

export interface FleetOperation extends Interval {
  request: FleetRequest
  /** Null if its client never got one: the change was applied or not. A create must have one, since it makes an id. */
  response: Pick<ApiResponse, 'status' | 'body'> | null
}

/** The states after an operation, as docs/contract.md §8 and §9 specify it. */
export function specifyFleet(fleet: Fleet, { request, response }: FleetOperation): Fleet[] {
  if (response === null) return [fleet, ...changed(fleet, request, null)]
  if (response.status >= 400) return isRejected(fleet, request, response) ? [fleet] : []
  if (request.verb === 'listDevices') return isDeepStrictEqual(fleet.devices, devicesIn(response.body)) ? [fleet] : []
  if (request.verb === 'getDevice') return shows(response.body, find(fleet, request.id)) ? [fleet] : []
  return changed(fleet, request, response.body)
}

/** The state after a change that succeeds with this body. Empty if it cannot. */
function changed(fleet: Fleet, request: FleetRequest, body: ApiResponse['body'] | null): Fleet[] {
  const { devices, users } = fleet
  switch (request.verb) {
    case 'createDevice':
    case 'updateDevice': {
      const { name, user, sims } = request
      const entry = request.verb === 'updateDevice' ? find(fleet, request.id) : undefined
      const imei = request.verb === 'createDevice' ? request.imei : entry?.[0]
      const isPossible = request.verb === 'createDevice' ? !(request.imei in devices) : entry !== undefined
      if (!isPossible || imei === undefined || lacks(fleet, user)) return []
      if (!request.moveSims && areUsed(fleet, sims, imei)) return []
      const device = { id: entry?.[1].id ?? body?.id ?? '', name, user, sims }
      if (body !== null && !shows(body, [imei, device])) return []
      return [{ devices: mapValues({ ...without(devices, sims), [imei]: device }, (each) => each), users }]
    }
    case 'deleteDevice': {
      const entry = find(fleet, request.id)
      if (entry === undefined || (body !== null && !shows(body, entry))) return []
      const { [entry[0]]: _, ...others } = devices
      return [{ devices: others, users }]
    }
    case 'createUser':
      return request.email in users ? [] : [{ devices, users: { ...users, [request.email]: body?.id ?? '' } }]
    case 'deleteUser': {
      if (lacks(fleet, request.id)) return []
      const release = (device: FleetDevice) =>
        device.user === request.id ? { ...device, user: null, name: null } : device
      return [
        {
          devices: mapValues(devices, release),
          users: Object.fromEntries(Object.entries(users).filter(([, id]) => id !== request.id)),
        },
      ]
    }
    default:
      return [fleet]
  }
}

/** Whether a request is rejected with this response. */
function isRejected(
  fleet: Fleet,
  request: FleetRequest,
  { status, body }: NonNullable<FleetOperation['response']>,
): boolean {
  const codes: unknown[] = (body.details ?? []).map(({ code }: { code: string }) => code)
  const has = (code: string) => codes.includes(code)
  switch (request.verb) {
    case 'createDevice':
      if (status === 404) return lacks(fleet, request.user)
      if (has('deviceImeiAlreadyExists')) return request.imei in fleet.devices
      return has('deviceSimAlreadyUsed') && !request.moveSims && areUsed(fleet, request.sims, request.imei)
    case 'updateDevice': {
      const entry = find(fleet, request.id)
      if (status === 404) return entry === undefined || lacks(fleet, request.user)
      if (entry === undefined || !has('deviceSimAlreadyUsed')) return false
      return !request.moveSims && areUsed(fleet, request.sims, entry[0])
    }
    case 'getDevice':
    case 'deleteDevice':
      return status === 404 && find(fleet, request.id) === undefined
    case 'createUser':
      return has('userAlreadyExists') && request.email in fleet.users
    case 'deleteUser':
      return status === 404 && lacks(fleet, request.id)
    default:
      return false
  }
}

/** The devices of a list, by IMEI. */
export function devicesIn({ items }: ApiResponse['body']): Record<string, FleetDevice> {
  return Object.fromEntries(items.map((device: ApiResponse['body']) => [device.imei, deviceIn(device)]))
}

function deviceIn({ id, name, user, sims }: ApiResponse['body']): FleetDevice {
  return { id, name, user: user?.id ?? null, sims: sims.map((sim: { id: string }) => sim.id) }
}

function shows(body: ApiResponse['body'], entry: readonly [string, FleetDevice] | undefined): boolean {
  return entry !== undefined && body.imei === entry[0] && isDeepStrictEqual(deviceIn(body), entry[1])
}

function find({ devices }: Fleet, id: string): [string, FleetDevice] | undefined {
  return Object.entries(devices).find(([, device]) => device.id === id)
}

function lacks({ users }: Fleet, user: string | null): boolean {
  return user !== null && !Object.values(users).includes(user)
}

/** Whether one of these SIMs is on another device than the one with this IMEI. */
function areUsed({ devices }: Fleet, sims: readonly string[], imei: string): boolean {
  return Object.entries(devices).some(
    ([other, device]) => other !== imei && device.sims.some((sim) => sims.includes(sim)),
  )
}

/** The devices without these SIMs. */
function without(devices: Fleet['devices'], sims: readonly string[]): Record<string, FleetDevice> {
  return mapValues(devices, (device) => ({ ...device, sims: device.sims.filter((sim) => !sims.includes(sim)) }))
}

/** Maps the values of a record. Its keys are sorted, so that equal states have equal JSON. */
function mapValues<T>(record: Readonly<Record<string, T>>, map: (value: T) => T): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, map(value)]),
  )
}
