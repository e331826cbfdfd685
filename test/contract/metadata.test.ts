import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser, makeEmail, makeIccid, makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const json = { 'content-type': 'application/json' }

/** This many pairs, with distinct keys. */
function pairs(count: number, prefix = 'key'): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, position) => [`${prefix}${position}`, 'value']))
}

const resources = {
  devices: { create: createDevice, required: () => ({ imei: makeImei() }) },
  users: { create: createUser, required: () => ({ email: makeEmail() }) },
  sims: { create: createSim, required: () => ({ iccid: makeIccid() }) },
}

/** docs/contract.md §5. */
for (const [name, { create, required }] of Object.entries(resources)) {
  const patch = (id: string, metadata: unknown) => demo.call('PATCH', `./${name}/${id}`, { body: { metadata } })
  const patchRaw = (id: string, metadata: string) =>
    demo.call('PATCH', `./${name}/${id}`, { raw: `{"metadata":${metadata}}`, headers: json })

  /** Asserts that metadata are rejected on create and on update, naming the property, and that nothing changes. */
  const assertRejected = async (metadata: unknown, property: string) => {
    const before = await create(demo, { metadata: { kept: 'yes' } })
    for (const response of [
      await demo.call('POST', `./${name}`, { body: { ...required(), metadata } }),
      await patch(before.id, metadata),
    ]) {
      assert.equal(response.status, 422)
      assert.deepEqual(
        response.body.details.map((detail: { property: string }) => detail.property),
        [property],
      )
    }
    assert.deepEqual((await demo.call('GET', `./${name}/${before.id}`)).body, before)
  }

  describe(`metadata of ${name}`, () => {
    it('are {} when not given', async () => {
      assert.deepEqual((await create(demo)).metadata, {})
      assert.deepEqual((await create(demo, { metadata: {} })).metadata, {})
    })

    it('are stored as sent, and returned unchanged by reads and lists', async () => {
      const metadata = { colour: 'blue', Colour: 'BLUE', 'with space': '', 'a.b/c~d': '"\\\n', ключ: '値' }
      const { id } = await create(demo, { metadata })
      assert.deepEqual((await demo.call('GET', `./${name}/${id}`)).body.metadata, metadata)
      const { body } = await demo.call('GET', `./${name}?limit=1`)
      assert.deepEqual(body.items[0].metadata, metadata)
    })

    it('have at most 10 keys', async () => {
      assert.deepEqual((await create(demo, { metadata: pairs(10) })).metadata, pairs(10))
      await assertRejected(pairs(11), 'metadata')
    })

    it('have keys of 1 to 40 characters', async () => {
      const longest = { ['k'.repeat(40)]: 'v', ['🔑'.repeat(40)]: 'v' }
      assert.deepEqual((await create(demo, { metadata: longest })).metadata, longest)
      await assertRejected({ '': 'v' }, 'metadata.')
      await assertRejected({ ['k'.repeat(41)]: 'v' }, `metadata.${'k'.repeat(41)}`)
      await assertRejected({ ['🔑'.repeat(41)]: 'v' }, `metadata.${'🔑'.repeat(41)}`)
    })

    it('have values of up to 255 characters, including the empty string', async () => {
      const longest = { empty: '', long: 'v'.repeat(255), astral: '🔑'.repeat(255) }
      assert.deepEqual((await create(demo, { metadata: longest })).metadata, longest)
      await assertRejected({ long: 'v'.repeat(256) }, 'metadata.long')
      await assertRejected({ astral: '🔑'.repeat(256) }, 'metadata.astral')
    })

    it('have string values', async () => {
      for (const value of [1, true, false, [], ['v'], {}, { k: 'v' }]) await assertRejected({ k: value }, 'metadata.k')
    })

    it('are an object, not null', async () => {
      for (const metadata of [null, [], ['v'], 'text', 1, true]) await assertRejected(metadata, 'metadata')
    })

    it('have no keys that start with gigs.com', async () => {
      for (const key of ['gigs.com', 'gigs.com/plan', 'gigs.command'])
        await assertRejected({ [key]: 'v' }, `metadata.${key}`)
      const near = { 'gigs.co': 'v', 'Gigs.com': 'v', 'www.gigs.com': 'v', ' gigs.com': 'v' }
      assert.deepEqual((await create(demo, { metadata: near })).metadata, near)
    })

    it('contain no null on create', async () => {
      const { status, body } = await demo.call('POST', `./${name}`, { body: { ...required(), metadata: { k: null } } })
      assert.equal(status, 422)
      assert.equal(body.details[0].property, 'metadata.k')
    })

    it('are merged on update: set, replaced, or removed by null', async () => {
      const { id } = await create(demo, { metadata: { a: '1', b: '2', c: '3' } })
      const { status, body } = await patch(id, { b: 'two', c: null, d: '', absent: null })
      assert.equal(status, 200)
      assert.deepEqual(body.metadata, { a: '1', b: 'two', d: '' })
      assert.deepEqual((await demo.call('GET', `./${name}/${id}`)).body.metadata, { a: '1', b: 'two', d: '' })
    })

    it('are left unchanged by {}', async () => {
      const { id } = await create(demo, { metadata: { a: '1' } })
      assert.deepEqual((await patch(id, {})).body.metadata, { a: '1' })
      assert.deepEqual((await demo.call('PATCH', `./${name}/${id}`, { body: {} })).body.metadata, { a: '1' })
    })

    it('have at most 10 keys after a merge', async () => {
      const { id } = await create(demo, { metadata: pairs(9) })
      const tooMany = await patch(id, pairs(2, 'other'))
      assert.equal(tooMany.status, 422)
      assert.equal(tooMany.body.details[0].property, 'metadata')
      assert.deepEqual((await demo.call('GET', `./${name}/${id}`)).body.metadata, pairs(9))

      assert.equal((await patch(id, pairs(1, 'other'))).status, 200)
      assert.equal((await patch(id, { one: '1' })).status, 422)
      const swapped = await patch(id, { one: '1', other0: null })
      assert.deepEqual(swapped.body.metadata, { ...pairs(9), one: '1' })
      const cleared = await patch(id, {
        ...Object.fromEntries(Object.keys(pairs(9)).map((key) => [key, null])),
        one: null,
      })
      assert.deepEqual(cleared.body.metadata, {})
    })

    it('change completely or not at all', async () => {
      const { id } = await create(demo, { metadata: { a: '1' } })
      assert.equal((await patch(id, { a: '2', b: 3 })).status, 422)
      assert.deepEqual((await demo.call('GET', `./${name}/${id}`)).body.metadata, { a: '1' })
    })

    it('treat __proto__ and the like as ordinary keys', async () => {
      const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'length']
      const text = JSON.stringify(Object.fromEntries(keys.map((key) => [key, `value of ${key}`])))
      const created = await demo.call('POST', `./${name}`, {
        raw: `${JSON.stringify(required()).slice(0, -1)},"metadata":${text}}`,
        headers: json,
      })
      assert.equal(created.status, 201)
      assert.equal(JSON.stringify(created.body.metadata), text)

      const { id } = created.body
      await patchRaw(id, '{"__proto__":"changed","constructor":null}')
      const expected = keys
        .filter((key) => key !== 'constructor')
        .map((key) => [key, key === '__proto__' ? 'changed' : `value of ${key}`])
      assert.deepEqual(Object.entries((await demo.call('GET', `./${name}/${id}`)).body.metadata), expected)

      await patchRaw(id, '{"__proto__":null}')
      assert.deepEqual(Object.entries((await demo.call('GET', `./${name}/${id}`)).body.metadata), expected.slice(1))
    })

    it('reject an object under __proto__', async () => {
      const { id } = await create(demo)
      const { status, body } = await patchRaw(id, '{"__proto__":{"polluted":"yes"}}')
      assert.equal(status, 422)
      assert.equal(body.details[0].property, 'metadata.__proto__')
    })
  })
}
