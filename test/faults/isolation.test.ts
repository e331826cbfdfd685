import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createRandom } from '../../src/domain/random.ts'
import { createUserClient, makeEmail, makeIccid, makeImei } from '../support/factories.ts'
import { scale, seed } from '../support/fault-scale.ts'
import { type ApiResponse, type Client, startServer } from '../support/server.ts'

const OPERATIONS = scale(600, 20_000)
const OPERATIONS_BETWEEN_CHECKS = 100
const FEWEST_USERS = 4

type Kind = 'devices' | 'sims' | 'users'
type Resource = ApiResponse['body']

/** A device in the model: its own properties, and the ids of what it refers to. */
interface ModelDevice {
  own: Resource
  user: string | null
  sims: string[]
}

/** A request, and the response that the contract requires in the model's current state. */
interface Step {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: object
  expected: Expected
  /** Changes the model as the request changes the project. */
  apply?: (answer: Resource) => void
}

interface Expected {
  status: number
  /** The body of a success. The server chooses the id and the time of a new object. */
  body?: (seen: Resource) => unknown
  /** The properties that a rejection names. */
  properties?: string[]
}

/** A token of the first project; `userId` is null for the API key. */
interface Caller {
  call: Client
  userId: string | null
}

const server = await startServer({ settings: { rateLimit: 0 } })
const first = await server.addProject('first', 'test')
const second = await server.addProject('second', 'test')
const random = createRandom(seed)

const pools = {
  imeis: Array.from({ length: 60 }, () => makeImei()),
  iccids: Array.from({ length: 50 }, () => makeIccid()),
  emails: Array.from({ length: 16 }, () => makeEmail()),
}

const users = new Map<string, Resource>()
const sims = new Map<string, Resource>()
const devices = new Map<string, ModelDevice>()
const model = { devices, sims, users }
const gone: Record<Kind, string[]> = { devices: [], sims: [], users: [] }
const elsewhere: Record<Kind, string[]> = { devices: [], sims: [], users: [] }
const key: Caller = { call: first.call, userId: null }
const holders: Caller[] = []

const totals = { named: 0, rows: 0, claims: 0, renewed: 0 }
const statuses = new Map<number, number>()
/** Both projects use the same idempotency keys, each of them once. */
const keysUsed = { first: 0, second: 0 }

describe('two projects with the same devices, SIMs and addresses', () => {
  it(`stay invisible to each other and untouched by each other, for ${OPERATIONS} operations`, {
    timeout: 3_600_000,
  }, async (t) => {
    t.diagnostic(`seed ${seed}`)
    await fillBoth()
    const before = await listSecond()
    for (let operation = 1; operation <= OPERATIONS; operation++) {
      const caller = random.chance(0.5) ? key : random.pick(holders)
      await perform(caller, random.pick(STEPS)(caller))
      await renewHolders()
      if (operation % OPERATIONS_BETWEEN_CHECKS === 0) await checkWhole()
    }
    await checkWhole()
    assert.deepEqual(await listSecond(), before, 'the second project is byte for byte unchanged')
    report(t, before)
  })
})

function report(t: TestContext, before: string[]): void {
  const counts = [...statuses].sort().map(([status, count]) => `${count} × ${status}`)
  t.diagnostic(`${OPERATIONS} operations: ${counts.join(', ')}; ${totals.claims} claims`)
  t.diagnostic(
    `${totals.named} requests named an id of the second project; responses that showed another of its ids: 0`,
  )
  t.diagnostic(`${totals.rows} rows compared with the model; ${totals.renewed} user tokens ended with their user`)
  t.diagnostic(`second project: ${before.join('').length} bytes of listings, the same before and after`)
  for (const status of [200, 201, 403, 404, 422]) assert.ok(statuses.get(status), `no response was ${status}`)
  assert.ok(totals.named > OPERATIONS / 10)
  assert.ok(totals.claims > 0)
}

/**
 * Fills both projects in turn from the same pools. All data that belongs only to the second one contains "elsewhere".
 */
async function fillBoth(): Promise<void> {
  const mark = { metadata: { place: 'elsewhere' } }
  for (const [position, imei] of pools.imeis.entries()) {
    const email = pools.emails[position]
    const iccid = pools.iccids[position]
    if (email) {
      if (position % 2 === 0) await perform(key, createUser(key, email))
      await addElsewhere('users', { email, fullName: 'Somebody elsewhere', ...mark })
    }
    if (iccid) {
      await addElsewhere('sims', { iccid, provider: 'elsewhere', ...mark })
      if (position % 2 === 0) await perform(key, createSim(key, iccid))
    }
    const user = position % 3 === 0 ? null : random.pick(elsewhere.users)
    const attached = position < 30 ? [elsewhere.sims[position]] : []
    if (position % 3 === 0) await perform(key, createDevice(key, imei))
    await addElsewhere('devices', { imei, name: 'A phone elsewhere', user, sims: attached, ...mark })
  }
  for (const id of [...users.keys()].slice(0, 2)) {
    holders.push({ call: await createUserClient(server, first, id), userId: id })
  }
}

async function addElsewhere(kind: Kind, body: object): Promise<void> {
  keysUsed.second += 1
  const headers = { 'idempotency-key': `key-${keysUsed.second}` }
  const answer = await second.call('POST', `./${kind}`, { body, headers })
  assert.equal(answer.status, 201)
  elsewhere[kind].push(answer.body.id)
}

/** Everything that the second project's key lists, as received over the wire. */
async function listSecond(): Promise<string[]> {
  const headers = { authorization: `Bearer ${second.token}` }
  const paths = ['devices?limit=200', 'users?limit=200', 'sims?limit=200&status=inactive,active,retired']
  return Promise.all(
    paths.map(async (path) => {
      const response = await fetch(`${server.url}/projects/second/${path}`, { headers })
      assert.equal(response.status, 200)
      const text = await response.text()
      assert.equal(JSON.parse(text).moreItemsAfter, null)
      return text
    }),
  )
}

async function perform({ call, userId }: Caller, { method, path, body, expected, apply }: Step): Promise<void> {
  const headers: Record<string, string> = {}
  if (random.chance(0.2)) {
    keysUsed.first += 1
    headers['idempotency-key'] = `key-${keysUsed.first}`
  }
  const answer = await call(method, path, { ...(body ? { body } : {}), headers })
  const asked = `${userId ?? 'key'}: ${method} ${path} ${JSON.stringify(body) ?? ''}`
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
  requireNoLeak(asked, answer)
  assert.equal(answer.status, expected.status, `${asked} ${JSON.stringify(answer.body)}`)
  assert.equal(answer.headers['idempotent-replayed'], undefined, asked)
  if (expected.body) assert.deepEqual(answer.body, expected.body(answer.body), asked)
  if (expected.properties) {
    const named = (answer.body.details ?? []).map(({ property }: { property: string }) => property)
    assert.deepEqual(named, expected.properties, asked)
  }
  apply?.(answer.body)
}

/** Asserts that a response contains no text of the second project, and none of its ids except those in the request. */
function requireNoLeak(asked: string, { body, headers }: ApiResponse): void {
  const isElsewhere = (id: string) => id.slice(12, 18) === second.project.tag
  const idsOf = (text: string) => (text.match(/\b[a-z]{3}_[0-9A-Za-z]{28}\b/g) ?? []).filter(isElsewhere)
  const text = JSON.stringify([body, headers])
  const sent = new Set(idsOf(asked))
  if (sent.size > 0) totals.named += 1
  assert.deepEqual(
    idsOf(text).filter((id) => !sent.has(id)),
    [],
    asked,
  )
  assert.ok(!text.includes('elsewhere'), `${asked} ${text}`)
}

/** Compares everything that the key and each user see with the model. */
async function checkWhole(): Promise<void> {
  for (const caller of [key, ...holders]) {
    for (const kind of ['devices', 'users', 'sims'] as const) {
      const filter = kind === 'sims' ? '&status=inactive,active,retired' : ''
      const { body } = await caller.call('GET', `./${kind}?limit=200${filter}`)
      const expected = pageOf(visible(kind, caller), { limit: 200 })
      assert.deepEqual(body, expected, `${kind} of ${caller.userId ?? 'the project'}`)
      totals.rows += body.items.length
    }
  }
}

/** Replaces the token of a deleted user with a token of another user. */
async function renewHolders(): Promise<void> {
  for (const holder of holders) {
    if (users.has(holder.userId as string)) continue
    assert.equal((await holder.call('GET', './devices')).status, 401)
    const free = [...users.keys()].filter((id) => holders.every(({ userId }) => userId !== id))
    holder.userId = random.pick(free)
    holder.call = await createUserClient(server, first, holder.userId)
    totals.renewed += 1
  }
}

function deviceOf(simId: string): string | null {
  for (const [id, device] of devices) if (device.sims.includes(simId)) return id
  return null
}

function render({ own, user, sims: simIds }: ModelDevice): Resource {
  return { ...own, sims: simIds.map((id) => sims.get(id)), user: user === null ? null : users.get(user) }
}

/** Whether a caller can see an object by its id. */
function sees({ userId }: Caller, kind: Kind, id: string): boolean {
  if (!model[kind].has(id)) return false
  if (userId === null || id === userId) return true
  const device = kind === 'devices' ? id : kind === 'sims' ? deviceOf(id) : null
  return device !== null && devices.get(device)?.user === userId
}

function show(kind: Kind, id: string): Resource {
  return kind === 'devices' ? render(devices.get(id) as ModelDevice) : model[kind].get(id)
}

function visible(kind: Kind, caller: Caller): Resource[] {
  return [...model[kind].keys()].filter((id) => sees(caller, kind, id)).map((id) => show(kind, id))
}

interface Page {
  after?: string
  before?: string
  limit: number
}

function pageOf(items: Resource[], { after, before, limit }: Page): Resource {
  const all = items.toSorted((one, other) => (one.id < other.id ? 1 : -1))
  const ahead = all.filter(({ id }) => (after === undefined || id < after) && (before === undefined || id > before))
  const isMore = ahead.length > limit
  const list = (page: Resource[], follows: string | null, precedes: string | null) => ({
    object: 'list',
    items: page,
    moreItemsAfter: follows,
    moreItemsBefore: precedes,
  })
  if (limit === 0) return list([], isMore ? (after ?? null) : null, isMore ? (before ?? null) : null)
  const page = before === undefined ? ahead.slice(0, limit) : ahead.slice(-limit)
  const isBehind = page.length > 0 && ahead.length < all.length
  const follows = before === undefined ? isMore : isBehind
  const precedes = before === undefined ? isBehind : isMore
  return list(page, follows ? page.at(-1).id : null, precedes ? page[0].id : null)
}

/** An id of this kind: from the project, from the second project, or of a deleted object. */
function anyId(kind: Kind): string {
  const own = [...model[kind].keys()]
  if (own.length === 0 || random.chance(0.25)) return random.pick(elsewhere[kind])
  return random.chance(0.1) && gone[kind].length > 0 ? random.pick(gone[kind]) : random.pick(own)
}

function anyUser({ userId }: Caller): string | null | undefined {
  return random.pick([undefined, null, userId, userId, anyId('users')])
}

function anySims(atHand: readonly string[]): string[] {
  const near = [...atHand, ...[...sims.keys()].filter((id) => deviceOf(id) === null)]
  const chosen = Array.from({ length: random.below(4) }, () =>
    near.length > 0 && random.chance(0.7) ? random.pick(near) : anyId('sims'),
  )
  return [...new Set(chosen)]
}

/** Metadata with at most five keys. A change removes some. */
function anyMetadata(isChange: boolean): Record<string, string | null> {
  const keys = ['a', 'b', 'c', 'd', 'e'].filter(() => random.chance(0.3))
  const value = () => (isChange && random.chance(0.3) ? null : String(random.below(10)))
  return Object.fromEntries(keys.map((name) => [name, value()]))
}

function merged(metadata: Record<string, string>, changes: Record<string, string | null> = {}) {
  return Object.fromEntries(Object.entries({ ...metadata, ...changes }).filter(([, value]) => value !== null))
}

/** Leaves out properties at random. */
function some(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined && random.chance(0.7)))
}

function rejected(status: 403 | 404 | 422, properties: string[] = []): Expected {
  return { status, properties }
}

/** A new object: these properties, and an id of the first project that sorts above all earlier ones. */
function made(kind: Kind, properties: (seen: Resource) => object): Expected {
  const last = [...model[kind].keys(), ...gone[kind]].sort().at(-1) ?? ''
  return {
    status: 201,
    body: (seen) => {
      assert.equal(seen.id.slice(12, 18), first.project.tag)
      assert.ok(seen.id > last)
      return { id: seen.id, createdAt: seen.createdAt, ...properties(seen) }
    },
  }
}

function simsMissing(caller: Caller, simIds: readonly string[], deviceId: string | null): string[] {
  return simIds.flatMap((id, position) => {
    const isAtHand = deviceId !== null && sims.has(id) && deviceOf(id) === deviceId
    return isAtHand || sees(caller, 'sims', id) ? [] : [`sims[${position}]`]
  })
}

function simsInUse(simIds: readonly string[], deviceId: string | null): string[] {
  return simIds.flatMap((id, position) => {
    const on = deviceOf(id)
    return on === null || on === deviceId ? [] : [`sims[${position}]`]
  })
}

function createDevice(caller: Caller, imei = random.pick(pools.imeis)): Step {
  const name = random.pick([null, `Phone ${random.below(20)}`])
  const rest = some({ user: anyUser(caller), sims: anySims([]), name, metadata: anyMetadata(false) })
  const body: Resource = { imei, ...rest }
  const user = caller.userId ?? body.user ?? null
  const simIds: string[] = body.sims ?? []
  const step = { method: 'POST', path: './devices', body } as const
  if (caller.userId !== null && typeof body.user === 'string' && body.user !== caller.userId) {
    return { ...step, expected: rejected(403) }
  }
  const missing = [...(user !== null && !users.has(user) ? ['user'] : []), ...simsMissing(caller, simIds, null)]
  if (missing.length > 0) return { ...step, expected: rejected(404, missing) }
  const isTaken = [...devices.values()].some(({ own }) => own.imei === imei)
  const clashes = [...(isTaken ? ['imei'] : []), ...simsInUse(simIds, null)]
  if (clashes.length > 0) return { ...step, expected: rejected(422, clashes) }
  const own = { object: 'device', imei, model: null, name: body.name ?? null, metadata: body.metadata ?? {} }
  return {
    ...step,
    expected: made('devices', () => render({ own, user, sims: simIds })),
    apply({ id, createdAt }) {
      devices.set(id, { own: { ...own, id, createdAt }, user, sims: simIds })
    },
  }
}

function updateDevice(caller: Caller): Step {
  const id = anyId('devices')
  const device = devices.get(id)
  const isClaim = caller.userId !== null && random.chance(0.5)
  const user = isClaim ? caller.userId : anyUser(caller)
  const name = random.pick([null, `Phone ${random.below(20)}`])
  const changes = some({ sims: anySims(device?.sims ?? []), name, metadata: anyMetadata(true) })
  const body: Resource = { ...changes, ...(user === undefined ? {} : { user }) }
  const step = { method: 'PATCH', path: `./devices/${id}`, body } as const
  const isOwn = device && (caller.userId === null || device.user === caller.userId)
  if (!device || (!isOwn && device.user !== null)) return { ...step, expected: rejected(404) }
  if (caller.userId !== null && typeof body.user === 'string' && body.user !== caller.userId) {
    return { ...step, expected: rejected(403) }
  }
  if (!isOwn && body.user !== caller.userId) return { ...step, expected: rejected(404) }
  const simIds: string[] = body.sims ?? []
  const isUnknown = typeof body.user === 'string' && !users.has(body.user)
  const missing = [...(isUnknown ? ['user'] : []), ...simsMissing(caller, simIds, id)]
  if (missing.length > 0) return { ...step, expected: rejected(404, missing) }
  const inUse = simsInUse(simIds, id)
  if (inUse.length > 0) return { ...step, expected: rejected(422, inUse) }
  const changed: ModelDevice = {
    own: { ...device.own, metadata: merged(device.own.metadata, body.metadata) },
    user: body.user === undefined ? device.user : body.user,
    sims: body.sims ?? device.sims,
  }
  if (body.name !== undefined) changed.own.name = body.name
  return {
    ...step,
    expected: { status: 200, body: () => render(changed) },
    apply() {
      devices.set(id, changed)
      if (!isOwn) totals.claims += 1
    },
  }
}

function createUser(caller: Caller, email = random.pick(pools.emails)): Step {
  const fullName = random.pick([null, `Person ${random.below(20)}`])
  const body: Resource = { email: anyCase(email), ...some({ fullName, metadata: anyMetadata(false) }) }
  const step = { method: 'POST', path: './users', body } as const
  if (caller.userId !== null) return { ...step, expected: rejected(403) }
  if (hasEmail(email)) return { ...step, expected: rejected(422, ['email']) }
  return {
    ...step,
    expected: made('users', () => ({
      object: 'user',
      metadata: body.metadata ?? {},
      birthday: null,
      email: body.email,
      emailVerified: false,
      fullName: body.fullName ?? null,
      preferredLocale: first.project.locales[0],
    })),
    apply: (user) => users.set(user.id, user),
  }
}

function updateUser(caller: Caller): Step {
  const id = anyId('users')
  const fullName = random.pick([null, `Person ${random.below(20)}`])
  const body: Resource = some({ fullName, metadata: anyMetadata(true) })
  if (random.chance(0.3)) body.email = anyCase(random.pick(pools.emails))
  const step = { method: 'PATCH', path: `./users/${id}`, body } as const
  if (!sees(caller, 'users', id)) return { ...step, expected: rejected(404) }
  if (caller.userId !== null) return { ...step, expected: rejected(403) }
  if (body.email !== undefined && hasEmail(body.email, id)) return { ...step, expected: rejected(422, ['email']) }
  const user = users.get(id)
  const changed = { ...user, ...body, metadata: merged(user.metadata, body.metadata) }
  return {
    ...step,
    expected: { status: 200, body: () => changed },
    apply: () => users.set(id, changed),
  }
}

function anyCase(email: string): string {
  return random.chance(0.2) ? email.toUpperCase() : email
}

function hasEmail(email: string, except?: string): boolean {
  return [...users.values()].some((user) => user.id !== except && user.email.toLowerCase() === email.toLowerCase())
}

function createSim(caller: Caller, iccid = random.pick(pools.iccids)): Step {
  const body: Resource = { iccid, ...some({ ...anySimProperties(), type: anyType(), metadata: anyMetadata(false) }) }
  const step = { method: 'POST', path: './sims', body } as const
  if (caller.userId !== null) return { ...step, expected: rejected(403) }
  if ([...sims.values()].some((sim) => sim.iccid === iccid)) return { ...step, expected: rejected(422, ['iccid']) }
  return {
    ...step,
    expected: made('sims', () => ({
      object: 'sim',
      metadata: {},
      provider: 'p1',
      status: 'inactive',
      type: 'eSIM',
      ...body,
    })),
    apply: (sim) => sims.set(sim.id, sim),
  }
}

function updateSim(caller: Caller): Step {
  const id = anyId('sims')
  const body: Resource = some({ ...anySimProperties(), metadata: anyMetadata(true) })
  const step = { method: 'PATCH', path: `./sims/${id}`, body } as const
  if (!sees(caller, 'sims', id)) return { ...step, expected: rejected(404) }
  if (caller.userId !== null) return { ...step, expected: rejected(403) }
  const sim = sims.get(id)
  const changed = { ...sim, ...body, metadata: merged(sim.metadata, body.metadata) }
  return {
    ...step,
    expected: { status: 200, body: () => changed },
    apply: () => sims.set(id, changed),
  }
}

function anySimProperties() {
  return { provider: random.pick(['p1', 'p9']), status: random.pick(['inactive', 'active', 'retired']) }
}

function anyType(): string {
  return random.pick(['eSIM', 'pSIM'])
}

function remove(caller: Caller): Step {
  const kind = random.pick(['devices', 'devices', 'sims', 'users'] as const)
  const id = anyId(kind)
  if (kind === 'users' && users.has(id) && users.size <= FEWEST_USERS) return retrieve(caller)
  const step = { method: 'DELETE', path: `./${kind}/${id}` } as const
  if (!sees(caller, kind, id)) return { ...step, expected: rejected(404) }
  if (kind !== 'devices' && caller.userId !== null) return { ...step, expected: rejected(403) }
  if (kind === 'sims' && deviceOf(id) !== null) return { ...step, expected: rejected(422) }
  const was = show(kind, id)
  return {
    ...step,
    expected: { status: 200, body: () => was },
    apply() {
      model[kind].delete(id)
      gone[kind].push(id)
      if (kind !== 'users') return
      for (const device of devices.values()) {
        if (device.user !== id) continue
        device.user = null
        device.own = { ...device.own, name: null }
      }
    },
  }
}

function retrieve(caller: Caller): Step {
  const kind = random.pick(['devices', 'sims', 'users'] as const)
  const id = anyId(kind)
  const step = { method: 'GET', path: `./${kind}/${id}` } as const
  if (!sees(caller, kind, id)) return { ...step, expected: rejected(404) }
  const seen = show(kind, id)
  return { ...step, expected: { status: 200, body: () => seen } }
}

function list(caller: Caller): Step {
  const kind = random.pick(['devices', 'sims', 'users'] as const)
  const page: Page = { limit: random.pick([0, 1, 3, 10, 200]) }
  if (random.chance(0.6)) page[random.pick(['after', 'before'] as const)] = anyId(kind)
  const filters: { user?: string; sim?: string } = {}
  if (kind !== 'users' && random.chance(0.4)) filters.user = anyId('users')
  if (kind === 'devices' && random.chance(0.3)) filters.sim = anyId('sims')
  const items = visible(kind, caller).filter(({ id, status }) => {
    const device = kind === 'sims' ? deviceOf(id) : id
    const isOwned = filters.user === undefined || devices.get(device)?.user === filters.user
    const isHolding = filters.sim === undefined || deviceOf(filters.sim) === id
    return isOwned && isHolding && status !== 'retired'
  })
  const query = new URLSearchParams({ ...page, ...filters, limit: String(page.limit) })
  return { method: 'GET', path: `./${kind}?${query}`, expected: { status: 200, body: () => pageOf(items, page) } }
}

function search(caller: Caller): Step {
  const { userId } = caller
  const found = (items: Resource[]): Expected => ({ status: 200, body: () => pageOf(items, { limit: 200 }) })
  const kind = random.pick(['devices', 'sims', 'users'] as const)
  const step = { method: 'POST', path: `./${kind}/search` } as const
  if (kind === 'devices') {
    const imei = random.pick(pools.imeis)
    const matches = [...devices.values()].filter(
      ({ own, user }) => own.imei === imei && (userId === null || user === null || user === userId),
    )
    return { ...step, body: { imei }, expected: found(matches.map(render)) }
  }
  if (kind === 'users') {
    const email = random.pick(pools.emails)
    const matches = visible('users', caller).filter((user) => user.email.toLowerCase() === email)
    return { ...step, body: { email: anyCase(email) }, expected: found(matches) }
  }
  const iccid = random.pick(pools.iccids)
  const type = random.pick([undefined, anyType()])
  const matches = visible('sims', caller).filter((sim) => sim.iccid === iccid && (type ?? sim.type) === sim.type)
  return { ...step, body: { iccid, ...(type ? { type } : {}) }, expected: found(matches) }
}

/** Requests for the second project with a token of the first, which must all return 404. */
function requestSecondProject(): Step {
  const kind = random.pick(['devices', 'sims', 'users'] as const)
  const id = random.pick([...elsewhere[kind], ...model[kind].keys()])
  const at = `/projects/second/${kind}`
  const [method, path, body] = random.pick([
    ['GET', '/projects/second', undefined],
    ['GET', at, undefined],
    ['GET', `${at}/${id}`, undefined],
    ['DELETE', `${at}/${id}`, undefined],
    ['PATCH', `${at}/${id}`, { metadata: { a: '1' } }],
    ['POST', at, { imei: random.pick(pools.imeis) }],
    ['POST', `${at}/search`, { imei: random.pick(pools.imeis) }],
    ['POST', `/projects/second/users/${random.pick(elsewhere.users)}/tokens`, {}],
  ] as const)
  return { method, path, ...(body ? { body } : {}), expected: rejected(404) }
}

function listProjects(): Step {
  const body = ({ items }: Resource) => {
    assert.deepEqual([items.length, items[0]?.id], [1, 'first'])
    return { object: 'list', items, moreItemsAfter: null, moreItemsBefore: null }
  }
  return { method: 'GET', path: '/projects', expected: { status: 200, body } }
}

/** Requests a token for a user that does not exist: a deleted one, or one of the second project. */
function mintForAbsentUser(): Step {
  const id = random.pick([...elsewhere.users, ...gone.users])
  return { method: 'POST', path: `./users/${id}/tokens`, body: {}, expected: rejected(404) }
}

const STEPS: readonly ((caller: Caller) => Step)[] = [
  (caller) => createDevice(caller),
  (caller) => createDevice(caller),
  updateDevice,
  updateDevice,
  updateDevice,
  updateDevice,
  (caller) => createUser(caller),
  updateUser,
  (caller) => createSim(caller),
  (caller) => createSim(caller),
  updateSim,
  remove,
  remove,
  retrieve,
  retrieve,
  list,
  list,
  list,
  search,
  search,
  requestSecondProject,
  listProjects,
  mintForAbsentUser,
]
