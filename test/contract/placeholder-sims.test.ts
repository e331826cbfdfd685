import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser, createUserClient, makeImei } from '../support/factories.ts'
import { startServer, type TestProject } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const live = await server.addProject('live-one', 'live')

const TEST_ICCID = /^8942424242[0-9]{10}$/

interface Sim {
  id: string
  iccid: string
  provider: string
  type: string
}

async function testSimsOf({ call }: TestProject): Promise<Sim[]> {
  const { body } = await call('GET', './sims?provider=test&limit=200')
  assert.equal(body.moreItemsAfter, null)
  return body.items
}

describe('sim_test_esim and sim_test_psim in a test project', () => {
  it('each stand for a new SIM of their type with the provider test', async () => {
    const { id, sims } = await createDevice(demo, { sims: ['sim_test_esim', 'sim_test_psim'] })
    assert.deepEqual(
      sims.map(({ type, provider, status }: Sim & { status: string }) => ({ type, provider, status })),
      [
        { type: 'eSIM', provider: 'test', status: 'inactive' },
        { type: 'pSIM', provider: 'test', status: 'inactive' },
      ],
    )
    for (const { iccid } of sims) assert.match(iccid, TEST_ICCID)
    assert.deepEqual((await demo.call('GET', `./devices/${id}`)).body.sims, sims)
    assert.deepEqual((await demo.call('GET', `./sims/${sims[0].id}`)).body, sims[0])
  })

  it('are rejected as filters, with a hint that says where they can be used', async () => {
    const { status, body } = await demo.call('GET', './devices?sim=sim_test_esim')
    assert.equal(status, 422)
    assert.match(body.hint, /^A placeholder can only be used on create and update/)
  })

  it('create another SIM at each use', async () => {
    const { id, sims } = await createDevice(demo, { sims: ['sim_test_esim'] })
    const { sims: others } = await createDevice(demo, { sims: ['sim_test_esim'] })
    const { body } = await demo.call('PATCH', `./devices/${id}`, { body: { sims: ['sim_test_esim'] } })
    const ids = [...sims, ...others, ...body.sims].map((sim: Sim) => sim.id)
    assert.equal(new Set(ids).size, 3)
    const iccids = [...sims, ...others, ...body.sims].map((sim: Sim) => sim.iccid)
    assert.equal(new Set(iccids).size, 3)
  })

  it('can be mixed with real SIMs, in the order given', async () => {
    const sim = await createSim(demo)
    const device = await createDevice(demo)
    const body = { sims: ['sim_test_psim', sim.id] }
    const updated = await demo.call('PATCH', `./devices/${device.id}`, { body })
    assert.equal(updated.status, 200)
    const [made, given] = updated.body.sims
    assert.deepEqual([made.type, made.provider, given], ['pSIM', 'test', sim])
  })

  it('leave no SIM behind when a request fails', async () => {
    const device = await createDevice(demo)
    const before = await testSimsOf(demo)
    const attempts = [
      await demo.call('POST', './devices', { body: { imei: device.imei, sims: ['sim_test_esim'] } }),
      await demo.call('POST', './devices', { body: { imei: makeImei(), sims: ['sim_test_esim', 'sim_test_other'] } }),
      await demo.call('PATCH', `./devices/${device.id}`, { body: { sims: ['sim_test_esim'], user: 'usr_none' } }),
      await demo.call('PATCH', `./devices/${device.id}`, {
        body: { sims: ['sim_test_esim'] },
        headers: { 'if-match': '"another"' },
      }),
    ]
    assert.deepEqual(
      attempts.map(({ status }) => status),
      [422, 404, 404, 412],
    )
    assert.deepEqual(await testSimsOf(demo), before)
  })

  it('create nothing new when an idempotent request is repeated', async () => {
    const asked = { body: { imei: makeImei(), sims: ['sim_test_esim'] }, headers: { 'idempotency-key': 'placeholder' } }
    const first = await demo.call('POST', './devices', asked)
    const before = await testSimsOf(demo)
    assert.deepEqual((await demo.call('POST', './devices', asked)).body, first.body)
    assert.deepEqual(await testSimsOf(demo), before)
  })

  it('are treated as absent SIMs everywhere else', async () => {
    const rejections = [
      await demo.call('GET', './sims/sim_test_esim'),
      await demo.call('PATCH', './sims/sim_test_psim', { body: { provider: 'p2' } }),
    ]
    assert.deepEqual(
      rejections.map(({ status }) => status),
      [404, 404],
    )
  })

  it('are treated as absent SIMs for a user token, which cannot create SIMs', async () => {
    const user = await createUser(demo)
    const call = await createUserClient(server, demo, user.id)
    const { status, body } = await call('POST', './devices', { body: { imei: makeImei(), sims: ['sim_test_esim'] } })
    assert.deepEqual([status, body.details[0].property], [404, 'sims[0]'])
  })
})

describe('sim_test_esim and sim_test_psim in a live project', () => {
  it('are treated as absent SIMs', async () => {
    const device = await createDevice(live)
    const rejections = [
      await live.call('POST', './devices', { body: { imei: makeImei(), sims: ['sim_test_esim'] } }),
      await live.call('PATCH', `./devices/${device.id}`, { body: { sims: ['sim_test_psim'] } }),
    ]
    assert.deepEqual(
      rejections.map(({ status, body }) => [status, body.message]),
      [
        [404, 'There is no SIM "sim_test_esim"'],
        [404, 'There is no SIM "sim_test_psim"'],
      ],
    )
    assert.deepEqual(await testSimsOf(live), [])
  })
})
