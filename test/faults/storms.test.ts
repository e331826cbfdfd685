import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { examine } from '../../src/doctor.ts'
import { createDevice, createSim, createUser, createUserClient, makeImei } from '../support/factories.ts'
import { scale } from '../support/fault-scale.ts'
import { type Answer, startServer } from '../support/server.ts'

const ROUNDS = scale(5, 100)
const AT_ONCE = 20

const server = await startServer({ settings: { rateLimit: 0 } })
const demo = await server.addProject('demo', 'test')

/** How many answers had each status. */
function tally(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

async function requireInvariants(): Promise<void> {
  assert.deepEqual((await examine(server.registry.db)).findings, [])
}

function times<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)))
}

describe('storms of requests at the same time', () => {
  it('let one user of many claim a device', async (t) => {
    const users = await times(AT_ONCE, async () => {
      const { id } = await createUser(demo)
      return { id, ask: await createUserClient(server, demo, id) }
    })
    for (let round = 0; round < ROUNDS; round++) {
      const device = await createDevice(demo)
      const answers = await Promise.all(
        users.map(({ id, ask }) => ask('PATCH', `./devices/${device.id}`, { body: { user: id } })),
      )
      assert.deepEqual(tally(answers), { 200: 1, 404: AT_ONCE - 1 })
      const winner = answers.find(({ status }) => status === 200)
      assert.deepEqual((await demo.ask('GET', `./devices/${device.id}`)).body, winner?.body)
    }
    await requireInvariants()
    t.diagnostic(`${ROUNDS} devices, each claimed by ${AT_ONCE} users at once and won by one`)
  })

  it('put a SIM on one device of many, and move none silently', async (t) => {
    const devices = await times(AT_ONCE, () => createDevice(demo))
    for (let round = 0; round < ROUNDS; round++) {
      const sim = await createSim(demo)
      const answers = await Promise.all(
        devices.map(({ id }) => demo.ask('PATCH', `./devices/${id}`, { body: { sims: [sim.id] } })),
      )
      assert.deepEqual(tally(answers), { 200: 1, 422: AT_ONCE - 1 })
      const winner = answers.find(({ status }) => status === 200)?.body.id
      const holders = (await demo.ask('GET', `./devices?sim=${sim.id}`)).body.items
      assert.deepEqual(
        holders.map(({ id }: { id: string }) => id),
        [winner],
      )
      await demo.ask('PATCH', `./devices/${winner}`, { body: { sims: [] } })
    }
    await requireInvariants()
    t.diagnostic(`${ROUNDS} SIMs, each wanted by ${AT_ONCE} devices at once`)
  })

  it('leave every SIM on one device at most while they are moved about', async (t) => {
    const sims = await times(4, () => createSim(demo))
    const devices = await times(6, () => createDevice(demo))
    let moves = 0
    for (let round = 0; round < ROUNDS; round++) {
      const answers = await times(AT_ONCE, (index) => {
        const chosen = sims.filter((_, place) => (round + index + place) % 3 !== 0).map(({ id }) => id)
        const device = devices[(index * 5 + round) % devices.length]
        return demo.ask('PATCH', `./devices/${device.id}`, { body: { sims: chosen } })
      })
      for (const { status } of answers) assert.ok(status === 200 || status === 422, String(status))
      moves += tally(answers)[200] ?? 0
      const held = (await demo.ask('GET', './devices?limit=200')).body.items.flatMap(
        (device: { sims: { id: string }[] }) => device.sims.map(({ id }) => id),
      )
      assert.equal(new Set(held).size, held.length, 'a SIM is on two devices')
      await Promise.all(devices.map(({ id }) => demo.ask('PATCH', `./devices/${id}`, { body: { sims: [] } })))
    }
    await requireInvariants()
    t.diagnostic(`${moves} moves of ${sims.length} SIMs among ${devices.length} devices`)
  })

  it('register an IMEI once', async (t) => {
    for (let round = 0; round < ROUNDS; round++) {
      const body = { imei: makeImei() }
      const answers = await times(AT_ONCE, () => demo.ask('POST', './devices', { body }))
      assert.deepEqual(tally(answers), { 201: 1, 422: AT_ONCE - 1 })
      assert.equal((await demo.ask('POST', './devices/search', { body })).body.items.length, 1)
    }
    await requireInvariants()
    t.diagnostic(`${ROUNDS} IMEIs, each registered ${AT_ONCE} times at once`)
  })

  it('leave no device with a user that was deleted meanwhile', async (t) => {
    let refused = 0
    for (let round = 0; round < ROUNDS; round++) {
      const user = await createUser(demo)
      const asUser = await createUserClient(server, demo, user.id)
      const devices = await times(AT_ONCE, () => createDevice(demo))
      const requests = devices.map(({ id }, index) => () => {
        const ask = index % 2 === 0 ? demo.ask : asUser
        return ask('PATCH', `./devices/${id}`, { body: { user: user.id } })
      })
      const deletion = () => demo.ask('DELETE', `./users/${user.id}`)
      const answers = await Promise.all(requests.toSpliced(round % AT_ONCE, 0, deletion).map((request) => request()))
      for (const { status } of answers) assert.ok([200, 401, 404].includes(status), String(status))
      assert.equal((await demo.ask('GET', `./users/${user.id}`)).status, 404)
      refused += answers.filter(({ status }) => status !== 200).length
      assert.deepEqual((await demo.ask('GET', `./devices?user=${user.id}`)).body.items, [])
    }
    await requireInvariants()
    t.diagnostic(`${ROUNDS} users deleted under ${ROUNDS * AT_ONCE} claims, of which ${refused} came too late`)
  })

  it('do a change once, however many requests carry its idempotency key', async (t) => {
    let replayed = 0
    for (let round = 0; round < ROUNDS; round++) {
      const headers = { 'idempotency-key': `storm-${round}` }
      const body = { imei: makeImei() }
      const answers = await times(AT_ONCE, () => demo.ask('POST', './devices', { body, headers }))
      const made = answers.filter(({ status }) => status === 201)
      const fresh = made.filter((answer) => answer.headers['idempotent-replayed'] === undefined)
      assert.equal(fresh.length, 1)
      for (const answer of made) assert.deepEqual(answer.body, fresh[0]?.body)
      assert.equal(made.length + (tally(answers)[409] ?? 0), AT_ONCE)
      replayed += made.length - 1
    }
    await requireInvariants()
    t.diagnostic(`${ROUNDS} changes, each sent ${AT_ONCE} times at once; ${replayed} replays, the rest 409`)
  })
})
