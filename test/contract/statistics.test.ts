import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createUser, createUserClient, fillDevices, makeImei } from '../support/factories.ts'
import { importModels } from '../support/models.ts'
import { startServer } from '../support/server.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let now = Date.parse('2026-03-01T10:00:30Z')
const server = await startServer({ clock: () => now })
await importModels(server.context, [
  { tac: '70000001', brand: 'Common', name: 'Everyday', type: 'smartphone', simTypes: ['pSIM'] },
  { tac: '70000002', brand: 'Rare', name: 'Odd One', type: 'tablet', simTypes: ['eSIM'] },
  { tac: '70000003', brand: 'Common', name: 'Everyday', type: 'smartphone', simTypes: ['pSIM'] },
])

/** Registers devices with these TACs, one step of time apart. */
async function addProjectWith(id: string, tacs: readonly string[], step: number) {
  const project = await server.addProject(id, 'test')
  // Half a minute after the start of a day.
  now = (Math.floor(now / DAY) + 1) * DAY + 30 * SECOND
  const devices = []
  for (const tac of tacs) {
    devices.push(await createDevice(project, { imei: makeImei(tac) }))
    now += step
  }
  return { project, devices }
}

describe('the statistics of devices', () => {
  it('count devices by model, brand, type and SIM types, most common first, including models that the catalogue does not have', async () => {
    const tacs = ['70000001', '70000003', '70000002', '70000009', '70000001', '70000008']
    const { project, devices } = await addProjectWith('by-model', tacs, SECOND)
    const { status, body } = await project.call('GET', './devices/statistics')
    assert.equal(status, 200)
    assert.deepEqual([body.object, body.devices], ['deviceStatistics', 6])
    assert.deepEqual(body.models, [
      { model: devices[0].model, devices: 3 },
      { model: null, devices: 2 },
      { model: devices[2].model, devices: 1 },
    ])
    assert.deepEqual(body.brands, [
      { brand: 'Common', devices: 3 },
      { brand: null, devices: 2 },
      { brand: 'Rare', devices: 1 },
    ])
    assert.deepEqual(body.types, [
      { type: 'smartphone', devices: 3 },
      { type: null, devices: 2 },
      { type: 'tablet', devices: 1 },
    ])
    assert.deepEqual(body.simTypes, [
      { simTypes: ['pSIM'], devices: 3 },
      { simTypes: [], devices: 2 },
      { simTypes: ['eSIM'], devices: 1 },
    ])
    assert.deepEqual(body.known, { brand: 4, name: 4, type: 4, simTypes: 4 })
    assert.equal(body.unknownTacs.length, 2)
  })

  it('list the 50 most common TACs without a model, and count what the catalogue knows about the others', async () => {
    await importModels(server.context, [{ tac: '70000004', brand: 'Samsung', name: 'SM-Z999' }])
    const strangers = Array.from({ length: 60 }, (_, number) => String(70000100 + number))
    const tacs = [...strangers, '70000155', '70000110', '70000155', '70000004', '70000002']
    const { project } = await addProjectWith('unknown', tacs, 0)
    const { body } = await project.call('GET', './devices/statistics')
    assert.equal(body.unknownTacs.length, 50)
    assert.deepEqual(body.unknownTacs.slice(0, 3), [
      { tac: '70000155', devices: 3 },
      { tac: '70000110', devices: 2 },
      { tac: '70000100', devices: 1 },
    ])
    assert.deepEqual(body.known, { brand: 2, name: 1, type: 1, simTypes: 1 })
  })

  it('exclude deleted devices and those of other projects', async () => {
    const { project, devices } = await addProjectWith('deleted', ['70000001', '70000002'], SECOND)
    await project.call('DELETE', `./devices/${devices[0].id}`)
    const { body } = await project.call('GET', './devices/statistics')
    assert.deepEqual(body.models, [{ model: devices[1].model, devices: 1 }])
    assert.equal(body.registered.length, 1)
  })

  it('are empty where there are no devices', async () => {
    const { call } = await server.addProject('empty', 'test')
    const { body } = await call('GET', './devices/statistics')
    const known = { brand: 0, name: 0, type: 0, simTypes: 0 }
    const counts = { brands: [], types: [], simTypes: [], registered: [], known, unknownTacs: [], models: [] }
    assert.deepEqual(body, { object: 'deviceStatistics', devices: 0, ...counts })
  })

  for (const [id, devices, apart, length] of [
    ['one-moment', 2, SECOND, MINUTE],
    ['half-an-hour', 4, 10 * MINUTE, MINUTE],
    ['sixty-minutes', 2, 59 * MINUTE, MINUTE],
    ['an-hour', 2, HOUR, HOUR],
    ['a-week', 8, DAY, DAY],
    ['a-year', 2, 365 * DAY, 7 * DAY],
    ['two-years', 3, 365 * DAY, 30 * DAY],
  ] as const) {
    it(`use the shortest period that needs at most sixty bars: ${id.replaceAll('-', ' ')}`, async () => {
      const { project, devices: made } = await addProjectWith(id, Array(devices).fill('70000001'), apart)
      const { body } = await project.call('GET', './devices/statistics')
      const registered: { from: string; until: string; devices: number }[] = body.registered
      const [first, last] = [made[0], made.at(-1)].map(({ createdAt }) => Date.parse(createdAt)) as [number, number]
      assert.equal(registered.length, Math.floor(last / length) - Math.floor(first / length) + 1)
      assert.ok(registered.length <= 60)
      for (const [position, { from, until, devices }] of registered.entries()) {
        assert.equal(Date.parse(until) - Date.parse(from), length)
        if (position > 0) assert.equal(from, registered[position - 1]?.until)
        assert.equal(devices, made.filter(({ createdAt }) => from <= createdAt && createdAt < until).length)
      }
      assert.equal(
        registered.reduce((sum, { devices }) => sum + devices, 0),
        devices,
      )
    })
  }

  it('count many devices of one TAC and one minute', async () => {
    const { project } = await addProjectWith('many', [], 0)
    const some = Array.from({ length: 10_500 }, (_, made) => ({
      imei: makeImei(made < 10_200 ? '70000002' : '70000003'),
      name: null,
    }))
    await fillDevices(server.context, project, some)
    const { body } = await project.call('GET', './devices/statistics')
    assert.equal(body.devices, 10_500)
    assert.deepEqual(
      body.models.map((counted: { model: { name: string }; devices: number }) => [counted.model.name, counted.devices]),
      [
        ['Odd One', 10_200],
        ['Everyday', 300],
      ],
    )
    assert.deepEqual(
      body.registered.map(({ devices }: { devices: number }) => devices),
      [10_500],
    )
  })

  it('require an API key', async () => {
    const project = await server.addProject('keys-alone', 'test')
    const call = await createUserClient(server, project, (await createUser(project)).id)
    const { status, body } = await call('GET', './devices/statistics')
    assert.deepEqual([status, body.type], [403, 'permissionDenied'])
  })
})
