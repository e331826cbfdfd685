import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser, makeIccid } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const other = await server.addProject('other', 'test')

const ICCID_PATTERN = '^([0-9]{19}[Ff]?|[0-9]{20})$'

async function reread(sim: { id: string }) {
  const { status, body } = await demo.call('GET', `./sims/${sim.id}`)
  assert.equal(status, 200)
  return body
}

/** The SIMs that a query lists. */
async function idsOf(call: typeof demo.call, query: string): Promise<string[]> {
  const { status, body } = await call('GET', `./sims?limit=200&${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body.items.map(({ id }: { id: string }) => id)
}

/** docs/contract.md §9. */
describe('SIMs', () => {
  describe('create', () => {
    it('returns 201 with all eight properties', async () => {
      const given = { iccid: makeIccid(), type: 'pSIM', provider: 'p9', status: 'active', metadata: { batch: '7' } }
      const { status, body } = await demo.call('POST', './sims', { body: given })
      assert.equal(status, 201)
      const { id, createdAt, ...rest } = body
      assert.match(id, /^sim_[0-9A-Za-z]{28}$/)
      assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      assert.deepEqual(rest, { object: 'sim', ...given })
      assert.deepEqual(await reread(body), body)
    })

    it('requires only an ICCID: the type is eSIM, the provider p1, the status inactive', async () => {
      const iccid = makeIccid()
      const { status, body } = await demo.call('POST', './sims', { body: { iccid } })
      assert.equal(status, 201)
      const { id: _, createdAt: __, ...rest } = body
      assert.deepEqual(rest, {
        object: 'sim',
        metadata: {},
        iccid,
        provider: 'p1',
        status: 'inactive',
        type: 'eSIM',
      })
    })

    it('requires an ICCID', async () => {
      const { status, body } = await demo.call('POST', './sims', { body: { type: 'pSIM' } })
      assert.equal(status, 422)
      assert.equal(body.details[0].code, 'propertyRequired')
      assert.equal(body.details[0].property, 'iccid')
    })

    it('accepts 19 digits, 20 digits, and 19 with the filler F, which is dropped', async () => {
      for (const [sent, stored] of [
        ['8988307000000753711', '8988307000000753711'],
        ['89883070000007537119', '89883070000007537119'],
        ['8988307000000753712F', '8988307000000753712'],
        ['8988307000000753713f', '8988307000000753713'],
      ]) {
        const { status, body } = await demo.call('POST', './sims', { body: { iccid: sent } })
        assert.equal(status, 201)
        assert.equal(body.iccid, stored)
      }
    })

    for (const iccid of [
      '898830700000075371',
      '898830700000075371190',
      '89883070000007537119F',
      '898830700000075371FF',
      '8988307000000753711G',
      '8988 3070 0000 0753 711',
      '٨٩٨٨٣٠٧٠٠٠٠٠٠٧٥٣٧١١',
      '8988307000000753711\n',
      '',
      8988307000000753,
      null,
    ]) {
      it(`and search reject ${JSON.stringify(iccid)} with the pattern as the hint`, async () => {
        for (const path of ['./sims', './sims/search']) {
          const { status, body } = await demo.call('POST', path, { body: { iccid } })
          assert.equal(status, 422)
          assert.equal(body.code, 'invalidIccid')
          assert.equal(body.hint, ICCID_PATTERN)
          assert.equal(body.details[0].property, 'iccid')
        }
      })
    }

    it('rejects an ICCID that the project already has, with or without the filler', async () => {
      const { iccid } = await createSim(demo)
      for (const sent of [iccid, `${iccid}F`, `${iccid}f`]) {
        const { status, body } = await demo.call('POST', './sims', { body: { iccid: sent } })
        assert.equal(status, 422)
        assert.equal(body.code, 'simAlreadyExists')
        assert.equal(body.details[0].property, 'iccid')
      }
    })

    it('accepts an ICCID that another project has', async () => {
      const { iccid } = await createSim(other)
      assert.equal((await demo.call('POST', './sims', { body: { iccid } })).status, 201)
    })

    it('creates one SIM for concurrent requests with the same ICCID', async () => {
      const iccid = makeIccid()
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => demo.call('POST', './sims', { body: { iccid } })),
      )
      assert.equal(answers.filter(({ status }) => status === 201).length, 1)
      assert.equal(answers.filter(({ body }) => body.code === 'simAlreadyExists').length, 19)
    })

    const rejected: [string, unknown[]][] = [
      ['type', ['esim', 'eSIM,pSIM', '', null, ['eSIM']]],
      ['provider', ['', 'x'.repeat(41), null, 9]],
      ['status', ['Active', 'deleted', '', null]],
      ['metadata', [null, { a: null }, { a: 1 }]],
      ['device', ['dev_0SNlurA049MEWV55CrA9qMvI2FVJ']],
    ]
    for (const [property, values] of rejected) {
      it(`rejects an invalid ${property}, naming it`, async () => {
        for (const value of values) {
          const iccid = makeIccid()
          const { status, body } = await demo.call('POST', './sims', { body: { iccid, [property]: value } })
          assert.equal(status, 422, JSON.stringify(value))
          assert.match(body.details[0].property, new RegExp(`^${property}\\b`))
          const found = await demo.call('POST', './sims/search', { body: { iccid } })
          assert.deepEqual(found.body.items, [])
        }
      })
    }

    it('accepts any provider of 1 to 40 characters', async () => {
      for (const provider of ['x', 'p9', 'Ünïtel 5G', 'x'.repeat(40)]) {
        assert.equal((await createSim(demo, { provider })).provider, provider)
      }
    })
  })

  describe('update', () => {
    it('changes metadata, status and provider, each alone', async () => {
      let expected = await createSim(demo)
      for (const [property, value] of Object.entries({ status: 'active', provider: 'p9', metadata: { a: '1' } })) {
        const { status, body } = await demo.call('PATCH', `./sims/${expected.id}`, { body: { [property]: value } })
        assert.equal(status, 200)
        expected = { ...expected, [property]: value }
        assert.deepEqual(body, expected)
      }
      assert.deepEqual(await reread(expected), expected)
    })

    it('allows every change of status', async () => {
      const sim = await createSim(demo)
      for (const status of ['active', 'retired', 'inactive', 'retired', 'active', 'inactive']) {
        const { body } = await demo.call('PATCH', `./sims/${sim.id}`, { body: { status } })
        assert.equal(body.status, status)
      }
    })

    it('changes nothing for {}', async () => {
      const sim = await createSim(demo, { metadata: { a: '1' } })
      const { status, body } = await demo.call('PATCH', `./sims/${sim.id}`, { body: {} })
      assert.equal(status, 200)
      assert.deepEqual(body, sim)
    })

    it('rejects all other properties, naming them, and changes nothing', async () => {
      const sim = await createSim(demo)
      for (const [property, value] of [
        ['iccid', makeIccid()],
        ['type', 'pSIM'],
        ['id', sim.id],
        ['status', 'gone'],
        ['status', null],
        ['provider', ''],
        ['provider', null],
        ['metadata', null],
      ] as const) {
        const { status, body } = await demo.call('PATCH', `./sims/${sim.id}`, {
          body: { metadata: { left: 'behind' }, [property]: value },
        })
        assert.equal(status, 422)
        assert.equal(body.details[0].property, property)
      }
      assert.deepEqual(await reread(sim), sim)
    })

    it('shows on the device that the SIM is on', async () => {
      const sim = await createSim(demo)
      const device = await createDevice(demo, { sims: [sim.id] })
      const { body } = await demo.call('PATCH', `./sims/${sim.id}`, { body: { status: 'active' } })
      assert.deepEqual((await demo.call('GET', `./devices/${device.id}`)).body.sims, [body])
    })
  })

  describe('delete', () => {
    it('returns the SIM if it is on no device, and it is 404 from then on', async () => {
      const sim = await createSim(demo)
      const { status, body } = await demo.call('DELETE', `./sims/${sim.id}`)
      assert.equal(status, 200)
      assert.deepEqual(body, sim)
      for (const method of ['GET', 'DELETE']) {
        assert.equal((await demo.call(method, `./sims/${sim.id}`)).status, 404)
      }
      assert.equal((await demo.call('POST', './sims', { body: { iccid: sim.iccid } })).status, 201)
    })

    it('is 422 while the SIM is on a device, and leaves it there', async () => {
      const sim = await createSim(demo)
      const device = await createDevice(demo, { sims: [sim.id] })
      const { status, body } = await demo.call('DELETE', `./sims/${sim.id}`)
      assert.equal(status, 422)
      assert.equal(body.type, 'invalid')
      assert.deepEqual((await demo.call('GET', `./devices/${device.id}`)).body, device)
      await demo.call('PATCH', `./devices/${device.id}`, { body: { sims: [] } })
      assert.equal((await demo.call('DELETE', `./sims/${sim.id}`)).status, 200)
    })
  })

  describe('list', async () => {
    const project = await server.addProject('listed', 'test')
    const { call } = project
    const inactive = await createSim(project)
    const active = await createSim(project, { status: 'active', provider: 'p9', type: 'pSIM' })
    const retired = await createSim(project, { status: 'retired', provider: 'p9' })
    const comma = await createSim(project, { provider: 'a,b' })

    it('shows inactive and active SIMs, newest first, and retired ones on request', async () => {
      assert.deepEqual(await idsOf(call, ''), [comma.id, active.id, inactive.id])
      assert.deepEqual(await idsOf(call, 'status=retired'), [retired.id])
      assert.deepEqual(await idsOf(call, 'status=active'), [active.id])
      const all = [comma.id, retired.id, active.id, inactive.id]
      assert.deepEqual(await idsOf(call, 'status=inactive,active,retired'), all)
      assert.deepEqual(await idsOf(call, 'status=retired&status=active&status=inactive'), all)
    })

    it('filters by provider, by type, and by all together', async () => {
      assert.deepEqual(await idsOf(call, 'provider=p9'), [active.id])
      assert.deepEqual(await idsOf(call, 'provider=p9,p1'), [active.id, inactive.id])
      assert.deepEqual(await idsOf(call, 'provider=a%2Cb'), [comma.id])
      assert.deepEqual(await idsOf(call, 'provider=P9'), [])
      assert.deepEqual(await idsOf(call, 'type=pSIM'), [active.id])
      assert.deepEqual(await idsOf(call, 'type=pSIM,eSIM'), [comma.id, active.id, inactive.id])
      assert.deepEqual(await idsOf(call, 'provider=p9&type=eSIM&status=retired'), [retired.id])
      assert.deepEqual(await idsOf(call, 'provider=p9&type=eSIM'), [])
    })

    it("narrows to the SIMs on a user's devices", async () => {
      const [anna, ben] = [await createUser(project), await createUser(project)]
      const sims = [await createSim(project), await createSim(project), await createSim(project)]
      await createDevice(project, { user: anna.id, sims: [sims[1].id] })
      await createDevice(project, { user: anna.id, sims: [sims[0].id] })
      await createDevice(project, { sims: [sims[2].id] })
      assert.deepEqual(await idsOf(call, `user=${anna.id}`), [sims[1].id, sims[0].id])
      assert.deepEqual(await idsOf(call, `user=${ben.id}`), [])
      assert.deepEqual(await idsOf(call, `user=${anna.id}&type=pSIM`), [])
      assert.deepEqual(await idsOf(call, 'user=usr_0SNlurA049MEWV4OpCwsNyC9Kn2d'), [])
    })

    it('rejects invalid values, naming the parameter', async () => {
      for (const [query, property] of [
        ['status=gone', 'status[0]'],
        ['status=', 'status[0]'],
        ['type=esim', 'type[0]'],
        ['provider=', 'provider[0]'],
        ['user=', 'user'],
        ['user=nobody', 'user'],
        [`user=${inactive.id}`, 'user'],
        ['iccid=8988307000000753711', 'iccid'],
      ]) {
        const { status, body } = await call('GET', `./sims?${query}`)
        assert.equal(status, 422)
        assert.equal(body.details[0].property, property)
      }
    })

    it('pages through a filtered list', async () => {
      const first = await call('GET', './sims?status=inactive,active,retired&provider=p9&limit=1')
      assert.deepEqual(first.body.items, [retired])
      assert.equal(first.body.moreItemsAfter, retired.id)
      const second = await call('GET', `./sims?status=inactive,active,retired&provider=p9&limit=1&after=${retired.id}`)
      assert.deepEqual(second.body.items, [active])
      assert.equal(second.body.moreItemsAfter, null)
    })
  })

  describe('search', () => {
    it('finds the SIM with the ICCID, with or without the filler, whatever its status', async () => {
      const sim = await createSim(demo, { status: 'retired' })
      for (const iccid of [sim.iccid, `${sim.iccid}F`]) {
        const { status, body } = await demo.call('POST', './sims/search', { body: { iccid } })
        assert.equal(status, 200)
        assert.deepEqual(body, { object: 'list', items: [sim], moreItemsAfter: null, moreItemsBefore: null })
      }
    })

    it('accepts a type, which must match', async () => {
      const sim = await createSim(demo, { type: 'pSIM' })
      const search = async (type: string) =>
        (await demo.call('POST', './sims/search', { body: { iccid: sim.iccid, type } })).body.items
      assert.deepEqual(await search('pSIM'), [sim])
      assert.deepEqual(await search('eSIM'), [])
    })

    it('is empty for an unknown ICCID and for one of another project', async () => {
      const elsewhere = await createSim(other)
      for (const iccid of [makeIccid(), elsewhere.iccid]) {
        const { status, body } = await demo.call('POST', './sims/search', { body: { iccid } })
        assert.equal(status, 200)
        assert.deepEqual(body.items, [])
      }
    })
  })

  it('of another project are 404, and stay unchanged', async () => {
    const sim = await createSim(other)
    for (const [method, asked] of [
      ['GET', {}],
      ['PATCH', { body: { status: 'retired' } }],
      ['DELETE', {}],
    ] as const) {
      assert.equal((await demo.call(method, `./sims/${sim.id}`, asked)).status, 404)
    }
    assert.deepEqual((await other.call('GET', `./sims/${sim.id}`)).body, sim)
  })
})
