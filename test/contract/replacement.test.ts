import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser, createUserClient, makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer({ nodes: 2 })
const demo = await server.addProject('demo', 'test')
const { call } = demo

/** A device with every property set. */
async function fullDevice() {
  const user = await createUser(demo)
  const sims = [await createSim(demo), await createSim(demo)]
  const old = await createDevice(demo, {
    ...{ user: user.id, name: 'Old phone', metadata: { floor: '3' } },
    sims: sims.map(({ id }) => id),
  })
  return { user, sims, old }
}

const replace = (id: string, body: object, client = call, headers = {}) =>
  client('POST', `./devices/${id}/replacement`, { body: { imei: makeImei(), ...body }, headers })

const read = async (id: string) => (await call('GET', `./devices/${id}`)).body

/** The names and metadata that a request can give, and what the new device then has. */
const GIVEN: [given: object, kept: string | null, inherited: string | null, metadata: object][] = [
  [{}, null, 'Old phone', { floor: '3' }],
  [{ name: 'New phone' }, 'New phone', 'New phone', { floor: '3' }],
  [{ name: null }, null, null, { floor: '3' }],
  [{ metadata: {} }, null, 'Old phone', {}],
  [{ name: 'New phone', metadata: { colour: 'blue' } }, 'New phone', 'New phone', { colour: 'blue' }],
]

/** docs/contract.md §8. */
describe('the replacement of a device', () => {
  for (const fate of [undefined, 'unassign', 'keep', 'delete']) {
    for (const [given, kept, inherited, metadata] of GIVEN) {
      it(`gives the new device user, SIMs, name and metadata: old ${fate}, given ${JSON.stringify(given)}`, async () => {
        const { user, sims, old } = await fullDevice()
        const imei = makeImei()
        const response = await replace(old.id, { imei, ...given, ...(fate ? { old: fate } : {}) })
        assert.equal(response.status, 201)
        const { id, createdAt: _, ...created } = response.body
        assert.notEqual(id, old.id)
        assert.deepEqual(created, {
          ...{ object: 'device', imei, metadata, model: null, sims, user },
          name: fate === 'keep' ? kept : inherited,
        })
        assert.deepEqual(await read(id), response.body)
        if (fate === 'delete') assert.equal((await call('GET', `./devices/${old.id}`)).status, 404)
        else if (fate === 'keep') assert.deepEqual(await read(old.id), { ...old, sims: [] })
        else assert.deepEqual(await read(old.id), { ...old, sims: [], user: null, name: null })
      })
    }
  }

  it('works for a device that has only an IMEI', async () => {
    const old = await createDevice(demo)
    const { status, body } = await replace(old.id, {})
    assert.equal(status, 201)
    assert.deepEqual([body.user, body.name, body.sims, body.metadata], [null, null, [], {}])
  })

  it('frees the IMEI of a device that it deletes, and no other', async () => {
    const { old } = await fullDevice()
    assert.equal((await replace(old.id, { old: 'unassign' })).status, 201)
    assert.equal((await call('POST', './devices', { body: { imei: old.imei } })).status, 422)
    assert.equal((await replace(old.id, { old: 'delete' })).status, 201)
    assert.equal((await call('POST', './devices', { body: { imei: old.imei } })).status, 201)
  })

  it('changes nothing if the IMEI is already registered, even to the same device', async () => {
    for (const fate of ['unassign', 'keep', 'delete']) {
      const { old } = await fullDevice()
      for (const imei of [old.imei, (await createDevice(demo)).imei]) {
        const { status, body } = await replace(old.id, { imei, old: fate })
        assert.equal(status, 422)
        assert.equal(body.code, 'deviceImeiAlreadyExists')
        assert.deepEqual(await read(old.id), old)
      }
    }
  })

  it('rejects what create rejects, and an unknown value of `old`', async () => {
    const { old } = await fullDevice()
    for (const [given, property] of [
      [{ imei: '1' }, 'imei'],
      [{ name: '' }, 'name'],
      [{ metadata: { floor: null } }, 'metadata.floor'],
      [{ old: 'destroy' }, 'old'],
      [{ user: null }, 'user'],
      [{ sims: [] }, 'sims'],
    ] as const) {
      const { status, body } = await replace(old.id, given)
      assert.equal(status, 422, property)
      assert.equal(body.details[0].property, property)
    }
    assert.deepEqual(await read(old.id), old)
  })

  it('is allowed to a user for their own devices', async () => {
    const { user, sims, old } = await fullDevice()
    const client = await createUserClient(server, demo, user.id)
    const { status, body } = await replace(old.id, {}, client)
    assert.equal(status, 201)
    assert.deepEqual([body.user, body.sims], [user, sims])
    assert.equal((await replace(old.id, {}, client)).status, 404)
    assert.equal((await replace((await createDevice(demo)).id, {}, client)).status, 404)
    assert.equal((await replace((await fullDevice()).old.id, {}, client)).status, 404)
  })

  it('is done once for an idempotency key, even if the old device is gone', async () => {
    const { old } = await fullDevice()
    const body = { imei: makeImei(), old: 'delete' }
    const headers = { 'idempotency-key': `replace ${old.id}` }
    const first = await replace(old.id, body, call, headers)
    const second = await replace(old.id, body, call, headers)
    assert.equal(second.status, 201)
    assert.equal(second.headers['idempotent-replayed'], 'true')
    assert.deepEqual(second.body, first.body)
    assert.equal((await replace(old.id, body)).status, 404)
  })

  for (const fate of ['unassign', 'keep', 'delete']) {
    it(`moves the SIMs once if two arrive at the same time: old ${fate}`, async () => {
      const { sims, old } = await fullDevice()
      const answers = await Promise.all([replace(old.id, { old: fate }), replace(old.id, { old: fate })])
      const created = answers.filter(({ status }) => status === 201).map(({ body }) => body)
      assert.equal(created.length, fate === 'delete' ? 1 : 2)
      for (const { status } of answers) assert.ok(status === 201 || status === 404)
      const devices = await Promise.all(created.map(({ id }) => read(id)))
      const moved = devices.filter((device) => device.sims.length > 0)
      assert.equal(moved.length, 1)
      assert.deepEqual(moved[0].sims, sims)
    })
  }
})

describe('moving SIMs', () => {
  it('is done by create and update with moveSims, in the order given', async () => {
    const { sims, old } = await fullDevice()
    const [first, second] = sims as [{ id: string }, { id: string }]
    const created = await createDevice(demo, { sims: [second.id], moveSims: true })
    assert.deepEqual(created.sims, [second])
    assert.deepEqual((await read(old.id)).sims, [first])
    const free = await createSim(demo)
    const body = { sims: [free.id, first.id, second.id], moveSims: true }
    const { status, body: updated } = await call('PATCH', `./devices/${created.id}`, { body })
    assert.equal(status, 200)
    assert.deepEqual(updated.sims, [free, first, second])
    assert.deepEqual((await read(old.id)).sims, [])
  })

  it('is rejected without moveSims, or with false or null', async () => {
    const { sims, old } = await fullDevice()
    const other = await createDevice(demo)
    for (const given of [{}, { moveSims: false }]) {
      const body = { sims: sims.map(({ id }) => id), ...given }
      for (const { status, body: error } of [
        await call('POST', './devices', { body: { imei: makeImei(), ...body } }),
        await call('PATCH', `./devices/${other.id}`, { body }),
      ]) {
        assert.equal(status, 422)
        assert.equal(error.code, 'deviceSimAlreadyUsed')
      }
    }
    assert.equal((await call('PATCH', `./devices/${other.id}`, { body: { moveSims: null } })).status, 422)
    assert.deepEqual(await read(old.id), old)
  })

  it('moves nothing if another part of the request is rejected', async () => {
    const { sims, old } = await fullDevice()
    const body = { sims: sims.map(({ id }) => id), moveSims: true }
    const taken = await call('POST', './devices', { body: { imei: old.imei, ...body } })
    assert.equal(taken.body.code, 'deviceImeiAlreadyExists')
    const other = await createDevice(demo)
    const headers = { 'if-match': '"other"' }
    assert.equal((await call('PATCH', `./devices/${other.id}`, { body, headers })).status, 412)
    const unknown = { ...body, sims: [...body.sims, 'sim_nothing'] }
    assert.equal((await call('PATCH', `./devices/${other.id}`, { body: unknown })).status, 404)
    assert.deepEqual(await read(old.id), old)
  })

  it('is allowed to a user only between their own devices', async () => {
    const { user, sims, old } = await fullDevice()
    const client = await createUserClient(server, demo, user.id)
    const [first] = sims as [{ id: string }]
    const own = await createDevice(demo, { user: user.id })
    const path = `./devices/${own.id}`
    assert.equal((await client('PATCH', path, { body: { sims: [first.id] } })).status, 422)
    const moved = await client('PATCH', path, { body: { sims: [first.id], moveSims: true } })
    assert.deepEqual(moved.body.sims, [first])
    const stranger = await fullDevice()
    const foreign = [await createSim(demo), ...stranger.sims]
    for (const { id } of foreign) {
      assert.equal((await client('PATCH', path, { body: { sims: [id], moveSims: true } })).status, 404)
    }
    assert.deepEqual((await read(stranger.old.id)).sims, stranger.sims)
    assert.equal((await read(old.id)).sims.length, 1)
  })

  it('leaves a SIM that two requests want on one device', async () => {
    const sim = await createSim(demo)
    await createDevice(demo, { sims: [sim.id] })
    const body = { sims: [sim.id], moveSims: true }
    const devices = [await createDevice(demo), await createDevice(demo)]
    const answers = await Promise.all(devices.map(({ id }) => call('PATCH', `./devices/${id}`, { body })))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    )
    const counts = await Promise.all(devices.map(async ({ id }) => (await read(id)).sims.length))
    assert.deepEqual(counts.toSorted(), [0, 1])
  })

  it('is replayed, not repeated, for an idempotency key', async () => {
    const { sims } = await fullDevice()
    const headers = { 'idempotency-key': `move ${sims[0]?.id}` }
    const body = { imei: makeImei(), sims: sims.map(({ id }) => id), moveSims: true }
    const first = await call('POST', './devices', { body, headers })
    assert.equal(first.status, 201)
    await createDevice(demo, { sims: body.sims, moveSims: true })
    assert.deepEqual((await call('POST', './devices', { body, headers })).body, first.body)
    assert.deepEqual((await read(first.body.id)).sims, [])
  })
})
