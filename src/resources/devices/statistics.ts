import { setImmediate } from 'node:timers/promises'
import type { Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import type { Queries } from '../../db/port.ts'
import { walkPages } from '../../db/walk.ts'
import { idsFrom } from '../../domain/id.ts'
import { toTimestamp } from '../../domain/time.ts'
import { deviceModelJson } from '../device-models/json.ts'
import { MAX_MODELS, MAX_PERIODS, MAX_UNKNOWN_TACS } from './schema.ts'

type Moment = Pick<Queries, 'all' | 'get'>

/** The number of devices in a part of an index, and the last id in it. */
interface Slice {
  devices: number
  last: string
}

/** What the catalogue knows about a TAC. `simTypes` is JSON. */
interface Kind {
  tac: string
  id: string | null
  brand: string | null
  type: string | null
  simTypes: string
  /** 1 if the name is only the maker's code, or the brand. */
  isCode: number | null
  /** The source that states the type, or null if none does. */
  typeSource: string | null
}

const UNKNOWN: Omit<Kind, 'tac'> = { id: null, brand: null, type: null, simTypes: '[]', isCode: null, typeSource: null }

/** Rows of an index that are counted at a time: a millisecond or two, so that other requests get their turn. */
const SLICE = 10_000

/** TACs whose models are looked up at a time. */
const TACS_AT_ONCE = 500

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const LONGEST_STEP = 360 * DAY
/** The possible lengths of a period. The shortest one that needs no more than `MAX_PERIODS` periods is used. */
const STEPS = [MINUTE, HOUR, DAY, 7 * DAY, 30 * DAY, LONGEST_STEP]

const COUNT_TACS = `SELECT c.tac, COUNT(*) AS devices, MAX(c.id) AS last FROM
    (SELECT tac, id FROM devices WHERE project_id = $1 AND (tac, id) > ($2, $3) ORDER BY tac, id LIMIT ${SLICE}) c
  GROUP BY c.tac ORDER BY c.tac`
const COUNT_IDS = `SELECT COUNT(*) AS devices, MAX(c.id) AS last FROM
    (SELECT id FROM devices WHERE project_id = $1 AND id < $2 AND id > $3 ORDER BY id LIMIT ${SLICE}) c
  HAVING COUNT(*) > 0`
const FIRST = 'SELECT created_at AS "at" FROM devices WHERE project_id = $1 ORDER BY id LIMIT 1'
const LAST = 'SELECT created_at AS "at" FROM devices WHERE project_id = $1 ORDER BY id DESC LIMIT 1'
const FIND_KINDS = `SELECT t.tac, m.id, m.brand, m.type, m.sim_types AS "simTypes",
    m.is_code AS "isCode", m.type_source AS "typeSource" FROM tacs t
  JOIN device_models m ON m.id = t.model_id WHERE t.tac IN (JSON_ITEMS($1))`
const FIND_MODELS = `SELECT m.id, ${deviceModelJson('m')} AS json FROM device_models m WHERE m.id IN (JSON_ITEMS($1))`

/** Counts the devices of a project by model and by time of registration, all at one moment. Returns JSON. */
export function countDevices({ db }: Context, { project }: Pick<Caller, 'project'>): Promise<string> {
  return db.snapshot(async (moment) => {
    const tacs = await countByTac(moment, project.id)
    const { models, brands, types, simTypes, known, unknownTacs } = await countByKind(moment, tacs)
    const statistics = {
      object: 'deviceStatistics',
      devices: tacs.reduce((sum, { devices }) => sum + devices, 0),
      brands: mostCommon(brands).map(([brand, devices]) => ({ brand, devices })),
      types: mostCommon(types).map(([type, devices]) => ({ type, devices })),
      simTypes: mostCommon(simTypes).map(([simTypes, devices]) => ({ simTypes: JSON.parse(simTypes), devices })),
      registered: await countByPeriod(moment, project.id),
      known,
      unknownTacs: mostCommon(unknownTacs)
        .slice(0, MAX_UNKNOWN_TACS)
        .map(([tac, devices]) => ({ tac, devices })),
    }
    return `${JSON.stringify(statistics).slice(0, -1)},"models":[${await showModels(moment, models)}]}`
  })
}

/**
 * The number of devices of each model (by id), brand, type, and list of SIM types (as JSON), the number about which the
 * catalogue knows each of these, and the number of each TAC without a model.
 */
async function countByKind(moment: Moment, tacs: readonly { tac: string; devices: number }[]) {
  const models = new Map<string | null, number>()
  const brands = new Map<string | null, number>()
  const types = new Map<string | null, number>()
  const simTypes = new Map<string, number>()
  const known = { brand: 0, name: 0, type: 0, simTypes: 0 }
  const unknownTacs = new Map<string, number>()
  for (let from = 0; from < tacs.length; from += TACS_AT_ONCE) {
    const some = tacs.slice(from, from + TACS_AT_ONCE)
    const rows = await moment.all<Kind>(FIND_KINDS, [JSON.stringify(some.map(({ tac }) => tac))])
    const kinds = new Map(rows.map((row) => [row.tac, row]))
    for (const { tac, devices } of some) {
      const kind = kinds.get(tac) ?? UNKNOWN
      addTo(models, kind.id, devices)
      addTo(brands, kind.brand, devices)
      addTo(types, kind.type, devices)
      addTo(simTypes, kind.simTypes, devices)
      if (kind.id === null) {
        addTo(unknownTacs, tac, devices)
        continue
      }
      known.brand += devices
      if (!kind.isCode) known.name += devices
      if (kind.typeSource !== null) known.type += devices
      if (kind.simTypes !== UNKNOWN.simTypes) known.simTypes += devices
    }
    await setImmediate()
  }
  return { models, brands, types, simTypes, known, unknownTacs }
}

function addTo<Value>(counts: Map<Value, number>, value: Value, devices: number): void {
  counts.set(value, (counts.get(value) ?? 0) + devices)
}

function mostCommon<Value>(counts: Map<Value, number>): [Value, number][] {
  return [...counts].sort(([, a], [, b]) => b - a)
}

/** The most common models and their counts, as items of a JSON array. */
async function showModels(moment: Moment, models: Map<string | null, number>): Promise<string> {
  const shown = mostCommon(models).slice(0, MAX_MODELS)
  const ids = shown.flatMap(([id]) => id ?? [])
  const rows = await moment.all<{ id: string; json: string }>(FIND_MODELS, [JSON.stringify(ids)])
  const jsonOf = new Map<string | null, string>(rows.map(({ id, json }) => [id, json]))
  return shown.map(([id, devices]) => `{"model":${jsonOf.get(id) ?? null},"devices":${devices}}`).join(',')
}

async function countByTac(moment: Moment, projectId: string): Promise<{ tac: string; devices: number }[]> {
  const counts: { tac: string; devices: number }[] = []
  const slices = walkPages<Slice & { tac: string }>(moment, COUNT_TACS, ['tac', 'last'], { parameters: [projectId] })
  for await (const rows of slices) {
    for (const { tac, devices } of rows) {
      const known = counts.at(-1)
      if (known?.tac === tac) known.devices += devices
      else counts.push({ tac, devices })
    }
    await setImmediate()
  }
  return counts
}

/** The number of devices registered in each period, from the first device's to the last one's. */
async function countByPeriod(moment: Moment, projectId: string) {
  const first = await moment.get<{ at: string }>(FIRST, [projectId])
  const last = await moment.get<{ at: string }>(LAST, [projectId])
  if (first === undefined || last === undefined) return []
  const [start, end] = [Date.parse(first.at), Date.parse(last.at)]
  const step = STEPS.find((step) => Math.floor(end / step) - Math.floor(start / step) < MAX_PERIODS) ?? LONGEST_STEP
  const periods: { from: string; until: string; devices: number }[] = []
  for (let from = start - (start % step); from <= end; from += step) {
    const devices = await countBetween(moment, projectId, idsFrom('dev', from), idsFrom('dev', from + step))
    periods.push({ from: toTimestamp(from), until: toTimestamp(from + step), devices })
  }
  return periods
}

/** The number of devices whose id is between these two. */
async function countBetween(moment: Moment, projectId: string, after: string, before: string): Promise<number> {
  let count = 0
  const slices = walkPages<Slice>(moment, COUNT_IDS, ['last'], { parameters: [projectId, before], after: [after] })
  for await (const [slice] of slices) {
    count += slice?.devices ?? 0
    await setImmediate()
  }
  return count
}
