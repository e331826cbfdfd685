import { type ImportOutcome, type ImportRules, rejected } from '../../bulk/outcome.ts'
import type { Caller, StoredProject } from '../../caller.ts'
import type { Context, ObjectChange } from '../../context.ts'
import type { Queries } from '../../db/port.ts'
import { toIccid } from '../../domain/iccid.ts'
import { idPattern } from '../../domain/id.ts'
import { toImei } from '../../domain/imei.ts'
import { emailKey } from '../../domain/keys.ts'
import { unavailable } from '../../errors.ts'
import { type Batch, importRow, type KnownDevice, type WantedDevice } from './import-batch.ts'
import type { DeviceTexts, ImportDevice } from './schema.ts'
import * as store from './store.ts'
import { textsOf } from './texts.ts'

const USER_ID = new RegExp(idPattern('usr'))

/**
 * Imports devices, each identified by its IMEI. Returns an outcome for each row, and throws only errors that are not a
 * row's own.
 *
 * The rules are those of `createDevice` and `updateDevice`, but the whole batch takes as few statements as they take for
 * one device. Every row sees the rows before it.
 */
export async function importDevices(
  { newId, change }: Pick<Context, 'newId' | 'change'>,
  tx: Queries,
  caller: Caller,
  rows: readonly ImportDevice[],
  { update, events }: ImportRules,
): Promise<ImportOutcome[]> {
  const { project } = caller
  const batch = await readBatch(tx, project, rows)
  const rules = { update, newId: () => newId('dev', project.tag) }
  const outcomes = rows.map((row) => {
    try {
      return importRow(batch, toWanted(row), rules)
    } catch (error) {
      return rejected(error)
    }
  })
  const changes = await writeBatch(tx, project.id, batch, events)
  await change(caller, () => ({ response: '', changes }))
  return outcomes
}

/** Reads everything that the rows of a batch refer to, in a few statements. */
async function readBatch(tx: Queries, { id: projectId }: StoredProject, rows: readonly ImportDevice[]): Promise<Batch> {
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
    devices: new Map(found.map((device) => [device.imei, { ...device, sims: inOrder(device.id), isNew: false }])),
    owners: await store.findOwners(tx, projectId, { ids, emailKeys }),
    sims: new Map(sims.map((sim) => [sim.iccid, sim])),
    created: [],
    changed: new Set(),
    moved: new Set(),
  }
}

/**
 * Writes what the rows of a batch changed. Returns the changes to record. Without `events`, those of created devices hold
 * only what the index of words needs.
 */
async function writeBatch(
  tx: Queries,
  projectId: string,
  { created, changed, moved }: Batch,
  events: boolean,
): Promise<ObjectChange[]> {
  const before = await store.findDevices(tx, projectId, Array.from(changed, idOf))
  // These devices did not exist a moment ago. This happens only on a store with several writers, and a retry helps.
  if ((await store.insertDevices(tx, projectId, created)) !== created.length) {
    throw unavailable('Another import is writing these devices')
  }
  for (const device of changed) {
    const { id, userId, metadata } = device
    await store.updateDevice(tx, projectId, id, { user_id: userId, ...textsOf(device), metadata })
  }
  await store.placeSims(tx, projectId, moved)
  const shown = [...(events ? created : []), ...changed].map(idOf)
  const after = await store.findDevices(tx, projectId, shown)
  const changes = shown.map((id) => ({
    ...{ kind: 'device' as const, before: before.get(id) ?? null, after: after.get(id) ?? null },
  }))
  return events ? changes : [...created.map(toFindable), ...changes]
}

/** The change of a new device without an event, with only the properties that the index of words reads. */
function toFindable({ id, name, metadata }: KnownDevice): ObjectChange {
  return { kind: 'device', before: null, after: JSON.stringify({ id, name, metadata: JSON.parse(metadata) }) }
}

function idOf({ id }: KnownDevice): string {
  return id
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
