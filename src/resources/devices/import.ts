import { differingProperties, type ImportOutcome, type ImportRules, rejected } from '../../bulk/outcome.ts'
import type { Caller, StoredProject } from '../../caller.ts'
import type { Context, ObjectChange } from '../../context.ts'
import type { Queries } from '../../db/port.ts'
import { type Iccid, toIccid } from '../../domain/iccid.ts'
import { idPattern } from '../../domain/id.ts'
import { type Imei, tacOf, toImei } from '../../domain/imei.ts'
import { emailKey } from '../../domain/keys.ts'
import { mergeMetadata } from '../../domain/metadata.ts'
import { invalid, type Problem, referenceNotFound, unavailable } from '../../errors.ts'
import { imeiTaken, simTaken } from './devices.ts'
import type { DeviceTexts, ImportDevice } from './schema.ts'
import * as store from './store.ts'
import { textsOf } from './texts.ts'

const USER_ID = new RegExp(idPattern('usr'))

/** A row, with its values as the store needs them. Undefined means that the row does not have the property. */
interface WantedDevice {
  imei: Imei
  /** The key by which the owner is looked up; null for no owner. */
  owner: string | null | undefined
  iccids: Iccid[] | undefined
  texts: Partial<DeviceTexts>
  metadata: Record<string, string> | undefined
}

/** A device of the batch, as it is after the rows so far. */
interface KnownDevice extends store.StoredDevice {
  sims: readonly store.FoundSim[]
  /** Whether this batch creates it. */
  isNew: boolean
}

const NO_SIMS: readonly store.FoundSim[] = []

/**
 * Imports devices, each identified by its IMEI. Returns an outcome for each row, and throws only errors that are not a
 * row's own.
 *
 * The rules are those of `createDevice` and `updateDevice`, but the whole batch takes as few statements as they take for
 * one device. Every row sees the rows before it.
 */
export async function importDevices(
  { newId, change: recordChange }: Pick<Context, 'newId' | 'change'>,
  tx: Queries,
  caller: Caller,
  rows: readonly ImportDevice[],
  { update, events }: ImportRules,
): Promise<ImportOutcome[]> {
  const { project } = caller
  const { devices, owners, sims } = await findAll(tx, project, rows)
  const created: KnownDevice[] = []
  const changed = new Set<KnownDevice>()
  const moved = new Set<store.FoundSim>()

  function importRow(row: WantedDevice): ImportOutcome {
    const { owner, iccids = [] } = row
    if (iccids.length > 1 && new Set(iccids).size < iccids.length) throw invalid([sameSimTwice()])
    const missing = missingSims(iccids)
    if (typeof owner === 'string' && !owners.has(owner)) missing.unshift({ kind: 'user', id: owner, property: 'user' })
    if (missing.length > 0) throw referenceNotFound(missing)
    const known = devices.get(row.imei)
    return known === undefined ? create(row) : change(known, row)
  }

  function missingSims(iccids: readonly Iccid[]): { kind: string; id: string; property: string }[] {
    return iccids
      .map((id, position) => ({ kind: 'SIM', id, property: `iccids[${position}]` }))
      .filter(({ id }) => !sims.has(id))
  }

  function create({ imei, owner, iccids = [], texts, metadata }: WantedDevice): ImportOutcome {
    requireFree(iccids, null)
    const { id, createdAt } = newId('dev', project.tag)
    const known: KnownDevice = {
      id,
      imei,
      tac: tacOf(imei),
      userId: owner ? (owners.get(owner) as string) : null,
      ...textsOf(texts),
      metadata: metadata === undefined ? '{}' : JSON.stringify(metadata),
      createdAt,
      sims: NO_SIMS,
      isNew: true,
    }
    created.push(known)
    devices.set(imei, known)
    place(known, iccids)
    return { status: 'created', id }
  }

  function change(known: KnownDevice, row: WantedDevice): ImportOutcome {
    const { owner, iccids, texts, metadata } = row
    const user = owner ? owners.get(owner) : owner
    const differing = differingProperties(
      { user, iccids, ...texts, metadata },
      {
        user: known.userId,
        iccids: known.sims.map(({ iccid }) => iccid),
        ...textsOf(known),
        metadata: JSON.parse(known.metadata),
      },
    )
    if (differing.length === 0) return { status: 'unchanged', id: known.id }
    if (!update) throw invalid([imeiTakenBy(differing)])
    if (iccids !== undefined) requireFree(iccids, known.id)
    const merged = mergeMetadata(known.metadata, metadata ?? {}, 'metadata')
    if (merged.problems.length > 0) throw invalid(merged.problems)
    known.userId = user === undefined ? known.userId : user
    Object.assign(known, textsOf(texts, known))
    known.metadata = merged.metadata
    if (!known.isNew) changed.add(known)
    if (iccids !== undefined) place(known, iccids)
    return { status: 'updated', id: known.id }
  }

  function requireFree(iccids: readonly Iccid[], deviceId: string | null): void {
    const taken = iccids.flatMap((iccid, position) => {
      const on = sims.get(iccid)?.device_id ?? null
      return on === null || on === deviceId ? [] : [simTaken(`iccids[${position}]`)]
    })
    if (taken.length > 0) throw invalid(taken)
  }

  function place(known: KnownDevice, iccids: readonly Iccid[]): void {
    if (iccids.length === 0 && known.sims.length === 0) return
    for (const sim of known.sims) moved.add(Object.assign(sim, { device_id: null, device_position: null }))
    known.sims = iccids.map((iccid, position) => {
      const sim = sims.get(iccid) as store.FoundSim
      moved.add(Object.assign(sim, { device_id: known.id, device_position: position }))
      return sim
    })
  }

  const outcomes = rows.map((row) => {
    try {
      return importRow(toWanted(row))
    } catch (error) {
      return rejected(error)
    }
  })
  const before = await store.findDevices(tx, project.id, Array.from(changed, idOf))
  // They were absent a moment ago. Only a store with several writers can get here, and trying again helps.
  if ((await store.insertDevices(tx, project.id, created)) !== created.length) {
    throw unavailable('Another import is writing these devices')
  }
  for (const device of changed) {
    const { id, userId, metadata } = device
    await store.updateDevice(tx, project.id, id, { user_id: userId, ...textsOf(device), metadata })
  }
  await store.placeSims(tx, project.id, moved)
  const shown = [...(events ? created : []), ...changed].map(idOf)
  const after = await store.findDevices(tx, project.id, shown)
  const changes = shown.map((id) => ({
    ...{ kind: 'device' as const, before: before.get(id) ?? null, after: after.get(id) ?? null },
  }))
  await recordChange(caller, () => ({
    response: '',
    changes: events ? changes : [...created.map(toFindable), ...changes],
  }))
  return outcomes
}

/** The change of a new device without an event, with only the properties that the index of words reads. */
function toFindable({ id, name, metadata }: KnownDevice): ObjectChange {
  return { kind: 'device', before: null, after: JSON.stringify({ id, name, metadata: JSON.parse(metadata) }) }
}

function idOf({ id }: KnownDevice): string {
  return id
}

/** Everything that the rows of a batch refer to, in a few statements. */
async function findAll(tx: Queries, { id: projectId }: StoredProject, rows: readonly ImportDevice[]) {
  const found = await store.findImeis(
    tx,
    projectId,
    rows.map(({ imei }) => toImei(imei)),
  )
  const owners = rows.flatMap(({ user }) => ownerOf(user) ?? [])
  const ids = owners.filter((owner) => USER_ID.test(owner))
  const emailKeys = owners.filter((owner) => !USER_ID.test(owner))
  const sims = await store.findSimsOf(tx, projectId, {
    iccids: rows.flatMap(({ iccids }) => iccids?.map(toIccid) ?? []),
    deviceIds: found.map(({ id }) => id),
  })
  const onDevice = Map.groupBy(
    sims.filter((sim) => sim.device_id !== null),
    (sim) => sim.device_id,
  )
  const inOrder = (deviceId: string) =>
    (onDevice.get(deviceId) ?? []).toSorted((a, b) => (a.device_position ?? 0) - (b.device_position ?? 0))
  return {
    devices: new Map<string, KnownDevice>(
      found.map((device) => [device.imei, { ...device, sims: inOrder(device.id), isNew: false }]),
    ),
    owners: await store.findOwners(tx, projectId, { ids, emailKeys }),
    sims: new Map<string, store.FoundSim>(sims.map((sim) => [sim.iccid, sim])),
  }
}

function toWanted({ imei, user, iccids, metadata, id: _id, ...texts }: ImportDevice): WantedDevice {
  // Any other property that is added to the schema does not compile until it is imported here.
  texts satisfies Record<Exclude<keyof typeof texts, keyof DeviceTexts>, never>
  return {
    imei: toImei(imei),
    owner: ownerOf(user),
    iccids: iccids === undefined ? undefined : (iccids ?? []).map(toIccid),
    texts,
    metadata,
  }
}

/** The key by which an owner is looked up: the id, or the e-mail address in the form in which addresses are compared. */
function ownerOf(user: string | null | undefined): string | null | undefined {
  return typeof user === 'string' && !USER_ID.test(user) ? emailKey(user) : user
}

/** The schema compares ICCIDs as they are written. With the filler `F` and without it they are one SIM. */
function sameSimTwice(): Problem {
  return { code: 'propertyInvalid', property: 'iccids', message: '`iccids` must not contain the same SIM twice' }
}

function imeiTakenBy(differing: readonly string[]) {
  const problem = imeiTaken()
  return {
    ...problem,
    message: `${problem.message} with other ${differing.join(', ')}`,
    hint: 'Import with `update` (--update on the command line) to change it.',
  }
}
