import { type Caller, type StoredProject, systemCaller } from '../../caller.ts'
import { type Context, contextFor } from '../../context.ts'
import type { Queries } from '../../db/port.ts'
import { createIdSource } from '../../domain/id.ts'
import { checkDigit } from '../../domain/imei.ts'
import { createRandom, type Random } from '../../domain/random.ts'
import { ApiError, SetupError } from '../../errors.ts'
import { createDevice } from '../../resources/devices/devices.ts'
import type { CreateSim, Sim } from '../../resources/sims/schema.ts'
import { createSim } from '../../resources/sims/sims.ts'
import type { CreateUser } from '../../resources/users/schema.ts'
import { createUser } from '../../resources/users/users.ts'

/** How many objects were created. */
export interface Seeded {
  users: number
  sims: number
  devices: number
}

interface Model {
  tac: string
  brand: string
  name: string
  type: string
  simTypes: Sim['type'][]
}

interface PlannedDevice {
  imei: string
  name: string | null
  sims: CreateSim[]
}

/** The devices of one user, or stock without a user. */
interface Household {
  user: CreateUser | null
  devices: PlannedDevice[]
}

const FIRST_NAMES =
  'Ada Amir Anna Bruno Chen Clara David Elena Emma Finn Hana Ines Ivan Jamal Jonas Kofi Lea Lucia Luca Maya Mia Milan Nadia Noah Nora Olga Omar Paul Priya Rosa Sara Sofia Tariq Theo Tomas Yara Yuki Zoe'.split(
    ' ',
  )
const LAST_NAMES =
  'Abebe Ahmed Andersen Baker Bauer Brunner Costa Dubois Eriksen Farkas Ferrari Fischer Garcia Haddad Huber Jansen Kaya Keller Khan Kim Kovacs Kowalski Lopez Martin Meier Moreau Nguyen Novak Okafor Patel Popescu Rossi Santos Schmid Silva Suzuki Tanaka Weber Wang Yilmaz'.split(
    ' ',
  )
const COLOURS = ['black', 'blue', 'green', 'red', 'silver', 'white']

/** How common each type is, in percent. Where the catalogue has no model of a type, any model takes its place. */
const TYPE_SHARES = { smartphone: 78, smartwatch: 8, tablet: 6, 'feature-phone': 4, router: 4 }

/** Households created concurrently, so that they share commits. */
const BATCH = 25

/** The creation times spread over this period, in milliseconds: a year. */
const SPAN = 365 * 24 * 60 * 60 * 1000

const MODELS = `SELECT t.tac, m.brand, m.name, m.type, m.sim_types FROM tacs t
  JOIN device_models m ON m.id = t.model_id ORDER BY t.tac`

/**
 * Fills a test project with devices of models in the catalogue, their users and SIMs, created over the past year.
 * The same seed and catalogue give the same data, except for ids and times. `onProgress` receives the share done.
 *
 * Throws `SetupError` for a live project, an empty catalogue, and a project that already holds this seed's data.
 */
export async function seedProject(
  context: Context,
  project: StoredProject,
  { devices, seed, onProgress }: { devices: number; seed: number; onProgress: (done: number) => void },
): Promise<Seeded> {
  if (project.type !== 'test') throw new SetupError(`${project.id} is a live project: only test projects can be seeded`)
  const plan = planHouseholds(createRandom(seed), await readModels(context.db), devices, seed)
  const counts = {
    users: plan.filter(({ user }) => user !== null).length,
    sims: plan.reduce((sum, household) => sum + household.devices.flatMap(({ sims }) => sims).length, 0),
    devices,
  }
  const objects = counts.users + counts.sims + counts.devices
  // Ids contain their creation time, so this clock runs through the year, one step per object. An object takes several
  // ids, since its events have their own.
  let time = context.clock() - SPAN
  const tick = () => {
    time += SPAN / (objects + 1)
  }
  const clock = () => Math.floor(time)
  // Its ids sort before those that the project already has.
  const past = contextFor({ ...context, clock, newId: createIdSource(clock), continueIds() {} }, null)
  const caller = systemCaller(project)
  for (let start = 0; start < plan.length; start += BATCH) {
    const batch = plan.slice(start, start + BATCH)
    await Promise.all(batch.map((household) => makeHousehold(past, caller, household, tick))).catch(
      (error: unknown) => {
        if (!(error instanceof ApiError && error.type === 'invalid')) throw error
        throw new SetupError(`${project.id} already holds the data of seed ${seed}: choose another with --seed`)
      },
    )
    onProgress((start + batch.length) / plan.length)
  }
  return counts
}

/** Creates the objects of a household. `tick` advances the clock of `context` before each. */
async function makeHousehold(
  context: Context,
  caller: Caller,
  { user, devices }: Household,
  tick: () => void,
): Promise<void> {
  if (user !== null) tick()
  const owner = user === null ? null : idOf(await createUser(context, caller, user))
  for (const { imei, name, sims } of devices) {
    const simIds: string[] = []
    for (const sim of sims) {
      tick()
      simIds.push(idOf(await createSim(context, caller, sim)))
    }
    tick()
    await createDevice(context, caller, { imei, name, user: owner, sims: simIds })
  }
}

function idOf(json: string): string {
  return (JSON.parse(json) as { id: string }).id
}

async function readModels(db: Queries): Promise<Model[]> {
  const rows = await db.all<Omit<Model, 'simTypes'> & { sim_types: string }>(MODELS)
  if (rows.length === 0) throw new SetupError('The catalogue is empty: import one with handset catalogue import')
  return rows.map(({ sim_types, ...model }) => ({ ...model, simTypes: JSON.parse(sim_types) }))
}

function planHouseholds(random: Random, models: readonly Model[], devices: number, seed: number): Household[] {
  const byType = Object.groupBy(models, ({ type }) => type)
  const digits = createDigits(random)
  const plan: Household[] = []
  for (let left = devices; left > 0; ) {
    const isStock = random.chance(0.1)
    const size = Math.min(left, isStock ? 1 : random.pick([1, 1, 1, 2, 2, 3]))
    const user = isStock ? null : planUser(random, `${seed}-${plan.length}`)
    const own: PlannedDevice[] = []
    for (let planned = 0; planned < size; planned++) {
      own.push(planDevice(random, random.pick(byType[pickType(random)] ?? models), user, digits))
    }
    plan.push({ user, devices: own })
    left -= size
  }
  return plan
}

function planUser(random: Random, tag: string): CreateUser {
  const [first, last] = [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)]
  const birthday = `${1950 + random.below(55)}-${twoDigits(1 + random.below(12))}-${twoDigits(1 + random.below(28))}`
  return {
    email: `${first}.${last}.${tag}@example.com`.toLowerCase(),
    fullName: `${first} ${last}`,
    birthday: random.chance(0.8) ? birthday : null,
    emailVerified: random.chance(0.9),
    metadata: random.chance(0.2) ? { favouriteColour: random.pick(COLOURS) } : {},
  }
}

function planDevice(
  random: Random,
  model: Model,
  user: CreateUser | null,
  digits: (prefix: string, length: number) => string,
): PlannedDevice {
  const first14 = digits(model.tac, 14)
  const count = user === null ? 0 : random.pick([0, 1, 1, 1, 1, 1, 1, 1, 2])
  const type = model.simTypes.length > 0 ? random.pick(model.simTypes) : 'pSIM'
  return {
    imei: first14 + checkDigit(first14),
    name: user !== null && random.chance(0.7) ? `${user.fullName?.split(' ')[0]}'s ${model.name}` : null,
    sims: Array.from({ length: count }, () => ({
      iccid: digits('8988307', 19),
      type,
      provider: random.pick(['p1', 'p1', 'p1', 'p2', 'p3']),
      status: random.pick(['active', 'active', 'active', 'active', 'inactive', 'retired']),
    })),
  }
}

/** Random numbers that start with a prefix, each unique. */
function createDigits(random: Random): (prefix: string, length: number) => string {
  const used = new Set<string>()
  return (prefix, length) => {
    for (;;) {
      let number = prefix
      while (number.length < length) number += random.below(10)
      if (!used.has(number) && used.add(number)) return number
    }
  }
}

function pickType(random: Random): string {
  let share = random.below(100)
  for (const [type, size] of Object.entries(TYPE_SHARES)) {
    if (share < size) return type
    share -= size
  }
  throw new Error('the shares do not add up to a hundred')
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
