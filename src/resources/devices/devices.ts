import type { Caller } from '../../caller.ts'
import type { Context, ObjectChange, Precondition } from '../../context.ts'
import { countJson, foundList, listOf } from '../../contract/list.ts'
import type { Queries } from '../../db/port.ts'
import { unawaited } from '../../db/unawaited.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import { toCursor } from '../../domain/cursor.ts'
import { idsFrom } from '../../domain/id.ts'
import { tacOf, toImei } from '../../domain/imei.ts'
import { mergeMetadata } from '../../domain/metadata.ts'
import { toMilliseconds } from '../../domain/time.ts'
import { parseSearch } from '../../domain/words.ts'
import { invalid, notFound, orNotFound, type Problem, referenceNotFound } from '../../errors.ts'
import { findCurrentId, toModelFilters } from '../device-models/device-models.ts'
import { NO_MODEL } from '../device-models/filters.ts'
import { resolveSimIds } from '../sims/sims.ts'
import {
  type CountDevices,
  type CreateDevice,
  type Device,
  type ListDevices,
  UNKNOWN_MODEL,
  type UpdateDevice,
} from './schema.ts'
import * as store from './store.ts'
import { textsOf } from './texts.ts'

/**
 * Registers a device. Returns it as JSON.
 *
 * Throws `notFound` naming a user or SIM that does not exist, and `invalid` if the IMEI is registered in the project or a
 * SIM is on another device and `moveSims` is not set, with a detail for each.
 */
export function createDevice(context: Context, caller: Caller, input: CreateDevice): Promise<string> {
  const { project } = caller
  const userId = caller.userId ?? input.user ?? null
  return context.change(caller, async (tx) => {
    const { id, createdAt } = context.newId('dev', project.tag)
    const { simIds, created } = await resolveSimIds(tx, context, caller, input.sims ?? [])
    const simDevices = await requireReferences(tx, caller, { deviceId: id, userId, simIds })
    const imei = toImei(input.imei)
    const { metadata = {} } = input
    const texts = textsOf(input)
    const row = { id, imei, tac: tacOf(imei), userId, ...texts, metadata: JSON.stringify(metadata), createdAt }
    const [inserted, withoutSims] = await Promise.all([
      store.insertDevice(tx, project.id, row),
      simIds.length === 0 ? store.findDevice(tx, project.id, id, null) : undefined,
    ])
    const taken = simsElsewhere(simIds, simDevices, id)
    const problems = [...(inserted ? [] : [imeiTaken()]), ...(input.moveSims ? [] : taken.map(simTaken))]
    if (problems.length > 0) {
      // The IMEI may be free because another transaction has just deleted its device, which this one still sees, with its
      // SIMs. PostgreSQL ends a transaction that writes to such a device, and it is run again.
      if (inserted) await store.touchDevices(tx, project.id, devicesOf(simIds, simDevices, id))
      throw invalid(problems)
    }
    const emptied = taken.length > 0 ? await takeSims(tx, caller, simIds, simDevices, id) : []
    await attachSims(tx, project.id, id, simIds)
    const json = withoutSims ?? (await readDevice(tx, caller, id))
    const now = { id, user: userId, ...texts, metadata }
    return { response: json, changes: [...created, ...emptied, { kind: 'device', before: null, after: json, now }] }
  })
}

/** Returns a device as JSON. Throws `notFound`. A user token sees only its own user's devices. */
export function getDevice(db: Queries, { project, userId }: Caller, id: string): Awaitable<string> {
  return andThen(store.findDevice(db, project.id, id, userId), (json) => orNotFound(json, 'device'))
}

/** Throws `notFound` for a device that the caller may not change. A user token may change one without a user, to claim it. */
export function requireChangeableDevice(db: Queries, caller: Caller, id: string): Awaitable<void> {
  return andThen(store.findDeviceFields(db, caller.project.id, id), (fields) => {
    if (fields === undefined || !mayChange(caller, fields.user_id, caller.userId)) throw notFound('device')
  })
}

export function searchDevices(
  { db }: Context,
  { project, userId }: Caller,
  { imei }: { imei: string },
): Awaitable<string> {
  return andThen(store.findDeviceByImei(db, project.id, toImei(imei), userId), (json) =>
    foundList(json === undefined ? [] : [json]),
  )
}

export function listDevices({ db }: Context, { project, userId }: Caller, query: ListDevices): Awaitable<string> {
  return andThen(toFilters(db, query), (filters) =>
    andThen(store.listDevices(db, project.id, filters, userId, toCursor(query)), listOf),
  )
}

/** Counts the devices in the list with these filters. Returns JSON. */
export async function countListedDevices({ db }: Context, { project }: Caller, query: CountDevices): Promise<string> {
  return countJson(await store.countDevices(db, project.id, await toFilters(db, query)))
}

function toFilters(db: Queries, query: CountDevices): Awaitable<store.DeviceFilters> {
  const { createdAfter, createdBefore, q, model } = query
  const filters = {
    sim: query.sim,
    sims: query.sims && [...new Set(query.sims)],
    user: query.user,
    tac: query.tac && [...new Set(query.tac)],
    model: toModelFilters(query),
    terms: q === undefined ? [] : parseSearch(q),
    idsFrom: createdAfter === undefined ? undefined : idsFrom('dev', toMilliseconds(createdAfter)),
    idsUpTo: createdBefore === undefined ? undefined : idsFrom('dev', toMilliseconds(createdBefore)),
  }
  if (model === undefined) return filters
  if (model === UNKNOWN_MODEL) return { ...filters, model: { ...filters.model, id: [NO_MODEL] } }
  return andThen(findCurrentId(db, model), (id) => ({ ...filters, model: { ...filters.model, id: [id] } }))
}

/**
 * Changes the given properties of a device. Returns it as JSON. Throws as `createDevice` does.
 *
 * With a user token, setting `user` to that user claims a device that has none.
 */
export function updateDevice(
  context: Context,
  caller: Caller,
  id: string,
  input: UpdateDevice,
  precondition: Precondition,
): Promise<string> {
  const { project } = caller
  return context.change(caller, async (tx) => {
    const before = await readDevice(tx, caller, id)
    const fields: Device = JSON.parse(before)
    if (!mayChange(caller, fields.user?.id ?? null, input.user)) throw notFound('device')
    const { simIds, created } = await resolveSimIds(tx, context, caller, input.sims ?? [])
    const simDevices = await requireReferences(tx, caller, { deviceId: id, userId: input.user ?? null, simIds })
    const { metadata, problems } = mergeMetadata(fields.metadata, input.metadata ?? {}, 'metadata')
    const taken = simsElsewhere(simIds, simDevices, id)
    if (!input.moveSims) problems.unshift(...taken.map(simTaken))
    if (problems.length > 0) throw invalid(problems)
    precondition?.(before)
    const texts = textsOf(input, fields)
    unawaited(
      store.updateDevice(tx, project.id, id, { user_id: input.user, ...texts, metadata: JSON.stringify(metadata) }),
    )
    const emptied = taken.length > 0 ? await takeSims(tx, caller, simIds, simDevices, id) : []
    if (input.sims !== undefined) {
      unawaited(store.detachAllSims(tx, project.id, id))
      await attachSims(tx, project.id, id, simIds)
    }
    const keepsOthers = input.user === undefined && input.sims === undefined
    const now = keepsOthers ? { ...fields, ...texts, metadata } : await parseDevice(tx, caller, id)
    // The stores render JSON byte for byte as `JSON.stringify` does, so most changes need not read the device again.
    const after = JSON.stringify(now)
    return { response: after, changes: [...created, ...emptied, { kind: 'device', before, after, old: fields, now }] }
  })
}

/** Deletes a device and frees its SIMs. Returns it as it was, as JSON. */
export function removeDevice(
  { change }: Context,
  caller: Caller,
  id: string,
  precondition: Precondition,
): Promise<string> {
  const { project } = caller
  return change(caller, async (tx) => {
    const json = await getDevice(tx, caller, id)
    precondition?.(json)
    const old: Device = JSON.parse(json)
    if (old.sims.length > 0) unawaited(store.detachAllSims(tx, project.id, id))
    unawaited(store.deleteDevice(tx, project.id, id))
    return { response: json, changes: [{ kind: 'device', before: json, after: null, old }] }
  })
}

/** Removes user and name from all devices of a user. Returns what that changed. */
export async function releaseDevices(tx: Queries, { project }: Caller, userId: string): Promise<ObjectChange[]> {
  const before = await store.findDevicesOfUser(tx, project.id, userId)
  if (before.size === 0) return []
  unawaited(store.releaseDevices(tx, project.id, userId))
  return changesSince(tx, project.id, before)
}

/** Takes these SIMs off the devices that they are on, other than `deviceId`. Returns what that changed. */
async function takeSims(
  tx: Queries,
  { project }: Caller,
  simIds: readonly string[],
  simDevices: Map<string, string | null>,
  deviceId: string,
): Promise<ObjectChange[]> {
  const others = devicesOf(simIds, simDevices, deviceId)
  const before = await store.findDevices(tx, project.id, others)
  unawaited(store.detachSims(tx, project.id, simIds))
  unawaited(store.touchDevices(tx, project.id, others))
  return changesSince(tx, project.id, before)
}

/** The changes of devices since they were read. */
async function changesSince(tx: Queries, projectId: string, before: Map<string, string>): Promise<ObjectChange[]> {
  const after = await store.findDevices(tx, projectId, [...before.keys()])
  return [...before].map(([id, json]) => ({ kind: 'device', before: json, after: after.get(id) ?? null }))
}

/** The device as JSON, even if the caller can no longer see it after the change. */
export function readDevice(db: Queries, { project }: Caller, id: string): Awaitable<string> {
  return andThen(store.findDevice(db, project.id, id, null), (json) => orNotFound(json, 'device'))
}

async function parseDevice(db: Queries, caller: Caller, id: string): Promise<Device> {
  return JSON.parse(await readDevice(db, caller, id))
}

/**
 * Whether a caller may change a device of this owner. A key may change any device. A user token may change its own user's
 * devices, and claim a device without an owner.
 */
function mayChange({ userId }: Caller, owner: string | null, newOwner: string | null | undefined): boolean {
  return userId === null || owner === userId || (owner === null && newOwner === userId)
}

/** Returns the device that each SIM is on. Throws `notFound`, which names each object that is missing or invisible. */
async function requireReferences(
  tx: Queries,
  { project, userId: visibleTo }: Caller,
  { deviceId, userId, simIds }: { deviceId: string; userId: string | null; simIds: readonly string[] },
): Promise<Map<string, string | null>> {
  const simDevices =
    simIds.length > 0 ? await store.findSimDevices(tx, project.id, simIds, visibleTo, deviceId) : new Map()
  const missing = simIds
    .map((id, position) => ({ kind: 'SIM', id, property: `sims[${position}]` }))
    .filter(({ id }) => !simDevices.has(id))
  if (userId !== null && !(await store.hasUser(tx, project.id, userId))) {
    missing.unshift({ kind: 'user', id: userId, property: 'user' })
  }
  if (missing.length > 0) throw referenceNotFound(missing)
  return simDevices
}

async function attachSims(tx: Queries, projectId: string, deviceId: string, simIds: readonly string[]): Promise<void> {
  const attached = await Promise.all(
    simIds.map((simId, position) => store.attachSim(tx, projectId, simId, deviceId, position)),
  )
  // It was free or on this device when it was read; a request on another node has taken it since.
  const taken = attached.indexOf(false)
  if (taken >= 0) throw invalid([simTaken(`sims[${taken}]`)])
}

/** The devices that these SIMs are on, other than `deviceId`. */
function devicesOf(simIds: readonly string[], simDevices: Map<string, string | null>, deviceId: string): string[] {
  const others = new Set(simIds.map((simId) => simDevices.get(simId) ?? deviceId))
  others.delete(deviceId)
  return [...others]
}

/** The properties of the body that name SIMs on another device. They are moved only on request, never silently. */
function simsElsewhere(simIds: readonly string[], simDevices: Map<string, string | null>, deviceId: string): string[] {
  return simIds.flatMap((simId, position) => {
    const onDevice = simDevices.get(simId) ?? null
    return onDevice === null || onDevice === deviceId ? [] : [`sims[${position}]`]
  })
}

export function imeiTaken(): Problem {
  return {
    code: 'deviceImeiAlreadyExists',
    property: 'imei',
    message: 'The project already has a device with this IMEI',
    hint: 'Find it with POST devices/search, then update or delete it.',
  }
}

export function simTaken(property: string): Problem {
  return {
    code: 'deviceSimAlreadyUsed',
    property,
    message: 'The SIM is on another device',
    hint: 'Detach it first: find its device with GET devices?sim=… and update that device with its other `sims`; or set `moveSims`.',
  }
}
