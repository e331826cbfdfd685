import { randomInt } from 'node:crypto'
import type { Caller } from '../../caller.ts'
import type { Context, ObjectChange, Precondition } from '../../context.ts'
import { SIM_TYPES } from '../../contract/device-kinds.ts'
import { countJson, foundList, listOf } from '../../contract/list.ts'
import type { Queries } from '../../db/port.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import { toCursor } from '../../domain/cursor.ts'
import { toIccid } from '../../domain/iccid.ts'
import type { IdSource } from '../../domain/id.ts'
import { mergeMetadata } from '../../domain/metadata.ts'
import { PLACEHOLDER_SIMS } from '../../domain/placeholder-sims.ts'
import { parseSearch } from '../../domain/words.ts'
import { ApiError, invalid, notFound, orNotFound } from '../../errors.ts'
import type { CountSims, CreateSim, ListSims, SearchSims, Sim, UpdateSim } from './schema.ts'
import * as store from './store.ts'

/** Creates a SIM. Returns it as JSON. Throws `invalid` if the project already has its ICCID. */
export function createSim({ change, newId }: Context, caller: Caller, input: CreateSim): Promise<string> {
  return change(caller, async (tx) => {
    const id = await insertSim(tx, newId, caller, input)
    if (id === undefined) {
      throw invalid([
        {
          code: 'simAlreadyExists',
          property: 'iccid',
          message: 'The project already has a SIM with this ICCID',
          hint: 'Find it with POST sims/search.',
        },
      ])
    }
    const json = await getSim(tx, caller, id)
    return { response: json, changes: [{ kind: 'sim', before: null, after: json }] }
  })
}

/** 89 (telecommunications) and 424242, which no operator uses. 10 of the 20 digits are left. */
const TEST_ICCID_PREFIX = '8942424242'

/**
 * Replaces placeholder ids with the ids of new SIMs, which it creates within a transaction. Only an API key of a `test`
 * project may use placeholders. All other ids are returned unchanged. Also returns the changes that created the SIMs.
 */
export async function resolveSimIds(
  tx: Queries,
  { newId }: Context,
  caller: Caller,
  ids: readonly string[],
): Promise<{ simIds: string[]; created: ObjectChange[] }> {
  if (caller.project.type !== 'test' || caller.userId !== null) return { simIds: [...ids], created: [] }
  const simIds: string[] = []
  const created: ObjectChange[] = []
  for (const id of ids) {
    const type = PLACEHOLDER_SIMS.get(id)
    const simId = type === undefined ? id : await makeTestSim(tx, newId, caller, type)
    simIds.push(simId)
    if (type !== undefined) created.push({ kind: 'sim', before: null, after: await getSim(tx, caller, simId) })
  }
  return { simIds, created }
}

async function makeTestSim(tx: Queries, newId: IdSource, caller: Caller, type: Sim['type']): Promise<string> {
  for (;;) {
    const digits = String(randomInt(10 ** 10)).padStart(10, '0')
    const id = await insertSim(tx, newId, caller, { iccid: TEST_ICCID_PREFIX + digits, type, provider: 'test' })
    if (id !== undefined) return id
  }
}

/** Inserts a SIM. Returns its id, or undefined if the project already has its ICCID. */
async function insertSim(
  tx: Queries,
  newId: IdSource,
  { project }: Caller,
  input: CreateSim,
): Promise<string | undefined> {
  const { id, createdAt } = newId('sim', project.tag)
  const inserted = await store.insertSim(tx, project.id, {
    id,
    createdAt,
    iccid: toIccid(input.iccid),
    type: input.type ?? 'eSIM',
    provider: input.provider ?? 'p1',
    status: input.status ?? 'inactive',
    metadata: JSON.stringify(input.metadata ?? {}),
  })
  return inserted ? id : undefined
}

/** Returns a SIM as JSON. Throws `notFound`. A user token sees only the SIMs on its own user's devices. */
export function getSim(db: Queries, { project, userId }: Caller, id: string): Awaitable<string> {
  return andThen(store.findSim(db, project.id, id, userId), (json) => orNotFound(json, 'SIM'))
}

export async function searchSims(
  { db }: Context,
  { project, userId }: Caller,
  { iccid, type }: SearchSims,
): Promise<string> {
  const types = type === undefined ? SIM_TYPES : [type]
  return foundList(await store.searchSims(db, project.id, toIccid(iccid), types, userId))
}

export function listSims({ db }: Context, { project, userId }: Caller, query: ListSims): Awaitable<string> {
  return andThen(store.listSims(db, project.id, toFilters(query), userId, toCursor(query)), listOf)
}

/** Counts the SIMs in the list with these filters. Returns JSON. */
export async function countSims({ db }: Context, { project }: Caller, query: CountSims): Promise<string> {
  return countJson(await store.countSims(db, project.id, toFilters(query)))
}

function toFilters({ provider, status = ['inactive', 'active'], type, user, q }: CountSims): store.SimFilters {
  return { provider, status, type, user, terms: q === undefined ? [] : parseSearch(q) }
}

/** Changes the given properties of a SIM. Returns it as JSON. */
export function updateSim(
  { change }: Context,
  caller: Caller,
  id: string,
  input: UpdateSim,
  precondition: Precondition,
): Promise<string> {
  const { project } = caller
  return change(caller, async (tx) => {
    const found = await store.findSimWithOwner(tx, project.id, id)
    if (found === undefined) throw notFound('SIM')
    const { json: before, owner } = found
    const fields: Sim = JSON.parse(before)
    const { metadata, problems } = mergeMetadata(fields.metadata, input.metadata ?? {}, 'metadata')
    if (problems.length > 0) throw invalid(problems)
    precondition?.(before)
    const [, after] = await Promise.all([
      store.updateSim(tx, project.id, id, {
        provider: input.provider ?? fields.provider,
        status: input.status ?? fields.status,
        metadata: JSON.stringify(metadata),
      }),
      getSim(tx, caller, id),
    ])
    return { response: after, changes: [{ kind: 'sim', before, after, owner }] }
  })
}

/** Deletes a SIM that is on no device. Returns it as it was. */
export function removeSim(
  { change }: Context,
  caller: Caller,
  id: string,
  precondition: Precondition,
): Promise<string> {
  const { project } = caller
  return change(caller, async (tx) => {
    const json = await getSim(tx, caller, id)
    const deleted = await store.deleteSim(tx, project.id, id)
    if (!deleted) {
      throw new ApiError('invalid', 'The SIM is on a device', {
        hint: 'Detach it first: update the device with its other `sims`.',
      })
    }
    precondition?.(json)
    return { response: json, changes: [{ kind: 'sim', before: json, after: null }] }
  })
}
