import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { examine } from '../../src/doctor.ts'
import { createUserClient, makeEmail, makeIccid, makeImei } from '../support/factories.ts'
import { scale, seed } from '../support/fault-scale.ts'
import { createRandom } from '../support/random.ts'
import { type Answer, type Client, startServer, type TestProject } from '../support/server.ts'

const OPERATIONS = scale(600, 20_000)

/** What the test believes a project to hold. */
interface Model {
  users: Map<string, { email: string }>
  sims: Map<string, { iccid: string }>
  devices: Map<string, { imei: string; user: string | null; sims: string[] }>
}

const server = await startServer({ settings: { rateLimit: 0 } })
const own = await server.addProject('own', 'test')
const foreign = await server.addProject('foreign', 'test')
const random = createRandom(seed)

const emails = Array.from({ length: 12 }, makeEmail)
const iccids = Array.from({ length: 12 }, makeIccid)
const imeis = Array.from({ length: 25 }, () => makeImei())

/** Everything a project shows to its key. */
async function everything({ ask }: TestProject): Promise<Record<string, { id: string }[]>> {
  const lists: Record<string, { id: string }[]> = {}
  for (const name of ['devices', 'users', 'sims']) lists[name] = (await ask('GET', `./${name}?limit=200`)).body.items
  return lists
}

/** The foreign project holds the same addresses, IMEIs and ICCIDs, and ids of its own. */
async function fillForeign(): Promise<string[]> {
  for (const email of emails) assert.equal((await foreign.ask('POST', './users', { body: { email } })).status, 201)
  for (const iccid of iccids) assert.equal((await foreign.ask('POST', './sims', { body: { iccid } })).status, 201)
  const { users = [], sims = [] } = await everything(foreign)
  for (const [place, imei] of imeis.entries()) {
    const body = { imei, user: users[place % users.length]?.id, sims: sims[place] ? [sims[place].id] : [] }
    assert.equal((await foreign.ask('POST', './devices', { body })).status, 201)
  }
  return Object.values(await everything(foreign)).flatMap((items) => items.map(({ id }) => id))
}

describe('tenant isolation', () => {
  it('shows and changes nothing of another project, whatever is asked and with whatever ids', {
    timeout: 1_800_000,
  }, async (t) => {
    t.diagnostic(`seed ${seed}`)
    const foreignIds = await fillForeign()
    const foreignBefore = JSON.stringify(await everything(foreign))
    const model: Model = { users: new Map(), sims: new Map(), devices: new Map() }
    const statuses: Record<number, number> = {}

    const anyOf = (known: Iterable<string>, among: string) => {
      const ids = [...known]
      const strangers = foreignIds.filter((id) => id.startsWith(among))
      return random.chance(0.25) || ids.length === 0 ? random.pick(strangers) : random.pick(ids)
    }
    const anyDevice = () => anyOf(model.devices.keys(), 'dev_')
    const anyUser = () => anyOf(model.users.keys(), 'usr_')
    const anySim = () => anyOf(model.sims.keys(), 'sim_')

    async function asked(client: Client, method: string, path: string, body?: object): Promise<Answer> {
      const answer = await client(method, path, body ? { body } : {})
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      const sent = `${path} ${JSON.stringify(body)}`
      const text = JSON.stringify(answer.body)
      const leaked = foreignIds.filter((id) => text.includes(id) && !sent.includes(id))
      assert.deepEqual(leaked, [], `${method} ${path}`)
      if (answer.status < 300)
        for (const id of foreignIds) assert.ok(!text.includes(id), `${method} ${path} shows ${id}`)
      return answer
    }

    const simDevice = (sim: string) => [...model.devices].find(([, device]) => device.sims.includes(sim))?.[0]
    const isFree = (sims: string[], device?: string) =>
      sims.every((sim) => [undefined, device].includes(simDevice(sim)))

    const actions: (() => Promise<void>)[] = [
      async () => {
        const email = random.pick(emails)
        const answer = await asked(own.ask, 'POST', './users', { email })
        const isTaken = [...model.users.values()].some((user) => user.email === email)
        assert.equal(answer.status, isTaken ? 422 : 201)
        if (!isTaken) model.users.set(answer.body.id, { email })
      },
      async () => {
        const iccid = random.pick(iccids)
        const answer = await asked(own.ask, 'POST', './sims', { iccid })
        const isTaken = [...model.sims.values()].some((sim) => sim.iccid === iccid)
        assert.equal(answer.status, isTaken ? 422 : 201)
        if (!isTaken) model.sims.set(answer.body.id, { iccid })
      },
      async () => {
        const imei = random.pick(imeis)
        const user = random.chance(0.5) ? anyUser() : null
        const sims = random.chance(0.5) ? [anySim()] : []
        const answer = await asked(own.ask, 'POST', './devices', { imei, user, sims })
        const isKnown = (user === null || model.users.has(user)) && sims.every((sim) => model.sims.has(sim))
        const isTaken = [...model.devices.values()].some((device) => device.imei === imei) || !isFree(sims)
        assert.equal(answer.status, isKnown ? (isTaken ? 422 : 201) : 404)
        if (answer.status === 201) model.devices.set(answer.body.id, { imei, user, sims })
      },
      async () => {
        const id = anyDevice()
        const user = random.chance(0.3) ? null : anyUser()
        const sims = random.chance(0.4) ? [] : [anySim()]
        const answer = await asked(own.ask, 'PATCH', `./devices/${id}`, { user, sims })
        const device = model.devices.get(id)
        const isKnown = device && (user === null || model.users.has(user)) && sims.every((sim) => model.sims.has(sim))
        assert.equal(answer.status, isKnown ? (isFree(sims, id) ? 200 : 422) : 404)
        if (device && answer.status === 200) model.devices.set(id, { ...device, user, sims })
      },
      async () => {
        const id = anyDevice()
        const answer = await asked(own.ask, random.pick(['GET', 'DELETE']), `./devices/${id}`)
        assert.equal(answer.status, model.devices.has(id) ? 200 : 404)
        const isGone = answer.status === 200 && (await own.ask('GET', `./devices/${id}`)).status === 404
        if (isGone) model.devices.delete(id)
      },
      async () => {
        const id = anyUser()
        const answer = await asked(own.ask, random.chance(0.3) ? 'DELETE' : 'GET', `./users/${id}`)
        assert.equal(answer.status, model.users.has(id) ? 200 : 404)
        if (answer.status === 200 && (await own.ask('GET', `./users/${id}`)).status === 404) {
          model.users.delete(id)
          for (const device of model.devices.values()) if (device.user === id) device.user = null
        }
      },
      async () => {
        const imei = random.pick(imeis)
        const { body } = await asked(own.ask, 'POST', './devices/search', { imei })
        const expected = [...model.devices].filter(([, device]) => device.imei === imei).map(([id]) => id)
        assert.deepEqual(
          body.items.map(({ id }: { id: string }) => id),
          expected,
        )
      },
      async () => {
        const cursor = random.pick([anyDevice, anyDevice])()
        const filter = random.pick(['', `&user=${anyUser()}`, `&sim=${anySim()}`])
        const { body } = await asked(own.ask, 'GET', `./devices?limit=200&after=${cursor}${filter}`)
        for (const { id } of body.items) assert.ok(model.devices.has(id))
      },
      async () => {
        const id = [...model.users.keys()].at(0)
        if (id === undefined) return
        const asUser = await createUserClient(server, own, id)
        const { body } = await asked(asUser, 'GET', './devices?limit=200')
        const expected = [...model.devices].filter(([, device]) => device.user === id).map(([device]) => device)
        assert.deepEqual(body.items.map((item: { id: string }) => item.id).sort(), expected.sort())
        const target = anyDevice()
        const status = (await asked(asUser, 'GET', `./devices/${target}`)).status
        assert.equal(status, model.devices.get(target)?.user === id ? 200 : 404)
      },
      async () => {
        const path = `/projects/foreign/${random.pick(['devices', 'users', 'sims', `devices/${anyDevice()}`])}`
        assert.equal((await asked(own.ask, random.pick(['GET', 'POST', 'DELETE']), path, {})).status, 404)
      },
    ]

    for (let operation = 0; operation < OPERATIONS; operation++) await random.pick(actions)()

    const { devices = [], users = [], sims = [] } = await everything(own)
    assert.deepEqual(devices.map(({ id }) => id).sort(), [...model.devices.keys()].sort())
    assert.deepEqual(users.map(({ id }) => id).sort(), [...model.users.keys()].sort())
    assert.deepEqual(sims.map(({ id }) => id).sort(), [...model.sims.keys()].sort())
    for (const device of devices as { id: string; user: { id: string } | null; sims: { id: string }[] }[]) {
      const known = model.devices.get(device.id)
      assert.equal(device.user?.id ?? null, known?.user)
      assert.deepEqual(
        device.sims.map(({ id }) => id),
        known?.sims,
      )
    }
    assert.equal(JSON.stringify(await everything(foreign)), foreignBefore)
    assert.deepEqual((await examine(server.registry.db)).findings, [])
    t.diagnostic(`${OPERATIONS} operations, answers by status ${JSON.stringify(statuses)}`)
    t.diagnostic(`${foreignIds.length} objects of the other project neither shown nor changed`)
  })
})
