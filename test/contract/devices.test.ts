import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser, makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

/** Contract section 8. */
describe('devices', () => {
  describe('create', () => {
    it('answers 201 with all nine properties, model, sims and user embedded in full', async () => {
      const user = await createUser(demo)
      const sim = await createSim(demo)
      const { status, body } = await demo.ask('POST', './devices', {
        body: {
          imei: '492388841798923',
          user: user.id,
          sims: [sim.id],
          name: "Anna's iPhone",
          metadata: { colour: 'blue' },
        },
      })
      assert.equal(status, 201)
      assert.deepEqual(Object.keys(body), [
        'object',
        'id',
        'metadata',
        'createdAt',
        'imei',
        'model',
        'name',
        'sims',
        'user',
      ])
      assert.equal(body.imei, '492388841798923')
      assert.equal(body.model.name, 'iPhone 12 Pro')
      assert.deepEqual(body.model.simTypes, ['eSIM', 'pSIM'])
      assert.deepEqual(body.sims, [sim])
      assert.deepEqual(body.user, user)
      assert.equal(body.name, "Anna's iPhone")
      assert.deepEqual(body.metadata, { colour: 'blue' })
    })

    it('takes null for user, sims and name', async () => {
      const { status, body } = await demo.ask('POST', './devices', {
        body: { imei: makeImei(), user: null, sims: null, name: null },
      })
      assert.equal(status, 201)
      assert.equal(body.user, null)
      assert.deepEqual(body.sims, [])
      assert.equal(body.name, null)
    })

    it('refuses an IMEI that the project has, and leaves nothing behind', async () => {
      const device = await createDevice(demo)
      const sim = await createSim(demo)
      const { status, body } = await demo.ask('POST', './devices', { body: { imei: device.imei, sims: [sim.id] } })
      assert.equal(status, 422)
      assert.equal(body.code, 'deviceImeiAlreadyExists')
      assert.equal(body.details[0].property, 'imei')
      const onSim = await demo.ask('GET', `./devices?sim=${sim.id}`)
      assert.deepEqual(onSim.body.items, [])
    })
  })
})
