import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, makeImei } from '../support/factories.ts'
import { importModels } from '../support/models.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const live = await server.addProject('live-one', 'live')

const unknownSims = (count: number) => Array.from({ length: count }, (_, number) => `sim_unknown${number}`)

/** docs/contract.md §8. */
describe('the SIMs of a device', () => {
  it('number 100 at most; more is a single detail that states their number', async () => {
    const device = await createDevice(demo)
    for (const sims of [unknownSims(101), unknownSims(1_800), Array.from({ length: 1_800 }, (_, number) => number)]) {
      for (const { status, body } of [
        await demo.call('POST', './devices', { body: { imei: makeImei(), sims } }),
        await demo.call('PATCH', `./devices/${device.id}`, { body: { sims } }),
      ]) {
        assert.equal(status, 422)
        assert.equal(body.message, `\`sims\` must have at most 100 items; it has ${sims.length}`)
        assert.equal(body.details.length, 1)
      }
    }
  })

  it('can be 100', async () => {
    const sims = await Promise.all(Array.from({ length: 100 }, async () => (await createSim(demo)).id))
    assert.equal((await createDevice(demo, { sims })).sims.length, 100)
  })

  it('that are unknown are counted in the message, and each is named in the details', async () => {
    const sims = unknownSims(100)
    const { status, body } = await demo.call('POST', './devices', { body: { imei: makeImei(), sims } })
    assert.equal(status, 404)
    assert.equal(body.message, '100 objects that the body names do not exist')
    assert.equal(body.details.length, 100)
    assert.match(body.details[99].message, /sim_unknown99/)
    const one = await demo.call('POST', './devices', { body: { imei: makeImei(), sims: ['sim_unknown'] } })
    assert.match(one.body.message, /sim_unknown/)
  })
})

describe('the filter by model', () => {
  it('finds the devices of one model, and combines with the others', async () => {
    await importModels(server.context, [
      { tac: '81000001', brand: 'Filtered', name: 'One', type: 'other' },
      { tac: '81000002', brand: 'Filtered', name: 'Two', type: 'other' },
    ])
    const one = await createDevice(demo, { imei: makeImei('81000001'), name: 'first' })
    const two = await createDevice(demo, { imei: makeImei('81000002') })
    const found = async (query: string) => {
      const { status, body } = await demo.call('GET', `./devices?${query}`)
      assert.equal(status, 200)
      return body.items.map(({ id }: { id: string }) => id)
    }
    assert.deepEqual(await found(`model=${one.model.id}`), [one.id])
    assert.deepEqual(await found(`model=${two.model.id}`), [two.id])
    assert.deepEqual(await found(`model=${one.model.id}&q=fir&type=other&tac=81000001`), [one.id])
    assert.deepEqual(await found(`model=${one.model.id}&tac=81000002`), [])
    assert.deepEqual(await found(`model=dmd_${'0'.repeat(22)}`), [])
    for (const wrong of ['', 'One', one.id]) {
      assert.equal((await demo.call('GET', `./devices?model=${wrong}`)).status, 422, wrong)
    }
    await server.context.db.run('INSERT INTO merged_models (id, model_id) VALUES ($1, $2)', [
      `dmd_${'1'.repeat(22)}`,
      one.model.id,
    ])
    assert.deepEqual(await found(`model=dmd_${'1'.repeat(22)}`), [one.id])
  })
})

/** docs/contract.md §7. */
describe('the placeholder IMEI', () => {
  it('is rejected in a live project with a hint of its own, and accepted in a test project', async () => {
    for (const imei of ['000000000000000', '0000000000000000', '000000001234560']) {
      const { status, body } = await live.call('POST', './devices', { body: { imei } })
      assert.equal(status, 422)
      assert.equal(body.code, 'invalidImei')
      assert.match(body.hint, /placeholder.*TAC 00000000/)
      assert.equal((await demo.call('POST', './devices/search', { body: { imei } })).status, 200)
      assert.equal((await live.call('POST', '/deviceModels/search', { body: { imei } })).status, 200)
    }
  })
})
