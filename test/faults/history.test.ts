import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createRandom } from '../../src/domain/random.ts'
import { makeEmail, makeIccid, makeImei } from '../support/factories.ts'
import { countKills, reportProgress, scale, seed } from '../support/fault-scale.ts'
import {
  devicesIn,
  type Fleet,
  type FleetOperation,
  type FleetRequest,
  specifyFleet,
} from '../support/fleet-specification.ts'
import { checkHistory } from '../support/linearizability.ts'
import type { ApiResponse, Client } from '../support/server.ts'
import { requireHealthyStore, type ServerProcess, startServerProcess, untilLeft } from '../support/server-process.ts'
import { engine, makeStore } from '../support/store.ts'

const KILLS = countKills(3, 100)
const CLIENTS = 8

/** How many requests the clients send before each kill, at most. */
const LONGEST_LIFE = scale(200, 600)

/** The fleet is small, so that the clients get in each other's way. */
const imeis = Array.from({ length: 3 }, () => makeImei())
const emails = Array.from({ length: 3 }, () => makeEmail())
const iccids = Array.from({ length: 3 }, () => makeIccid())

/** Two processes answer on each store: workers on SQLite, servers on PostgreSQL. */
const SERVERS = engine === 'postgres' ? 2 : 1
const ENVIRONMENT = { HANDSET_RATE_LIMIT: '0', HANDSET_WORKERS: engine === 'postgres' ? '1' : '2' }

/** A request, in the form in which it is sent and repeated. */
interface Sent {
  method: string
  path: string
  body?: object
  headers?: Record<string, string>
}

/** A request whose response did not arrive. */
interface Open {
  request: FleetRequest
  sent: Sent
  start: number
}

const random = createRandom(seed)
const totals = { operations: 0, rejected: 0, unknown: 0, resent: 0, replayed: 0, together: 0 }

/** Counts starts and ends, so that they have one order. */
let moment = 0
let keys = 0
let history: FleetOperation[] = []
/** What requests refer to. Clients share it, and some of it is deleted. */
let known = { devices: [] as string[], users: [] as string[], sims: [] as string[] }

describe('the history of a fleet that eight clients change while servers are killed', () => {
  it(`has one order that explains every response, after ${KILLS} kills`, { timeout: 3_600_000 }, async (t) => {
    t.diagnostic(`seed ${seed}`)
    const store = await makeStore()
    let fleet: Fleet = { devices: {}, users: {} }
    let key = ''
    let open: Open[] = []
    for (let kill = 0; kill <= KILLS; kill++) {
      const servers = await Promise.all(Array.from({ length: SERVERS }, () => startServerProcess(store, ENVIRONMENT)))
      key = servers.find((server) => server.key !== undefined)?.key ?? key
      const calls = servers.map((server) => server.clientWith(key))
      const [call] = calls as [Client]
      if (kill === 0) known.sims = await createSims(call)
      await Promise.all(open.map((each) => finish(call, each)))
      const next = await readFleet(call)
      requireExplained(fleet, next)
      fleet = next
      if (kill % 10 === 0) reportProgress(`${kill} kills, ${totals.operations} operations explained`)
      if (kill === KILLS) {
        for (const server of servers) assert.equal(await server.stop(), 0)
        break
      }
      open = await runClients(servers, calls)
      await untilLeft(store)
    }
    await requireHealthyStore(store)
    t.diagnostic(
      `${totals.operations} operations of ${CLIENTS} clients on ${imeis.length} devices, ${KILLS} kills: ` +
        `${totals.rejected} rejected, ${totals.unknown} unknown, ${totals.resent} sent again after a kill, ` +
        `${totals.replayed} replayed, ${totals.together} sent twice at once; all explained`,
    )
  })
})

/** Runs all clients until the servers are killed. Returns the requests that got no response. */
async function runClients(servers: readonly ServerProcess[], calls: readonly Client[]): Promise<Open[]> {
  let left = 1 + random.below(LONGEST_LIFE)
  const { promise: isKilled, resolve: onKilled } = Promise.withResolvers<unknown>()
  const isRunning = () => {
    left -= 1
    if (left === 0) onKilled(Promise.all(servers.map((server) => server.killIn(0))))
    return servers.every((server) => server.isRunning())
  }
  const open = await Promise.all(
    Array.from({ length: CLIENTS }, (_, client) => runClient(calls[client % calls.length] as Client, isRunning)),
  )
  await isKilled
  return open.flat()
}

/** Sends one request after another. `isRunning` counts them. */
async function runClient(call: Client, isRunning: () => boolean): Promise<Open[]> {
  while (isRunning()) {
    const request = nextRequest()
    const sent = toSent(request)
    const start = ++moment
    const isTwice = sent.headers !== undefined && random.chance(0.15)
    const answers = await Promise.allSettled(Array.from({ length: isTwice ? 2 : 1 }, () => send(call, sent)))
    const arrived = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    if (isTwice) totals.together += 1
    const response = firstOf(arrived)
    const isCertain = response !== undefined && (response.status < 300 || arrived.length === answers.length)
    if (!isCertain) return [{ request, sent, start }]
    record(request, start, response)
    if (response.status < 300 && sent.headers !== undefined && random.chance(0.3)) await replay(call, sent, response)
  }
  return []
}

/** The response that counts, of those to one request: a success if there is one, since a rejection has changed nothing. */
function firstOf(responses: readonly ApiResponse[]): ApiResponse | undefined {
  const successes = responses.filter(({ status }) => status < 300)
  const [first, ...others] = successes
  for (const other of others) assert.deepEqual(other.body, first?.body, 'a request that is sent twice has one response')
  const made = successes.filter(({ headers }) => headers['idempotent-replayed'] === undefined)
  assert.ok(made.length <= 1, 'a request that is sent twice is applied once')
  return first ?? responses.find(({ status }) => status !== 409)
}

/** Sends an acknowledged request again, which must return the first response whatever has happened since. */
async function replay(call: Client, sent: Sent, { status, body }: ApiResponse): Promise<void> {
  if (random.chance(0.5)) await pause(random.below(50))
  const again = await send(call, sent).catch(failUnlessCut)
  if (again === undefined) return
  assert.equal(again.headers['idempotent-replayed'], 'true', `${sent.method} ${sent.path}`)
  assert.deepEqual([again.status, again.body], [status, body])
  totals.replayed += 1
}

/** Sends a request again whose response was lost with its server, if it has a key. The outcome of others stays unknown. */
async function finish(call: Client, { request, sent, start }: Open): Promise<void> {
  if (sent.headers === undefined) {
    totals.unknown += 1
    return record(request, start, null)
  }
  totals.resent += 1
  record(request, start, await send(call, sent))
}

function record(request: FleetRequest, start: number, response: ApiResponse | null): void {
  history.push({ request, response, start, end: ++moment })
  totals.operations += 1
  if (response === null) return
  const { status, body } = response
  if (status >= 400) totals.rejected += 1
  else if (request.verb === 'createDevice') known.devices = [...known.devices.slice(-4), body.id]
  else if (request.verb === 'createUser') known.users = [...known.users.slice(-3), body.id]
}

function send(call: Client, { method, path, body, headers }: Sent): Promise<ApiResponse> {
  return call(method, path, { ...(body && { body }), ...(headers && { headers }) })
}

function failUnlessCut(error: unknown): undefined {
  if (error instanceof assert.AssertionError) throw error
}

async function createSims(call: Client): Promise<string[]> {
  const made = await Promise.all(iccids.map((iccid) => call('POST', './sims', { body: { iccid } })))
  return made.map(({ body }) => body.id)
}

/** Reads the whole fleet while nobody changes it. */
async function readFleet(call: Client): Promise<Fleet> {
  const [devices, users] = [await call('GET', './devices?limit=200'), await call('GET', './users?limit=200')]
  const fleet = {
    devices: devicesIn(devices.body),
    users: Object.fromEntries(users.body.items.map(({ email, id }: ApiResponse['body']) => [email, id])),
  }
  assert.equal(Object.keys(fleet.devices).length, devices.body.items.length, 'an IMEI occurs once')
  const sims = Object.values(fleet.devices).flatMap((device) => device.sims)
  assert.equal(new Set(sims).size, sims.length, 'a SIM is on one device at most')
  record({ verb: 'listDevices' }, ++moment, devices)
  return fleet
}

/** Checks the operations since the fleet was last read, and clears them. */
function requireExplained(before: Fleet, after: Fleet): void {
  const verdict = checkHistory(before, history, specifyFleet)
  if (!verdict.isLinearizable) {
    const { explained, state, candidates } = verdict
    const lines = candidates.map((operation) => JSON.stringify(operation))
    assert.fail(
      `seed ${seed}: no order explains all ${history.length} responses. After ${explained} of them, the fleet is\n` +
        `${JSON.stringify(state)}\nand one of these would have to follow:\n${lines.join('\n')}`,
    )
  }
  history = []
  known = { ...known, users: [...known.users, ...Object.values(after.users)].slice(-4) }
}

function nextRequest(): FleetRequest {
  const device = () => (known.devices.length === 0 ? undefined : random.pick(known.devices))
  const change = () => ({
    name: `name ${random.below(1_000)}`,
    user: known.users.length > 0 && random.chance(0.6) ? random.pick(known.users) : null,
    sims: known.sims.filter(() => random.chance(0.35)),
    moveSims: random.chance(0.4),
  })
  const id = device()
  const turn = random.below(20)
  if (id === undefined || turn < 4) return { verb: 'createDevice', imei: random.pick(imeis), ...change() }
  if (turn < 9) return { verb: 'updateDevice', id, ...change() }
  if (turn < 11) return { verb: 'deleteDevice', id }
  if (turn < 14) return { verb: 'getDevice', id }
  if (turn < 17) return { verb: 'listDevices' }
  if (turn < 19 || known.users.length === 0) return { verb: 'createUser', email: random.pick(emails) }
  return { verb: 'deleteUser', id: random.pick(known.users) }
}

function toSent(request: FleetRequest): Sent {
  const { verb, ...rest } = request
  const headers = { 'idempotency-key': `${seed}-${++keys}` }
  switch (request.verb) {
    case 'createDevice':
      return { method: 'POST', path: './devices', body: rest, headers }
    case 'updateDevice': {
      const { name, user, sims, moveSims } = request
      return { method: 'PATCH', path: `./devices/${request.id}`, body: { name, user, sims, moveSims } }
    }
    case 'deleteDevice':
      return { method: 'DELETE', path: `./devices/${request.id}`, headers }
    case 'getDevice':
      return { method: 'GET', path: `./devices/${request.id}` }
    case 'listDevices':
      return { method: 'GET', path: './devices?limit=200' }
    case 'createUser':
      return { method: 'POST', path: './users', body: rest, headers }
    case 'deleteUser':
      return { method: 'DELETE', path: `./users/${request.id}`, headers }
  }
}
