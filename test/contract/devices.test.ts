import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser, makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const other = await server.addProject('other', 'test')

const PROPERTIES = ['object', 'id', 'metadata', 'createdAt', 'imei', 'model', 'name', 'sims', 'user']

async function reread(device: { id: string }) {
  const { status, body } = await demo.call('GET', `./devices/${device.id}`)
  assert.equal(status, 200)
  return body
}

async function countDevices(): Promise<number> {
  const { body } = await demo.call('GET', './devices?limit=200')
  assert.equal(body.moreItemsAfter, null)
  return body.items.length
}

function idsOf(items: { id: string }[]): string[] {
  return items.map(({ id }) => id)
}

/** docs/contract.md §8. */
describe('devices', () => {
  describe('every response', () => {
    it('has all nine properties, with the model, SIMs and user embedded in full', async () => {
      const user = await createUser(demo)
      const sim = await createSim(demo)
      const imei = makeImei('49238884')
      const created = await demo.call('POST', './devices', {
        body: { imei, user: user.id, sims: [sim.id], name: "Anna's iPhone", metadata: { colour: 'blue' } },
      })
      assert.equal(created.status, 201)
      assert.deepEqual(Object.keys(created.body), PROPERTIES)
      assert.equal(created.body.imei, imei)
      assert.equal(created.body.model.name, 'iPhone 12 Pro')
      assert.deepEqual(created.body.sims, [sim])
      assert.deepEqual(created.body.user, user)
      assert.equal(created.body.name, "Anna's iPhone")
      assert.deepEqual(created.body.metadata, { colour: 'blue' })

      const { id } = created.body
      const retrieved = await demo.call('GET', `./devices/${id}`)
      const listed = await demo.call('GET', `./devices?sim=${sim.id}`)
      const found = await demo.call('POST', './devices/search', { body: { imei } })
      const updated = await demo.call('PATCH', `./devices/${id}`, { body: {} })
      const deleted = await demo.call('DELETE', `./devices/${id}`)
      assert.deepEqual(retrieved.body, created.body)
      assert.deepEqual(listed.body.items, [created.body])
      assert.deepEqual(found.body.items, [created.body])
      assert.deepEqual(updated.body, created.body)
      assert.deepEqual(deleted.body, created.body)
    })
  })

  describe('create', () => {
    it('requires only an IMEI', async () => {
      const imei = makeImei()
      const { status, body } = await demo.call('POST', './devices', { body: { imei } })
      assert.equal(status, 201)
      const { id, createdAt, ...rest } = body
      assert.match(id, /^dev_[0-9A-Za-z]{28}$/)
      assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 10_000)
      assert.deepEqual(rest, { object: 'device', metadata: {}, imei, model: null, name: null, sims: [], user: null })
    })

    it('requires an IMEI', async () => {
      const { status, body } = await demo.call('POST', './devices', { body: { name: 'Phone' } })
      assert.equal(status, 422)
      assert.equal(body.details[0].code, 'propertyRequired')
      assert.equal(body.details[0].property, 'imei')
    })

    it('accepts null for user, sims and name', async () => {
      const { status, body } = await demo.call('POST', './devices', {
        body: { imei: makeImei(), user: null, sims: null, name: null },
      })
      assert.equal(status, 201)
      assert.equal(body.user, null)
      assert.deepEqual(body.sims, [])
      assert.equal(body.name, null)
    })

    for (const property of ['imei', 'metadata']) {
      it(`rejects null for ${property}`, async () => {
        const { status, body } = await demo.call('POST', './devices', {
          body: { imei: makeImei(), [property]: null },
        })
        assert.equal(status, 422)
        assert.deepEqual(
          body.details.map((detail: { property: string }) => detail.property),
          [property],
        )
      })
    }

    it('lists the SIMs in the order given', async () => {
      const [first, second, third] = [await createSim(demo), await createSim(demo), await createSim(demo)]
      const device = await createDevice(demo, { sims: [third.id, first.id, second.id] })
      assert.deepEqual(device.sims, [third, first, second])
      assert.deepEqual((await reread(device)).sims, [third, first, second])
    })

    it('rejects an IMEI that the project already has, and changes nothing', async () => {
      const device = await createDevice(demo)
      const sim = await createSim(demo)
      const { status, body } = await demo.call('POST', './devices', { body: { imei: device.imei, sims: [sim.id] } })
      assert.equal(status, 422)
      assert.equal(body.code, 'deviceImeiAlreadyExists')
      assert.equal(body.details[0].property, 'imei')
      const onSim = await demo.call('GET', `./devices?sim=${sim.id}`)
      assert.deepEqual(onSim.body.items, [])
      assert.deepEqual(await reread(device), device)
    })

    it('accepts an IMEI that another project has', async () => {
      const elsewhere = await createDevice(other)
      const { status, body } = await demo.call('POST', './devices', { body: { imei: elsewhere.imei } })
      assert.equal(status, 201)
      assert.notEqual(body.id, elsewhere.id)
      const found = await other.call('POST', './devices/search', { body: { imei: elsewhere.imei } })
      assert.deepEqual(found.body.items, [elsewhere])
    })

    it('rejects a SIM that is on another device, leaves it there, and creates no device', async () => {
      const sim = await createSim(demo)
      const free = await createSim(demo)
      const holder = await createDevice(demo, { sims: [sim.id] })
      const imei = makeImei()
      const { status, body } = await demo.call('POST', './devices', { body: { imei, sims: [free.id, sim.id] } })
      assert.equal(status, 422)
      assert.equal(body.code, 'deviceSimAlreadyUsed')
      assert.equal(body.details[0].property, 'sims[1]')
      assert.deepEqual((await reread(holder)).sims, [sim])
      const found = await demo.call('POST', './devices/search', { body: { imei } })
      assert.deepEqual(found.body.items, [])
      await createDevice(demo, { sims: [free.id] })
    })

    it('reports both an IMEI and a SIM that are in use', async () => {
      const sim = await createSim(demo)
      const holder = await createDevice(demo, { sims: [sim.id] })
      const { status, body } = await demo.call('POST', './devices', { body: { imei: holder.imei, sims: [sim.id] } })
      assert.equal(status, 422)
      assert.equal(body.type, 'invalid')
      assert.deepEqual(
        body.details.map(({ code, property }: { code: string; property: string }) => [code, property]),
        [
          ['deviceImeiAlreadyExists', 'imei'],
          ['deviceSimAlreadyUsed', 'sims[0]'],
        ],
      )
    })

    it('rejects the same SIM given twice', async () => {
      const sim = await createSim(demo)
      const before = await countDevices()
      const { status, body } = await demo.call('POST', './devices', {
        body: { imei: makeImei(), sims: [sim.id, sim.id] },
      })
      assert.equal(status, 422)
      assert.equal(body.details[0].property, 'sims')
      assert.equal(await countDevices(), before)
    })

    it('rejects properties that only the server sets', async () => {
      for (const property of ['id', 'object', 'createdAt', 'model']) {
        const { status, body } = await demo.call('POST', './devices', { body: { imei: makeImei(), [property]: 'x' } })
        assert.equal(status, 422)
        assert.equal(body.details[0].code, 'propertyUnknown')
        assert.equal(body.details[0].property, property)
      }
    })
  })

  describe('a user or SIM that does not exist', () => {
    const unknown = [
      'nobody',
      '',
      'usr_0SNlurA049MEWV4OpCwsNyC9Kn2d',
      'sim_0SNlurA049MEWV1BAAmWZULA4lf6',
      'ünïcødé "x"',
    ]

    for (const id of unknown) {
      it(`is 404 and named: ${JSON.stringify(id)}`, async () => {
        const device = await createDevice(demo)
        const before = await countDevices()
        for (const references of [{ user: id }, { sims: [id] }]) {
          const property = 'user' in references ? 'user' : 'sims[0]'
          const creation = await demo.call('POST', './devices', { body: { imei: makeImei(), ...references } })
          const update = await demo.call('PATCH', `./devices/${device.id}`, { body: { name: 'New', ...references } })
          for (const { status, body } of [creation, update]) {
            assert.equal(status, 404)
            assert.equal(body.type, 'notFound')
            assert.ok(body.message.includes(JSON.stringify(id)), body.message)
            assert.deepEqual(
              body.details.map((detail: { property: string }) => detail.property),
              [property],
            )
          }
        }
        assert.equal(await countDevices(), before)
        assert.deepEqual(await reread(device), device)
      })
    }

    it('is reported together with all others in the request', async () => {
      const sim = await createSim(demo)
      const { status, body } = await demo.call('POST', './devices', {
        body: { imei: makeImei(), user: 'nobody', sims: [sim.id, 'none', 'nil'] },
      })
      assert.equal(status, 404)
      assert.deepEqual(
        body.details.map((detail: { property: string }) => detail.property),
        ['user', 'sims[1]', 'sims[2]'],
      )
    })

    it('looks the same as one of another project', async () => {
      const [user, sim] = [await createUser(other), await createSim(other)]
      for (const references of [{ user: user.id }, { sims: [sim.id] }]) {
        const { status, body } = await demo.call('POST', './devices', { body: { imei: makeImei(), ...references } })
        assert.equal(status, 404)
        assert.match(body.message, /^There is no (user|SIM) "/)
      }
      const { body } = await other.call('GET', `./devices?sim=${sim.id}`)
      assert.deepEqual(body.items, [])
    })
  })

  describe('update', () => {
    it('leaves absent properties unchanged', async () => {
      const [user, sim] = [await createUser(demo), await createSim(demo)]
      const device = await createDevice(demo, { name: 'A', user: user.id, sims: [sim.id], metadata: { a: '1' } })
      const { status, body } = await demo.call('PATCH', `./devices/${device.id}`, { body: { name: 'B' } })
      assert.equal(status, 200)
      assert.deepEqual(body, { ...device, name: 'B' })
      assert.deepEqual(await reread(device), body)
    })

    it('changes nothing for {}', async () => {
      const sim = await createSim(demo)
      const device = await createDevice(demo, { name: 'A', sims: [sim.id], metadata: { a: '1' } })
      const { status, body } = await demo.call('PATCH', `./devices/${device.id}`, { body: {} })
      assert.equal(status, 200)
      assert.deepEqual(body, device)
      assert.deepEqual(await reread(device), device)
    })

    it('responds with the bytes of a later GET, whatever the text', async () => {
      const user = await createUser(demo, { fullName: 'Zoë "Z" \u{1f980}' })
      const device = await createDevice(demo, { user: user.id, metadata: { b: '\u001f/', 2: 'two', 1: 'one' } })
      const text = '\b\t\n\f\r\u000b\u001f"\\/\u007f\u0080é\u2028\u2029\ufeff\ufffd\u{1f4f1}'
      const metadata = Object.fromEntries([text, '10', '__proto__', 'a'].map((key) => [key, text]))
      const bodies = [{ name: text }, { metadata }, { user: null }]
      for (const body of bodies) {
        const changed = await demo.call('PATCH', `./devices/${device.id}`, { body })
        const retrieved = await demo.call('GET', `./devices/${device.id}`)
        assert.equal(JSON.stringify(changed.body), JSON.stringify(retrieved.body))
        assert.equal(changed.headers.etag, retrieved.headers.etag, 'the tag is a digest of the bytes')
      }
    })

    it('changes name, metadata, sims and user at once', async () => {
      const [user, sim] = [await createUser(demo), await createSim(demo)]
      const device = await createDevice(demo)
      const { body } = await demo.call('PATCH', `./devices/${device.id}`, {
        body: { name: 'B', metadata: { b: '2' }, sims: [sim.id], user: user.id },
      })
      assert.deepEqual(body, { ...device, name: 'B', metadata: { b: '2' }, sims: [sim], user })
      assert.deepEqual(await reread(device), body)
    })

    it('replaces the whole set of SIMs, in the order given, and frees those left out', async () => {
      const [first, second, third] = [await createSim(demo), await createSim(demo), await createSim(demo)]
      const device = await createDevice(demo, { sims: [first.id, second.id] })
      const { status, body } = await demo.call('PATCH', `./devices/${device.id}`, {
        body: { sims: [third.id, second.id] },
      })
      assert.equal(status, 200)
      assert.deepEqual(body.sims, [third, second])
      assert.deepEqual((await reread(device)).sims, [third, second])
      const onFirst = await demo.call('GET', `./devices?sim=${first.id}`)
      assert.deepEqual(onFirst.body.items, [])
      await createDevice(demo, { sims: [first.id] })
    })

    it('reorders the same SIMs', async () => {
      const [first, second] = [await createSim(demo), await createSim(demo)]
      const device = await createDevice(demo, { sims: [first.id, second.id] })
      const { body } = await demo.call('PATCH', `./devices/${device.id}`, { body: { sims: [second.id, first.id] } })
      assert.deepEqual(body.sims, [second, first])
    })

    it('detaches all SIMs for []', async () => {
      const sim = await createSim(demo)
      const device = await createDevice(demo, { sims: [sim.id] })
      const { body } = await demo.call('PATCH', `./devices/${device.id}`, { body: { sims: [] } })
      assert.deepEqual(body.sims, [])
      await createDevice(demo, { sims: [sim.id] })
    })

    it('rejects null for sims and metadata', async () => {
      const sim = await createSim(demo)
      const device = await createDevice(demo, { sims: [sim.id], metadata: { a: '1' } })
      for (const property of ['sims', 'metadata']) {
        const { status, body } = await demo.call('PATCH', `./devices/${device.id}`, { body: { [property]: null } })
        assert.equal(status, 422)
        assert.equal(body.details[0].property, property)
      }
      assert.deepEqual(await reread(device), device)
    })

    it('unassigns the user for null, and keeps the name', async () => {
      const user = await createUser(demo)
      const device = await createDevice(demo, { user: user.id, name: 'Mine' })
      const { body } = await demo.call('PATCH', `./devices/${device.id}`, { body: { user: null } })
      assert.equal(body.user, null)
      assert.equal(body.name, 'Mine')
    })

    it('clears the name for null', async () => {
      const device = await createDevice(demo, { name: 'Mine' })
      const { body } = await demo.call('PATCH', `./devices/${device.id}`, { body: { name: null } })
      assert.equal(body.name, null)
    })

    for (const property of ['imei', 'id', 'model', 'createdAt', 'object']) {
      it(`rejects ${property}`, async () => {
        const device = await createDevice(demo)
        const { status, body } = await demo.call('PATCH', `./devices/${device.id}`, {
          body: { [property]: device[property], name: 'New' },
        })
        assert.equal(status, 422)
        assert.equal(body.details[0].code, 'propertyUnknown')
        assert.equal(body.details[0].property, property)
        assert.deepEqual(await reread(device), device)
      })
    }

    it('rejects a SIM that is on another device, and changes neither device', async () => {
      const [own, foreign, user] = [await createSim(demo), await createSim(demo), await createUser(demo)]
      const device = await createDevice(demo, { sims: [own.id], name: 'A', metadata: { a: '1' } })
      const holder = await createDevice(demo, { sims: [foreign.id] })
      const { status, body } = await demo.call('PATCH', `./devices/${device.id}`, {
        body: { name: 'B', metadata: { a: '2' }, user: user.id, sims: [foreign.id] },
      })
      assert.equal(status, 422)
      assert.equal(body.code, 'deviceSimAlreadyUsed')
      assert.equal(body.details[0].property, 'sims[0]')
      assert.deepEqual(await reread(device), device)
      assert.deepEqual(await reread(holder), holder)
    })

    it('rejects the same SIM given twice, and keeps the set', async () => {
      const sim = await createSim(demo)
      const device = await createDevice(demo, { sims: [sim.id] })
      const { status } = await demo.call('PATCH', `./devices/${device.id}`, { body: { sims: [sim.id, sim.id] } })
      assert.equal(status, 422)
      assert.deepEqual(await reread(device), device)
    })

    it('changes nothing when only the merged metadata is too large', async () => {
      const full = Object.fromEntries(Array.from({ length: 10 }, (_, key) => [`key${key}`, 'x']))
      const [sim, device] = [await createSim(demo), await createDevice(demo, { metadata: full })]
      const { status } = await demo.call('PATCH', `./devices/${device.id}`, {
        body: { name: 'B', sims: [sim.id], metadata: { one: 'more' } },
      })
      assert.equal(status, 422)
      assert.deepEqual(await reread(device), device)
      await createDevice(demo, { sims: [sim.id] })
    })
  })

  describe('name', () => {
    it('is 1 to 255 characters, where a character outside the BMP counts once', async () => {
      for (const name of ['x', 'x'.repeat(255), '📱'.repeat(255)]) {
        const device = await createDevice(demo, { name })
        assert.equal((await reread(device)).name, name)
      }
      const device = await createDevice(demo)
      for (const name of ['', 'x'.repeat(256), '📱'.repeat(256), 7, ['x']]) {
        const creation = await demo.call('POST', './devices', { body: { imei: makeImei(), name } })
        const update = await demo.call('PATCH', `./devices/${device.id}`, { body: { name } })
        for (const { status, body } of [creation, update]) {
          assert.equal(status, 422)
          assert.equal(body.details[0].property, 'name')
        }
      }
    })
  })

  describe('delete', () => {
    it('returns 200 with the deleted device, which is 404 from then on', async () => {
      const [user, sim] = [await createUser(demo), await createSim(demo)]
      const device = await createDevice(demo, { user: user.id, sims: [sim.id], name: 'A', metadata: { a: '1' } })
      const { status, body } = await demo.call('DELETE', `./devices/${device.id}`)
      assert.equal(status, 200)
      assert.deepEqual(body, device)
      for (const [method, asked] of [
        ['GET', {}],
        ['PATCH', { body: { name: 'B' } }],
        ['DELETE', {}],
      ] as const) {
        const answer = await demo.call(method, `./devices/${device.id}`, asked)
        assert.equal(answer.status, 404)
      }
      const listed = await demo.call('GET', `./devices?user=${user.id}`)
      assert.deepEqual(listed.body.items, [])
      const found = await demo.call('POST', './devices/search', { body: { imei: device.imei } })
      assert.deepEqual(found.body.items, [])
    })

    it('frees its SIMs', async () => {
      const sim = await createSim(demo)
      const device = await createDevice(demo, { sims: [sim.id] })
      await demo.call('DELETE', `./devices/${device.id}`)
      const next = await createDevice(demo, { sims: [sim.id] })
      assert.deepEqual(next.sims, [sim])
    })

    it('allows its IMEI to be registered again, as a new device', async () => {
      const device = await createDevice(demo)
      await demo.call('DELETE', `./devices/${device.id}`)
      const next = await createDevice(demo, { imei: device.imei })
      assert.notEqual(next.id, device.id)
    })

    it('leaves its user and SIMs in place', async () => {
      const [user, sim] = [await createUser(demo), await createSim(demo)]
      const device = await createDevice(demo, { user: user.id, sims: [sim.id] })
      await demo.call('DELETE', `./devices/${device.id}`)
      assert.deepEqual((await demo.call('GET', `./users/${user.id}`)).body, user)
      assert.deepEqual((await demo.call('GET', `./sims/${sim.id}`)).body, sim)
    })
  })

  describe("another project's device", () => {
    it('is 404 on every path, and stays unchanged', async () => {
      const device = await createDevice(other)
      for (const [method, asked] of [
        ['GET', {}],
        ['PATCH', { body: { name: 'Taken' } }],
        ['DELETE', {}],
      ] as const) {
        const { status, body } = await demo.call(method, `./devices/${device.id}`, asked)
        assert.equal(status, 404)
        assert.equal(body.message, 'The device does not exist')
      }
      assert.deepEqual((await other.call('GET', `./devices/${device.id}`)).body, device)
    })
  })

  describe('list', () => {
    it('shows the newest first', async () => {
      const [first, second] = [await createDevice(demo), await createDevice(demo)]
      const { body } = await demo.call('GET', './devices?limit=2')
      assert.deepEqual(idsOf(body.items), [second.id, first.id])
    })

    it('filters by user, by SIM, and by both', async () => {
      const [anna, ben] = [await createUser(demo), await createUser(demo)]
      const [sim, bensSim] = [await createSim(demo), await createSim(demo)]
      const plain = await createDevice(demo, { user: anna.id })
      const withSim = await createDevice(demo, { user: anna.id, sims: [sim.id] })
      const bens = await createDevice(demo, { user: ben.id, sims: [bensSim.id] })
      const expected: [string, string[]][] = [
        [`user=${anna.id}`, [withSim.id, plain.id]],
        [`sim=${sim.id}`, [withSim.id]],
        [`user=${anna.id}&sim=${sim.id}`, [withSim.id]],
        [`user=${anna.id}&sim=${bensSim.id}`, []],
        [`user=${ben.id}&sim=${bensSim.id}`, [bens.id]],
      ]
      for (const [query, ids] of expected) {
        const { status, body } = await demo.call('GET', `./devices?${query}`)
        assert.equal(status, 200)
        assert.deepEqual(idsOf(body.items), ids, query)
      }
    })

    it('pages through a filtered list', async () => {
      const user = await createUser(demo)
      const devices = [await createDevice(demo, { user: user.id })]
      await createDevice(demo)
      devices.push(await createDevice(demo, { user: user.id }))
      const first = await demo.call('GET', `./devices?user=${user.id}&limit=1`)
      assert.deepEqual(idsOf(first.body.items), [devices[1].id])
      assert.equal(first.body.moreItemsAfter, devices[1].id)
      const second = await demo.call('GET', `./devices?user=${user.id}&limit=1&after=${devices[1].id}`)
      assert.deepEqual(idsOf(second.body.items), [devices[0].id])
      assert.equal(second.body.moreItemsAfter, null)
      assert.equal(second.body.moreItemsBefore, devices[0].id)
    })

    it('is empty for an id that does not exist, and for a SIM that is on no device', async () => {
      const [user, sim] = [await createUser(demo), await createSim(demo)]
      const foreign = await createSim(other)
      await createDevice(other, { sims: [foreign.id] })
      for (const filter of [
        `user=${user.id}`,
        `sim=${sim.id}`,
        `sim=${foreign.id}`,
        'user=usr_0SNlurA049MEWV4OpCwsNyC9Kn2d',
        'sim=sim_0SNlurA049MEWV1BAAmWZULA4lf6',
      ]) {
        const { status, body } = await demo.call('GET', `./devices?${filter}`)
        assert.equal(status, 200)
        assert.deepEqual(body.items, [], filter)
      }
    })

    it('rejects an id of the wrong shape', async () => {
      const [user, sim] = [await createUser(demo), await createSim(demo)]
      for (const [name, value] of [
        ['user', 'nobody'],
        ['user', ''],
        ['user', sim.id],
        ['sim', user.id],
        ['sim', `${sim.id}0`],
        ['sim', `${sim.id},${sim.id}`],
      ]) {
        const { status, body } = await demo.call('GET', `./devices?${name}=${value}`)
        assert.equal(status, 422)
        assert.equal(body.details[0].property, name)
      }
    })
  })

  describe('search', () => {
    it('with an API key finds every device of the project, with or without a user', async () => {
      const user = await createUser(demo)
      for (const device of [await createDevice(demo), await createDevice(demo, { user: user.id })]) {
        const { status, body } = await demo.call('POST', './devices/search', { body: { imei: device.imei } })
        assert.equal(status, 200)
        assert.deepEqual(body, { object: 'list', items: [device], moreItemsAfter: null, moreItemsBefore: null })
      }
    })

    it('returns an empty list where nothing matches', async () => {
      const { status, body } = await demo.call('POST', './devices/search', { body: { imei: makeImei() } })
      assert.equal(status, 200)
      assert.deepEqual(body, { object: 'list', items: [], moreItemsAfter: null, moreItemsBefore: null })
    })
  })

  describe('concurrent requests', () => {
    it('register an IMEI once', async () => {
      const imei = makeImei()
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => demo.call('POST', './devices', { body: { imei } })),
      )
      const created = answers.filter(({ status }) => status === 201)
      const rejected = answers.filter(({ status, body }) => status === 422 && body.code === 'deviceImeiAlreadyExists')
      assert.deepEqual([created.length, rejected.length], [1, 49])
      const found = await demo.call('POST', './devices/search', { body: { imei } })
      assert.deepEqual(found.body.items, [created[0]?.body])
    })

    it('attach a SIM to only one of many devices', async () => {
      const sim = await createSim(demo)
      const devices = await Promise.all(Array.from({ length: 20 }, () => createDevice(demo)))
      const answers = await Promise.all(
        devices.map(({ id }) => demo.call('PATCH', `./devices/${id}`, { body: { sims: [sim.id] } })),
      )
      const winners = answers.filter(({ status }) => status === 200)
      const rejected = answers.filter(({ status, body }) => status === 422 && body.code === 'deviceSimAlreadyUsed')
      assert.deepEqual([winners.length, rejected.length], [1, 19])
      const onSim = await demo.call('GET', `./devices?sim=${sim.id}`)
      assert.deepEqual(onSim.body.items, [winners[0]?.body])
      const holding = await Promise.all(devices.map(reread))
      assert.equal(holding.filter(({ sims }) => sims.length > 0).length, 1)
    })

    it('create only one device with a SIM', async () => {
      const sim = await createSim(demo)
      const before = await countDevices()
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          demo.call('POST', './devices', { body: { imei: makeImei(), sims: [sim.id] } }),
        ),
      )
      assert.equal(answers.filter(({ status }) => status === 201).length, 1)
      assert.equal(answers.filter(({ body }) => body.code === 'deviceSimAlreadyUsed').length, 19)
      assert.equal(await countDevices(), before + 1)
    })

    it('delete a device once', async () => {
      const device = await createDevice(demo)
      const answers = await Promise.all(Array.from({ length: 20 }, () => demo.call('DELETE', `./devices/${device.id}`)))
      const statuses = answers.map(({ status }) => status).sort()
      assert.deepEqual(statuses, [200, ...Array(19).fill(404)])
    })
  })
})
