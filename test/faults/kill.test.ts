import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { createRandom, type Random } from '../../src/domain/random.ts'
import { countKills, reportProgress, scale, seed } from '../support/fault-scale.ts'
import type { ApiResponse, Client } from '../support/server.ts'
import { killWhileStarting, requireHealthyStore, startServerProcess, untilLeft } from '../support/server-process.ts'
import { engine, makeStore } from '../support/store.ts'

const KILLS = countKills(engine === 'postgres' ? 3 : 5, 300)
/** `handset doctor` checks every row after this many kills. Damage persists, so a later check finds it too. */
const KILLS_PER_CHECK = scale(1, 20)
const WRITERS = 32
/** The longest time from the first acknowledged change to a kill, in milliseconds. */
const LONGEST_LIFE = 600
/** How long the events of acknowledged changes may take to be listed, after a kill, in milliseconds. */
const EVENTS_WITHIN = scale(10_000, 60_000)
/** How often a change is sent while the store is unavailable. */
const MOST_ATTEMPTS = 5
const KINDS = 'com.gigs.device.*,com.gigs.sim.*,com.gigs.user.*'
const MAX_DEVICES = 12
const MAX_SIMS = 8
const MAX_USERS = 3

/** What a writer knows of its own objects, by IMEI, ICCID or e-mail address. */
interface Holdings {
  devices: Record<string, { id: string | null; name: string | null; user: string | null; sims: string[]; step: string }>
  sims: Record<string, { id: string | null; step: string }>
  users: Record<string, { id: string | null; fullName: string | null }>
}

/**
 * A change that a writer requests, and what it has once the change is applied. Ids that it cannot know yet are null.
 */
interface Change {
  method: 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: object
  key: string
  after: Holdings
}

interface Writer {
  holdings: Holdings
  /** Sent and not acknowledged. */
  pending: Change | null
  /** The last acknowledged change with an idempotency key, and its response. */
  acknowledged: { change: Change; answer: ApiResponse } | null
  made: number
}

/** What the events have stated so far, read in order from the first. */
const log = {
  newest: undefined as string | undefined,
  /** The changes that are known to be applied, and not applied, by the id of their request. */
  applied: new Set<string>(),
  notApplied: new Set<string>(),
  /** Each event, as the request and the change that it states. */
  events: new Set<string>(),
  requests: new Set<string>(),
  /** The ids of all objects, when they were last listed. */
  listed: [] as string[],
  /** Every object, as its last event shows it. */
  objects: new Map<string, object>(),
}

const totals = {
  sent: 0,
  acknowledged: 0,
  cutOff: 0,
  foundDone: 0,
  foundUndone: 0,
  replayed: 0,
  rows: 0,
  starts: 0,
  events: 0,
}

/**
 * Kills the server while its machine keeps running. This shows that every response waits for its commit and that
 * commits are atomic. It cannot show that a commit survives a power failure (`synchronous = FULL`).
 */
describe('kill -9', () => {
  it(`loses no acknowledged change and leaves none half applied, ${KILLS} times`, { timeout: 3_600_000 }, async (t) => {
    const random = createRandom(seed)
    const store = await makeStore()
    const writers = Array.from(
      { length: WRITERS },
      (): Writer => ({
        holdings: { devices: {}, sims: {}, users: {} },
        pending: null,
        acknowledged: null,
        made: 0,
      }),
    )
    let key = ''
    for (let kill = 0; kill <= KILLS; kill++) {
      if (kill > 0 && random.chance(0.2)) {
        await killWhileStarting(store, random.below(500))
        await untilLeft(store)
        totals.starts += 1
      }
      const server = await startServerProcess(store, { HANDSET_RATE_LIMIT: '0' })
      key = server.key ?? key
      const call = server.clientWith(key)
      await recover(call, writers)
      await replayAcknowledged(call, writers)
      await readEvents(call)
      requireHoldings(await readHoldings(call), writers)
      assert.deepEqual([...log.objects.keys()].sort(), log.listed, 'events and lists show the same objects')
      if (kill % KILLS_PER_CHECK === 0 || kill === KILLS) {
        await requireHealthyStore(store)
        reportProgress(`${kill} kills, ${totals.acknowledged} changes acknowledged`)
      }
      if (kill < KILLS) {
        const { promise: isWriting, resolve: onAcknowledged } = Promise.withResolvers<void>()
        const life = isWriting.then(() => server.killIn(random.below(LONGEST_LIFE)))
        await Promise.all(
          writers.map((writer, number) => write(call, writer, number, random, server.isRunning, onAcknowledged)),
        )
        await life
        await untilLeft(store)
      } else {
        assert.equal(await server.stop(), 0)
      }
    }
    const { sent, acknowledged, cutOff, foundDone, foundUndone, replayed, rows, starts } = totals
    t.diagnostic(
      `seed ${seed}; ${KILLS} kills while ${WRITERS} writers wrote and ${starts} during a start, all survived`,
    )
    t.diagnostic(
      `${sent} changes sent, ${acknowledged} acknowledged, 0 lost; ${replayed} replayed with their key, 0 duplicated`,
    )
    t.diagnostic(
      `${cutOff} interrupted: ${foundDone} applied, ${foundUndone} not applied, 0 half applied; ${rows} rows checked`,
    )
    t.diagnostic(`${totals.events} events: one for every applied change, none twice, none without its change`)
    assert.ok(foundDone > 0 || foundUndone > 0, 'no kill interrupted a change in flight')
  })
})

/** Sends changes one after another until the server is gone. */
async function write(
  call: Client,
  writer: Writer,
  number: number,
  random: Random,
  isRunning: () => boolean,
  onAcknowledged: () => void,
): Promise<void> {
  for (;;) {
    const change = nextChange(writer, number, random)
    writer.pending = change
    totals.sent += 1
    let answer: ApiResponse
    try {
      answer = await send(call, change)
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      totals.cutOff += 1
      return
    }
    if (answer.status === 503) {
      totals.cutOff += 1
      return
    }
    acknowledge(writer, change, answer)
    totals.acknowledged += 1
    onAcknowledged()
    if (!isRunning()) return
  }
}

/** Sends a change, and again while the store is unavailable if its key makes that safe: a busy machine may be late. */
async function send(call: Client, change: Change): Promise<ApiResponse> {
  const { method, path, body, key } = change
  for (let attempt = 1; ; attempt++) {
    const answer = await call(method, path, {
      ...(body ? { body } : {}),
      headers: { 'x-request-id': key, ...(method === 'PATCH' ? {} : { 'idempotency-key': key }) },
    })
    if (answer.status !== 503 || method === 'PATCH' || attempt === MOST_ATTEMPTS) return answer
  }
}

/** Records the response to a change in what the writer knows. */
function acknowledge(writer: Writer, change: Change, answer: ApiResponse): void {
  const { method, path, after } = change
  assert.equal(answer.status, method === 'POST' ? 201 : 200, JSON.stringify(answer.body))
  const { object, id } = answer.body
  const kind = `${object}s` as keyof Holdings
  const [name, seen] = entryOf(answer.body)
  const known = after[kind][name]
  if (known?.id === null) known.id = id
  if (method !== 'DELETE') assert.deepEqual(seen, known, `${method} ${path} returns what was sent`)
  writer.holdings = after
  writer.pending = null
  log.applied.add(change.key)
  if (method !== 'PATCH') writer.acknowledged = { change, answer }
}

/** Determines whether each interrupted change was applied, and sends it again. */
async function recover(call: Client, writers: readonly Writer[]): Promise<void> {
  const found = await readHoldings(call)
  for (const [number, writer] of writers.entries()) {
    const { pending, holdings } = writer
    if (pending === null) continue
    const actual = found[number] as Holdings
    const isDone = isDeepStrictEqual(actual, withIdsOf(pending.after, actual))
    if (!isDone)
      assert.deepEqual(actual, holdings, `${pending.method} ${pending.path} was interrupted and is half applied`)
    const isUndone = isDeepStrictEqual(actual, holdings)
    if (!isUndone) totals.foundDone += 1
    else if (!isDone) totals.foundUndone += 1
    if (pending.method === 'PATCH') {
      writer.holdings = isDone ? pending.after : holdings
      const outcomes = isDone ? log.applied : log.notApplied
      outcomes.add(pending.key)
      writer.pending = null
      continue
    }
    const answer = await send(call, pending)
    assert.equal(
      answer.headers['idempotent-replayed'],
      isDone ? 'true' : undefined,
      `${pending.method} ${pending.path}`,
    )
    acknowledge(writer, pending, answer)
  }
}

/** Repeats acknowledged changes. Each returns its first response and changes nothing. */
async function replayAcknowledged(call: Client, writers: readonly Writer[]): Promise<void> {
  for (const { acknowledged } of writers) {
    if (acknowledged === null) continue
    const again = await send(call, acknowledged.change)
    assert.equal(again.status, acknowledged.answer.status)
    assert.equal(again.headers['idempotent-replayed'], 'true')
    assert.deepEqual(again.body, acknowledged.answer.body)
    totals.replayed += 1
  }
}

/**
 * Reads the new events. Fails unless every applied change has its events, no change has one twice or without having been
 * applied, and each event continues from the one before it.
 */
async function readEvents(call: Client): Promise<void> {
  const missing = () => [...log.applied].filter((key) => !log.requests.has(key))
  for (const deadline = performance.now() + EVENTS_WITHIN; ; ) {
    const place = log.newest === undefined ? '' : `&before=${log.newest}`
    const { body } = await call('GET', `./events?limit=200&wait=1&type=${KINDS}${place}`)
    const events = log.newest === undefined ? await firstEvents(call) : body.items.reverse()
    for (const event of events) readEvent(event)
    if (events.length === 0 && missing().length === 0) break
    assert.ok(performance.now() < deadline, `changes without an event: ${missing().slice(0, 5)}`)
  }
  for (const key of log.notApplied) assert.ok(!log.requests.has(key), `${key} was not applied and has an event`)
}

/** All events, oldest first. */
async function firstEvents(call: Client): Promise<ApiResponse['body'][]> {
  return (await listAll(call, `events?type=${KINDS}`)).reverse()
}

function readEvent({ id, type, requestId, data, previousData }: ApiResponse['body']): void {
  log.newest = id
  log.requests.add(requestId)
  const name = `${requestId} ${type} ${data.id}`
  assert.ok(!log.events.has(name), `twice: ${name}`)
  log.events.add(name)
  totals.events += 1
  const before = log.objects.get(data.id) as Record<string, unknown> | undefined
  if (type.endsWith('.created')) assert.equal(before, undefined, `${data.id} is created twice`)
  else assert.ok(before, `${name}: the object was not created, or is deleted`)
  if (previousData?.metadata) assert.deepEqual(previousData.metadata, before?.metadata, `${name}: an event is missing`)
  if (type.endsWith('.deleted')) log.objects.delete(data.id)
  else log.objects.set(data.id, data)
}

function requireHoldings(found: readonly Holdings[], writers: readonly Writer[]): void {
  assert.equal(found.length, writers.length)
  for (const [number, { holdings }] of writers.entries()) assert.deepEqual(found[number], holdings)
}

/** Reads everything that the server has, by writer. Fails if a device shows another user or SIM than the lists do. */
async function readHoldings(call: Client): Promise<Holdings[]> {
  const found = Array.from({ length: WRITERS }, (): Holdings => ({ devices: {}, sims: {}, users: {} }))
  const listed = new Map<string, unknown>()
  for (const kind of ['users', 'sims', 'devices'] as const) {
    for (const item of await listAll(call, kind)) {
      const [name, seen] = entryOf(item)
      const { [kind]: entries } = found[writerOf(name)] as Holdings
      assert.ok(!(name in entries), `${name} exists twice`)
      ;(entries as Record<string, unknown>)[name] = seen
      listed.set(item.id, item)
      if (kind !== 'devices') continue
      for (const part of [...item.sims, ...(item.user === null ? [] : [item.user])]) {
        assert.deepEqual(part, listed.get(part.id), 'a device shows its user and SIMs as the lists do')
      }
    }
  }
  totals.rows += listed.size
  log.listed = [...listed.keys()].sort()
  return found
}

async function listAll(call: Client, kind: string) {
  const items: ApiResponse['body'][] = []
  let after = ''
  do {
    const { body } = await call(
      'GET',
      `./${kind}${kind.includes('?') ? '&' : '?'}limit=200${after && `&after=${after}`}`,
    )
    items.push(...body.items)
    after = body.moreItemsAfter
  } while (after !== null)
  return items
}

/** A resource as its writer knows it, with its name. */
function entryOf(resource: ApiResponse['body']): [string, Holdings[keyof Holdings][string]] {
  const { object, id, metadata } = resource
  switch (object) {
    case 'device': {
      const { imei, name, user, sims } = resource
      const iccids = sims.map(({ iccid }: { iccid: string }) => iccid)
      return [imei, { id, name, user: user?.email ?? null, sims: iccids, step: metadata.step }]
    }
    case 'sim':
      return [resource.iccid, { id, step: metadata.step }]
    default:
      return [resource.email, { id, fullName: resource.fullName }]
  }
}

/** The same holdings, with the actual id where the id is not known yet. */
function withIdsOf(holdings: Holdings, actual: Holdings): Holdings {
  const filled = structuredClone(holdings)
  for (const kind of ['devices', 'sims', 'users'] as const) {
    for (const [name, entry] of Object.entries(filled[kind])) entry.id ??= actual[kind][name]?.id ?? null
  }
  return filled
}

function writerOf(name: string): number {
  return Number(name.slice(NAME_START, NAME_START + 2))
}

/** Names of all three kinds have their writer's number at the same position. */
const NAME_START = 5

function newName(kind: keyof Holdings, number: number, made: number): string {
  const writer = String(number).padStart(2, '0')
  const serial = (digits: number) => String(made).padStart(digits, '0')
  if (kind === 'devices') return `00101${writer}${serial(8)}`
  if (kind === 'sims') return `89883${writer}${serial(12)}`
  return `user-${writer}-${serial(8)}@example.com`
}

/** The next change that a writer requests, given what it has. */
function nextChange(writer: Writer, number: number, random: Random): Change {
  writer.made += 1
  const after = structuredClone(writer.holdings)
  const { devices, sims, users } = after
  const step = String(writer.made)
  const key = `${seed}-${number}-${step}`
  const free = Object.keys(sims).filter(
    (iccid) => !Object.values(devices).some((device) => device.sims.includes(iccid)),
  )
  const idsOf = (kind: keyof Holdings, names: string[]) => names.map((name) => after[kind][name]?.id as string)
  const someUser = () => (random.chance(0.3) ? null : (random.pick([...Object.keys(users), null]) ?? null))
  const userId = (email: string | null) => (email === null ? null : (users[email]?.id as string))

  function create(kind: keyof Holdings): Change {
    const name = newName(kind, number, writer.made)
    const path = `./${kind}`
    if (kind === 'users') {
      users[name] = { id: null, fullName: step }
      return { method: 'POST', path, key, after, body: { email: name, fullName: step } }
    }
    if (kind === 'sims') {
      sims[name] = { id: null, step }
      return { method: 'POST', path, key, after, body: { iccid: name, metadata: { step } } }
    }
    const chosen = free.slice(0, random.below(4))
    const user = someUser()
    devices[name] = { id: null, name: step, user, sims: chosen, step }
    const body = { imei: name, name: step, user: userId(user), sims: idsOf('sims', chosen), metadata: { step } }
    return { method: 'POST', path, key, after, body }
  }

  function remove(kind: keyof Holdings, name: string): Change {
    const path = `./${kind}/${after[kind][name]?.id}`
    delete after[kind][name]
    for (const device of Object.values(devices)) {
      if (kind !== 'users' || device.user !== name) continue
      device.user = null
      device.name = null
    }
    return { method: 'DELETE', path, key, after }
  }

  function patchDevice(imei: string): Change {
    const device = devices[imei] as Holdings['devices'][string]
    const user = someUser()
    const chosen = [...device.sims, ...free].filter(() => random.chance(0.5)).reverse()
    Object.assign(device, { name: step, user, sims: chosen, step })
    const body = { name: step, user: userId(user), sims: idsOf('sims', chosen), metadata: { step } }
    return { method: 'PATCH', path: `./devices/${device.id}`, key, after, body }
  }

  const imeis = Object.keys(devices)
  if (Object.keys(users).length < MAX_USERS && random.chance(0.3)) return create('users')
  if (Object.keys(sims).length < MAX_SIMS && random.chance(0.4)) return create('sims')
  if (Object.keys(users).length > 0 && random.chance(0.05)) return remove('users', random.pick(Object.keys(users)))
  if (free.length > 0 && random.chance(0.05)) return remove('sims', random.pick(free))
  if (imeis.length === 0 || (imeis.length < MAX_DEVICES && random.chance(0.4))) return create('devices')
  return random.chance(0.35) ? remove('devices', random.pick(imeis)) : patchDevice(random.pick(imeis))
}
