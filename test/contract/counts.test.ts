import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser, createUserClient, fillDevices, makeImei } from '../support/factories.ts'
import { importModels } from '../support/models.ts'
import { startServer, type TestProject } from '../support/server.ts'

const server = await startServer()
await importModels(server.context, [
  { tac: '70000001', brand: 'Common', name: 'Everyday', type: 'smartphone', simTypes: ['pSIM'] },
  { tac: '70000002', brand: 'Rare', name: 'Odd One', type: 'tablet', simTypes: ['eSIM'] },
])

const counts = (count: number, complete = true) => ({ object: 'count', count, complete })

async function counted(project: TestProject, path: string) {
  const { status, body } = await project.call('GET', `./${path}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

describe('a count of a list', () => {
  it('counts the devices that the filters select', async () => {
    const project = await server.addProject('devices', 'test')
    const other = await server.addProject('others', 'test')
    const anna = await createUser(project)
    const sim = await createSim(project)
    await createDevice(project, { imei: makeImei('70000001'), user: anna.id, name: 'Work phone', sims: [sim.id] })
    await createDevice(project, { imei: makeImei('70000001'), name: 'Work spare' })
    const { createdAt } = await createDevice(project, { imei: makeImei('70000002') })
    await createDevice(other)
    for (const [query, count] of [
      ['', 3],
      ['?brand=common', 2],
      ['?type=tablet', 1],
      ['?tac=70000001,70000002', 3],
      ['?brand=nobody', 0],
      ['?model=unknown', 0],
      ['?esim=unknown', 0],
      [`?user=${anna.id}`, 1],
      [`?user=${anna.id}&q=spare`, 0],
      [`?sim=${sim.id}`, 1],
      [`?sims=${sim.id},sim_${'0'.repeat(28)}`, 1],
      ['?q=work', 2],
      ['?q=work+spare', 1],
      ['?q=work&brand=rare', 0],
      [`?createdBefore=${encodeURIComponent('2020-01-01T00:00:00Z')}`, 0],
      [`?brand=rare&createdAfter=${encodeURIComponent(createdAt)}`, 1],
    ] as const) {
      assert.deepEqual(await counted(project, `devices/count${query}`), counts(count), query)
    }
  })

  it('counts users and SIMs, with the default filters of their lists', async () => {
    const project = await server.addProject('people', 'test')
    const anna = await createUser(project, { fullName: 'Anna Dubois' })
    await createUser(project, { fullName: 'Ben Dubois' })
    const sim = await createSim(project, { provider: 'p7', status: 'active' })
    await createSim(project, { status: 'retired' })
    await createDevice(project, { user: anna.id, sims: [sim.id] })
    for (const [path, count] of [
      ['users/count', 2],
      ['users/count?q=dub', 2],
      ['users/count?q=ann+dub', 1],
      ['sims/count', 1],
      ['sims/count?status=active,inactive,retired', 2],
      ['sims/count?provider=p7&type=eSIM', 1],
      [`sims/count?user=${anna.id}`, 1],
    ] as const) {
      assert.deepEqual(await counted(project, path), counts(count), path)
    }
  })

  it('stops at 10,000, or at 1,000 with words', async () => {
    const project = await server.addProject('crowd', 'test')
    const owner = await createUser(project)
    const devices = Array.from({ length: 10_050 }, (_, made) => ({
      imei: makeImei(made < 40 ? '70000002' : '70000001'),
      name: made < 1_050 ? 'Spare' : null,
    }))
    await fillDevices(server.context, project, devices)
    await createDevice(project, { user: owner.id })
    for (const [query, expected] of [
      ['', counts(10_000, false)],
      ['?brand=common', counts(10_000, false)],
      ['?brand=rare', counts(40)],
      ['?tac=70000002', counts(40)],
      ['?brand=nobody', counts(0)],
      ['?q=spare', counts(1_000, false)],
      [`?user=${owner.id}`, counts(1)],
    ] as const) {
      assert.deepEqual(await counted(project, `devices/count${query}`), expected, query)
    }
  })

  it('rejects the paging of a list, and unknown or invalid filters', async () => {
    const project = await server.addProject('wrong', 'test')
    for (const query of ['limit=1', `after=dev_${'0'.repeat(28)}`, 'colour=blue', 'user=anna', 'sims=anna']) {
      assert.equal((await project.call('GET', `./devices/count?${query}`)).status, 422, query)
    }
  })
})

describe('the devices of several users', () => {
  it('are counted for each user that exists in the project', async () => {
    const project = await server.addProject('owners', 'test')
    const other = await server.addProject('strangers', 'test')
    const [anna, ben, stranger] = [await createUser(project), await createUser(project), await createUser(other)]
    await createDevice(project, { user: anna.id })
    await createDevice(project, { user: anna.id })
    const body = await counted(project, `users/devices?user=${ben.id},${anna.id}&user=${stranger.id}`)
    assert.deepEqual(body, {
      object: 'userDevices',
      users: [
        { user: anna.id, count: 2, complete: true },
        { user: ben.id, count: 0, complete: true },
      ],
    })
  })

  it('accept up to 100 ids of users', async () => {
    const project = await server.addProject('ids', 'test')
    const id = `usr_${'0'.repeat(28)}`
    assert.deepEqual(await counted(project, 'users/devices'), { object: 'userDevices', users: [] })
    for (const query of ['?user=', '?user=anna', `?user=${Array(101).fill(id).join(',')}`]) {
      assert.equal((await project.call('GET', `./users/devices${query}`)).status, 422, query)
    }
    assert.equal((await project.call('GET', `./users/devices?user=${Array(100).fill(id).join(',')}`)).status, 200)
  })
})

describe('the list of devices by several SIMs', () => {
  it('shows each device that has any of them, once', async () => {
    const project = await server.addProject('sims', 'test')
    const sims = [
      await createSim(project),
      await createSim(project),
      await createSim(project),
      await createSim(project),
    ]
    const [a, b, c, free] = sims.map(({ id }) => id) as [string, string, string, string]
    const first = await createDevice(project, { sims: [a, b] })
    const second = await createDevice(project, { sims: [c] })
    const idsOf = async (query: string) =>
      (await counted(project, `devices?${query}`)).items.map(({ id }: { id: string }) => id)
    assert.deepEqual(await idsOf(`sims=${a},${b},${c},${free}`), [second.id, first.id])
    assert.deepEqual(await idsOf(`sims=${a}&sims=${a}`), [first.id])
    assert.deepEqual(await idsOf(`sims=${free}`), [])
    assert.deepEqual(await idsOf(`sims=${a},${c}&limit=1&after=${second.id}`), [first.id])
  })

  it('shows a user token only the devices of its user', async () => {
    const project = await server.addProject('tokens', 'test')
    const user = await createUser(project)
    const call = await createUserClient(server, project, user.id)
    const [own, foreign] = [await createSim(project), await createSim(project)]
    const device = await createDevice(project, { user: user.id, sims: [own.id] })
    await createDevice(project, { sims: [foreign.id] })
    const { body } = await call('GET', `./devices?sims=${own.id},${foreign.id}`)
    assert.deepEqual(
      body.items.map(({ id }: { id: string }) => id),
      [device.id],
    )
    assert.equal((await call('GET', './devices/count')).status, 403)
    assert.equal((await call('GET', `./users/devices?user=${user.id}`)).status, 403)
  })

  it('accepts 100 SIMs', async () => {
    const project = await server.addProject('many', 'test')
    const ids = (count: number) =>
      Array(count)
        .fill(`sim_${'0'.repeat(28)}`)
        .join(',')
    assert.equal((await project.call('GET', `./devices?sims=${ids(100)}`)).status, 200)
    assert.equal((await project.call('GET', `./devices?sims=${ids(101)}`)).status, 422)
  })
})
