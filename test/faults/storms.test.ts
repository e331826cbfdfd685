import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createRandom } from '../../src/domain/random.ts'
import { examine } from '../../src/serve/jobs/doctor.ts'
import {
  createDevice,
  createSim,
  createUser,
  createUserClient,
  makeEmail,
  makeIccid,
  makeImei,
} from '../support/factories.ts'
import { scale, seed } from '../support/fault-scale.ts'
import { type ApiResponse, type Client, startServer, type TestProject } from '../support/server.ts'
import { engine } from '../support/store.ts'

const ROUNDS = scale(engine === 'postgres' ? 3 : 6, 100)
const CROWD = 24
const MAX_TRIES = 500
const LONG = { timeout: 3_600_000 }

type Kind = 'devices' | 'sims' | 'users'
type Resource = ApiResponse['body']

const server = await startServer({ settings: { rateLimit: 0 }, nodes: 3 })
const random = createRandom(seed)
const imeis = Array.from({ length: CROWD }, () => makeImei())
const iccids = Array.from({ length: CROWD }, () => makeIccid())
const emails = Array.from({ length: CROWD }, () => makeEmail())

/** Figures of a test, for its report. */
interface Tally {
  statuses: Map<number, number>
  rows: number
}

/** A node of a PostgreSQL store may trust a token for another second after another node has ended it. */
async function untilUnauthenticated(call: Client): Promise<void> {
  const end = performance.now() + (engine === 'postgres' ? 1_000 : 0)
  let status: number
  do status = (await call('GET', './devices')).status
  while (status === 200 && performance.now() < end)
  // A request that began in that second is not the last one.
  if (status === 200) ({ status } = await call('GET', './devices'))
  assert.equal(status, 401)
}

/** Users, each with a client that has its own token. */
type Crowd = { id: string; call: Client }[]

describe('concurrent requests', () => {
  it('assign a device that many users claim to exactly one of them', LONG, async (t) => {
    const project = await server.addProject('claims', 'test')
    const crowd = await makeCrowd(project)
    const tally = makeTally()
    for (let round = 0; round < ROUNDS; round++) {
      const device = await createDevice(project, { imei: imeis[0] })
      const path = `./devices/${device.id}`
      const answers = await storm(
        tally,
        crowd.map(
          ({ id, call }) =>
            () =>
              call('PATCH', path, { body: { user: id, name: id } }),
        ),
      )
      requireStatuses(answers, { 200: 1, 404: CROWD - 1 })
      const winner = crowd[answers.findIndex(({ status }) => status === 200)] as Crowd[number]
      const [listed] = await listAll(tally, project, 'devices')
      assert.deepEqual(listed, answers.find(({ status }) => status === 200)?.body)
      assert.deepEqual([listed.user.id, listed.name], [winner.id, winner.id])
      for (const { id, call } of crowd) {
        assert.equal((await call('GET', './devices')).body.items.length, id === winner.id ? 1 : 0)
      }
      await requireConsistent()
      assert.equal((await winner.call('DELETE', path)).status, 200)
    }
    report(t, tally)
  })

  it('attach a free SIM that many devices request to exactly one of them', LONG, async (t) => {
    const project = await server.addProject('one-sim', 'test')
    const devices = await inTurn(imeis, (imei) => createDevice(project, { imei }))
    const tally = makeTally()
    for (let round = 0; round < ROUNDS; round++) {
      const sim = await createSim(project, { iccid: iccids[0] })
      const answers = await storm(
        tally,
        devices.map(
          ({ id }) =>
            () =>
              project.call('PATCH', `./devices/${id}`, { body: { sims: [sim.id] } }),
        ),
      )
      requireStatuses(answers, { 200: 1, 422: CROWD - 1 })
      requireCodes(answers, 'deviceSimAlreadyUsed')
      const winner = answers.find(({ status }) => status === 200)?.body
      const holding = (await listAll(tally, project, 'devices')).filter(({ sims }) => sims.length > 0)
      assert.deepEqual(holding, [winner])
      assert.deepEqual((await listAll(tally, project, 'devices', `&sim=${sim.id}`)).map(toId), [winner.id])
      await requireConsistent()
      await project.call('PATCH', `./devices/${winner.id}`, { body: { sims: [] } })
      assert.equal((await project.call('DELETE', `./sims/${sim.id}`)).status, 200)
    }
    report(t, tally)
  })

  it('leave each device with the SIMs of an acknowledged change, and each SIM on one device', LONG, async (t) => {
    const project = await server.addProject('moves', 'test')
    const tally = makeTally()
    for (let round = 0; round < ROUNDS; round++) {
      const sims = await inTurn(iccids.slice(0, 10), (iccid) => createSim(project, { iccid }))
      const devices = await inTurn(imeis.slice(0, 6), (imei, position) =>
        createDevice(project, { imei, sims: [sims[position].id] }),
      )
      const moves = Array.from({ length: 3 * CROWD }, () => {
        const chosen = sims.filter(() => random.chance(0.2)).map(toId)
        return { id: random.pick(devices).id, body: { sims: chosen, name: `${chosen.length} SIMs` } }
      })
      const dropped = sims.slice(8).map(toId)
      const answers = await storm(tally, [
        ...moves.map(
          ({ id, body }) =>
            () =>
              project.call('PATCH', `./devices/${id}`, { body }),
        ),
        ...dropped.map((id) => () => project.call('DELETE', `./sims/${id}`)),
      ])
      requireStatuses(answers, {}, [200, 404, 422])
      requireCodes(answers.slice(0, moves.length), 'deviceSimAlreadyUsed')
      const deleted = dropped.filter((_, position) => answers[moves.length + position]?.status === 200)
      const listed = await listAll(tally, project, 'devices')
      assert.deepEqual(listed.map(toId).sort(), devices.map(toId).sort())
      for (const device of listed) {
        const acknowledged = [...devices, ...answers.map(({ body }) => body)].filter(({ id }) => id === device.id)
        assert.ok(acknowledged.map(toText).includes(toText(device)), 'a device is as an acknowledged change left it')
      }
      const placed = listed.flatMap((device) => device.sims.map(toId))
      assert.equal(new Set(placed).size, placed.length)
      const left = sims.map(toId).filter((id) => !deleted.includes(id))
      assert.deepEqual((await listAll(tally, project, 'sims')).map(toId).sort(), left.sort())
      await requireConsistent()
      await clear(project)
    }
    report(t, tally)
  })

  it('register an IMEI once, in either form, and leave nothing behind from the requests that lost', LONG, async (t) => {
    const project = await server.addProject('imeis', 'test')
    const sims = await inTurn(iccids, (iccid) => createSim(project, { iccid }))
    const tally = makeTally()
    const number = makeImeiInAllForms()
    for (let round = 0; round < ROUNDS; round++) {
      const answers = await storm(
        tally,
        sims.map(({ id }) => () => {
          const body = { imei: random.pick(number), sims: [id] }
          return project.call('POST', './devices', { body })
        }),
      )
      requireStatuses(answers, { 201: 1, 422: CROWD - 1 })
      requireCodes(answers, 'deviceImeiAlreadyExists')
      const device = answers.find(({ status }) => status === 201)?.body
      assert.deepEqual(await listAll(tally, project, 'devices'), [device])
      for (const { id } of sims) {
        const on = await project.call('GET', `./devices?sim=${id}`)
        assert.deepEqual(on.body.items.map(toId), id === device.sims[0].id ? [device.id] : [])
      }
      await requireConsistent()
      assert.equal((await project.call('DELETE', `./devices/${device.id}`)).status, 200)
    }
    report(t, tally)
  })

  it('leave no device and no token with a user who is deleted meanwhile', LONG, async (t) => {
    const project = await server.addProject('leavers', 'test')
    const tally = makeTally()
    for (let round = 0; round < ROUNDS; round++) {
      const user = await createUser(project, { email: emails[0] })
      const call = await createUserClient(server, project, user.id)
      const own = await inTurn(imeis.slice(0, 6), (imei) => createDevice(project, { imei, user: user.id, name: 'Old' }))
      const free = await inTurn(imeis.slice(6, 12), (imei) => createDevice(project, { imei }))
      const body = { user: user.id, name: 'New' }
      const path = `./users/${user.id}`
      const answers = await storm(tally, [
        () => project.call('DELETE', path),
        () => project.call('DELETE', path),
        () => project.call('POST', `${path}/tokens`, { body: {} }),
        () => project.call('POST', `${path}/tokens`, { body: {} }),
        ...own.map(
          ({ id }) =>
            () =>
              project.call('PATCH', `./devices/${id}`, { body: { name: 'New' } }),
        ),
        ...own.map(
          ({ id }) =>
            () =>
              call('PATCH', `./devices/${id}`, { body: { name: 'New' } }),
        ),
        ...free.map(
          ({ id }) =>
            () =>
              project.call('PATCH', `./devices/${id}`, { body }),
        ),
        ...free.map(
          ({ id }) =>
            () =>
              call('PATCH', `./devices/${id}`, { body }),
        ),
        ...imeis.slice(12, 18).map((imei) => () => project.call('POST', './devices', { body: { imei, ...body } })),
        ...imeis.slice(18).map((imei) => () => call('POST', './devices', { body: { imei, name: 'New' } })),
      ])
      requireStatuses(answers, {}, [200, 201, 401, 404])
      requireStatuses(answers.slice(0, 2), { 200: 1, 404: 1 })
      assert.deepEqual(await listAll(tally, project, 'users'), [])
      await untilUnauthenticated(call)
      const made = answers.filter(({ status }) => status === 201).map((answer) => answer.body)
      for (const { token } of made.filter(({ object }) => object === 'userToken')) {
        await untilUnauthenticated(server.clientWith(token, 'leavers'))
      }
      const devices = [...own, ...free, ...made.filter(({ object }) => object === 'device')]
      const listed = await listAll(tally, project, 'devices')
      assert.deepEqual(listed.map(toId).sort(), devices.map(toId).sort())
      for (const { id, user: owner, name } of listed) {
        assert.equal(owner, null)
        const mayHaveName = own.some((device) => device.id === id)
        assert.ok(
          name === null || (mayHaveName && name === 'New'),
          'a released device has no name, except one that was set later',
        )
      }
      await requireConsistent()
      await clear(project)
    }
    report(t, tally)
  })

  it('apply a change once under one idempotency key, and all receive its response', LONG, async (t) => {
    const project = await server.addProject('keys', 'test')
    const user = await createUser(project, { email: emails[0] })
    const call = await createUserClient(server, project, user.id)
    const tally = makeTally()
    for (let round = 0; round < ROUNDS; round++) {
      const key = `key-${round}`
      const device = await createDevice(project, { imei: imeis[0] })
      const requests: [Client, string, string, object | undefined, number][] = [
        [project.call, 'POST', './devices', { imei: imeis[1] }, 201],
        [project.call, 'POST', './users', { email: emails[1] }, 201],
        [project.call, 'POST', './sims', { iccid: iccids[1] }, 201],
        [project.call, 'POST', `./users/${user.id}/tokens`, {}, 201],
        [project.call, 'DELETE', `./devices/${device.id}`, undefined, 200],
        [call, 'POST', './devices', { imei: imeis[2] }, 201],
      ]
      for (const [number, [client, method, path, body, status]] of requests.entries()) {
        const isUsers = client === call
        const headers = { 'idempotency-key': isUsers ? `${key}-0` : `${key}-${number}` }
        const answers = await storm(
          tally,
          imeis.map(
            () => () => untilSettled(tally, () => client(method, path, { ...(body ? { body } : {}), headers })),
          ),
        )
        requireStatuses(answers, { [status]: CROWD })
        const fresh = answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)
        assert.equal(fresh.length, 1, `${method} ${path}`)
        for (const answer of answers) assert.deepEqual(answer.body, fresh[0]?.body)
      }
      const tokens = await server.context.db.all('SELECT id FROM user_tokens WHERE user_id = $1', [user.id])
      assert.equal(tokens.length, round + 2)
      const devices = await listAll(tally, project, 'devices')
      assert.deepEqual(devices.map(({ imei }) => imei).sort(), [imeis[1], imeis[2]])
      assert.deepEqual(
        (await listAll(tally, project, 'sims')).map(({ iccid }) => iccid),
        [iccids[1]],
      )
      assert.equal((await listAll(tally, project, 'users')).length, 2)
      await requireConsistent()
      await clear(project, user.id)
    }
    report(t, tally)
  })

  it('store one response for many different requests under one idempotency key', LONG, async (t) => {
    const project = await server.addProject('one-key', 'test')
    const tally = makeTally()
    for (let round = 0; round < ROUNDS; round++) {
      const headers = { 'idempotency-key': `key-${round}` }
      const send = (email: string) => project.call('POST', './users', { body: { email }, headers })
      const answers = await storm(
        tally,
        emails.map((email) => () => untilSettled(tally, () => send(email))),
      )
      requireStatuses(answers, { 201: 1, 422: CROWD - 1 })
      const user = answers.find(({ status }) => status === 201)?.body
      assert.deepEqual(await listAll(tally, project, 'users'), [user])
      const again = await send(user.email)
      assert.equal(again.headers['idempotent-replayed'], 'true')
      assert.deepEqual(again.body, user)
      await requireConsistent()
      await clear(project)
    }
    report(t, tally)
  })
})

function makeTally(): Tally {
  return { statuses: new Map(), rows: 0 }
}

function report(t: TestContext, { statuses, rows }: Tally): void {
  const counts = [...statuses].sort().map(([status, count]) => `${count} × ${status}`)
  t.diagnostic(`seed ${seed}; ${ROUNDS} storms: ${counts.join(', ')}; ${rows} rows checked, 0 problems found by doctor`)
}

/** Sends all requests at once, in random order. Returns the responses in the order of the requests. */
async function storm(tally: Tally, requests: (() => Promise<ApiResponse>)[]): Promise<ApiResponse[]> {
  const answers: Promise<ApiResponse>[] = []
  const waiting = [...requests.entries()]
  while (waiting.length > 0) {
    const [[position, send]] = waiting.splice(random.below(waiting.length), 1) as [[number, () => Promise<ApiResponse>]]
    answers[position] = send()
  }
  const settled = await Promise.all(answers)
  for (const { status } of settled) count(tally, status)
  return settled
}

/** Repeats a request for as long as another one with the key is in flight. */
async function untilSettled(tally: Tally, send: () => Promise<ApiResponse>): Promise<ApiResponse> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const answer = await send()
    if (answer.status !== 409) return answer
    count(tally, 409)
  }
  return assert.fail(`still in flight after ${MAX_TRIES} tries`)
}

function count({ statuses }: Tally, status: number): void {
  statuses.set(status, (statuses.get(status) ?? 0) + 1)
}

/** Asserts how many responses have each of these statuses. Responses with a status in `others` are ignored. */
function requireStatuses(answers: ApiResponse[], expected: Record<number, number>, others: number[] = []): void {
  const found: Record<number, number> = {}
  for (const { status, body } of answers) {
    if (others.includes(status)) continue
    assert.ok(status in expected, `${status} ${JSON.stringify(body)}`)
    found[status] = (found[status] ?? 0) + 1
  }
  assert.deepEqual(found, expected)
}

function requireCodes(answers: ApiResponse[], code: string): void {
  for (const { status, body } of answers) if (status === 422) assert.equal(body.code, code)
}

async function requireConsistent(): Promise<void> {
  assert.deepEqual((await examine(server.context.db)).findings, [])
}

async function listAll(tally: Tally, { call }: TestProject, kind: Kind, filter = ''): Promise<Resource[]> {
  const { status, body } = await call('GET', `./${kind}?limit=200${filter}`)
  assert.deepEqual([status, body.moreItemsAfter], [200, null])
  tally.rows += body.items.length
  return body.items
}

/** Deletes everything in a project, except one user. */
async function clear(project: TestProject, exceptUser?: string): Promise<void> {
  for (const kind of ['devices', 'sims', 'users'] as const) {
    for (const { id } of await listAll(makeTally(), project, kind)) {
      if (id !== exceptUser) assert.equal((await project.call('DELETE', `./${kind}/${id}`)).status, 200)
    }
  }
}

async function makeCrowd(project: TestProject): Promise<Crowd> {
  return inTurn(emails, async (email) => {
    const { id } = await createUser(project, { email })
    return { id, call: await createUserClient(server, project, id) }
  })
}

async function inTurn<T>(names: string[], make: (name: string, position: number) => Promise<T>): Promise<T[]> {
  const all: T[] = []
  for (const [position, name] of names.entries()) all.push(await make(name, position))
  return all
}

/** An IMEI with a valid check digit, and two IMEISVs of the same equipment. */
function makeImeiInAllForms(): string[] {
  const imei = makeImei()
  return [imei, `${imei.slice(0, 14)}01`, `${imei.slice(0, 14)}78`]
}

function toId({ id }: Resource): string {
  return id
}

function toText(resource: Resource): string {
  return JSON.stringify(resource)
}
