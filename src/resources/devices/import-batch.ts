import { differingProperties, type ImportOutcome } from '../../bulk/outcome.ts'
import type { Iccid } from '../../domain/iccid.ts'
import type { NewId } from '../../domain/id.ts'
import { type Imei, tacOf } from '../../domain/imei.ts'
import { mergeMetadata } from '../../domain/metadata.ts'
import { invalid, type Problem, referenceNotFound } from '../../errors.ts'
import { imeiTaken, simTaken } from './devices.ts'
import type { DeviceTexts } from './schema.ts'
import type { FoundSim, StoredDevice } from './store.ts'
import { textsOf } from './texts.ts'

/** A row, with its values as the store needs them. Undefined means that the row does not have the property. */
export interface WantedDevice {
  imei: Imei
  /** The key by which the owner is looked up; null for no owner. */
  owner: string | null | undefined
  iccids: Iccid[] | undefined
  texts: Partial<DeviceTexts>
  metadata: Record<string, string> | undefined
}

/** A device of the batch, as it is after the rows so far. */
export interface KnownDevice extends StoredDevice {
  sims: readonly FoundSim[]
  /** Whether this batch creates it. */
  isNew: boolean
}

/** What the rows of a batch refer to, as it is after the rows so far, and what is to be written. */
export interface Batch {
  /** By IMEI. */
  devices: Map<string, KnownDevice>
  /** The ids of users, by the keys by which rows look them up. */
  owners: ReadonlyMap<string, string>
  /** By ICCID. */
  sims: ReadonlyMap<string, FoundSim>
  created: KnownDevice[]
  changed: Set<KnownDevice>
  moved: Set<FoundSim>
}

export interface RowRules {
  /** Whether a row that differs from the stored device updates it. */
  update: boolean
  newId: () => NewId
}

const NO_SIMS: readonly FoundSim[] = []

/** Applies a row to a batch. Throws `invalid` and `notFound` as `createDevice` and `updateDevice` do. */
export function importRow(batch: Batch, row: WantedDevice, { update, newId }: RowRules): ImportOutcome {
  requireReferences(batch, row)
  const known = batch.devices.get(row.imei)
  if (known === undefined) return create(batch, row, newId)
  const differing = differencesOf(batch, known, row)
  if (differing.length === 0) return { status: 'unchanged', id: known.id }
  if (!update) throw invalid([imeiTakenBy(differing)])
  return change(batch, known, row)
}

function requireReferences({ owners, sims }: Batch, { owner, iccids = [] }: WantedDevice): void {
  if (iccids.length > 1 && new Set(iccids).size < iccids.length) throw invalid([sameSimTwice()])
  const missing = iccids
    .map((id, position) => ({ kind: 'SIM', id: id as string, property: `iccids[${position}]` }))
    .filter(({ id }) => !sims.has(id))
  if (typeof owner === 'string' && !owners.has(owner)) missing.unshift({ kind: 'user', id: owner, property: 'user' })
  if (missing.length > 0) throw referenceNotFound(missing)
}

function create(batch: Batch, row: WantedDevice, newId: RowRules['newId']): ImportOutcome {
  const { imei, owner, iccids = [], texts, metadata } = row
  requireFree(batch, iccids, null)
  const { id, createdAt } = newId()
  const known: KnownDevice = {
    id,
    imei,
    tac: tacOf(imei),
    userId: owner ? (batch.owners.get(owner) as string) : null,
    ...textsOf(texts),
    metadata: metadata === undefined ? '{}' : JSON.stringify(metadata),
    createdAt,
    sims: NO_SIMS,
    isNew: true,
  }
  batch.created.push(known)
  batch.devices.set(imei, known)
  place(batch, known, iccids)
  return { status: 'created', id }
}

/** The properties of a row that differ from the device. */
function differencesOf({ owners }: Batch, known: KnownDevice, row: WantedDevice): string[] {
  const { owner, iccids, texts, metadata } = row
  return differingProperties(
    { user: owner ? owners.get(owner) : owner, iccids, ...texts, metadata },
    {
      user: known.userId,
      iccids: known.sims.map(({ iccid }) => iccid),
      ...textsOf(known),
      metadata: JSON.parse(known.metadata),
    },
  )
}

function change(batch: Batch, known: KnownDevice, { owner, iccids, texts, metadata }: WantedDevice): ImportOutcome {
  if (iccids !== undefined) requireFree(batch, iccids, known.id)
  const merged = mergeMetadata(JSON.parse(known.metadata), metadata ?? {}, 'metadata')
  if (merged.problems.length > 0) throw invalid(merged.problems)
  if (owner !== undefined) known.userId = owner === null ? null : (batch.owners.get(owner) as string)
  Object.assign(known, textsOf(texts, known))
  known.metadata = JSON.stringify(merged.metadata)
  if (!known.isNew) batch.changed.add(known)
  if (iccids !== undefined) place(batch, known, iccids)
  return { status: 'updated', id: known.id }
}

/** Throws `invalid` for SIMs that are on another device. */
function requireFree({ sims }: Batch, iccids: readonly Iccid[], deviceId: string | null): void {
  const taken = iccids.flatMap((iccid, position) => {
    const on = sims.get(iccid)?.device_id ?? null
    return on === null || on === deviceId ? [] : [simTaken(`iccids[${position}]`)]
  })
  if (taken.length > 0) throw invalid(taken)
}

/** Replaces the SIMs of a device. */
function place({ sims, moved }: Batch, known: KnownDevice, iccids: readonly Iccid[]): void {
  if (iccids.length === 0 && known.sims.length === 0) return
  for (const sim of known.sims) moved.add(Object.assign(sim, { device_id: null, device_position: null }))
  known.sims = iccids.map((iccid, position) => {
    const sim = sims.get(iccid) as FoundSim
    moved.add(Object.assign(sim, { device_id: known.id, device_position: position }))
    return sim
  })
}

/** The schema compares ICCIDs as they are written. With the filler `F` and without it they are one SIM. */
function sameSimTwice(): Problem {
  return { code: 'propertyInvalid', property: 'iccids', message: '`iccids` must not contain the same SIM twice' }
}

function imeiTakenBy(differing: readonly string[]) {
  const problem = imeiTaken()
  return {
    ...problem,
    message: `${problem.message}, with a different ${differing.join(', ')}`,
    hint: 'Import with `update` (--update on the command line) to change it.',
  }
}
