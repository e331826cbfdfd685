import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser } from '../support/factories.ts'
import { importModels } from '../support/models.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
await importModels(server.context, [
  { tac: '00100001', brand: 'Comma, Fon.', name: 'One', type: 'tablet', simTypes: ['eSIM'] },
  { tac: '00100002', brand: 'Comma', name: 'Two', type: 'tablet', simTypes: ['pSIM'] },
  { tac: '00100003', brand: 'Fon.', name: 'Three', type: 'router', simTypes: ['eSIM', 'pSIM'] },
  { tac: '00100004', brand: 'Zwölf & Söhne+', name: 'Four', type: 'car', simTypes: [] },
])

/** Asserts 422 with exactly one detail, at the property or inside it. */
async function assertRejected(path: string, property: string, code = 'propertyInvalid') {
  const { status, body } = await demo.call('GET', path)
  assert.equal(status, 422, path)
  assert.equal(body.type, 'invalid')
  assert.equal(body.details.length, 1, JSON.stringify(body))
  const [detail] = body.details
  assert.equal(detail.property.replace(/\[\d+\]$/, ''), property)
  assert.equal(detail.code, code)
  return detail
}

/** The names of the models that a query finds, oldest first. */
async function modelNames(query: string): Promise<string[]> {
  const { status, body } = await demo.call('GET', `/deviceModels?${query}`)
  assert.equal(status, 200, query)
  return body.items.map((model: { name: string }) => model.name).reverse()
}

/** docs/contract.md §1. */
describe('numbers in the query', () => {
  const rejected = [
    '1e1',
    '+5',
    '%2B5',
    '',
    '-1',
    '-0',
    '1.0',
    '5.',
    '0x5',
    '%205',
    '5%20',
    '1_0',
    '%D9%A5',
    '201',
    '99999999999999999999',
    'NaN',
    'Infinity',
    'null',
    'true',
    'ten',
    '1,2',
    '%00',
  ]
  for (const limit of rejected) {
    it(`reject limit=${limit}`, () => assertRejected(`./devices?limit=${limit}`, 'limit'))
  }

  for (const limit of ['0', '1', '200', '%31%30']) {
    it(`accept limit=${limit}`, async () => {
      assert.equal((await demo.call('GET', `./devices?limit=${limit}`)).status, 200)
    })
  }

  it('reject a parameter without a value', () => assertRejected('./devices?limit', 'limit'))
})

describe('query parameters', () => {
  it('are rejected when unknown, suggesting the name that was probably meant', async () => {
    assert.equal((await assertRejected('./devices?limits=5', 'limits', 'propertyUnknown')).suggestion, 'limit')
    assert.equal((await assertRejected('./devices?Limit=5', 'Limit', 'propertyUnknown')).suggestion, 'limit')
    assert.equal(
      (await assertRejected('/deviceModels?simtype=eSIM', 'simtype', 'propertyUnknown')).suggestion,
      'simType',
    )
    assert.equal((await assertRejected('./devices?zzzzzzzz=5', 'zzzzzzzz', 'propertyUnknown')).suggestion, null)
  })

  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '__defineGetter__']) {
    it(`are rejected when named ${name}`, () => assertRejected(`./devices?${name}=5`, name, 'propertyUnknown'))
  }

  it('are rejected when their name is empty', () => assertRejected('./devices?=5', '', 'propertyUnknown'))

  for (const [list, name] of [
    ['./devices', 'user'],
    ['./devices', 'sim'],
    ['./devices', 'after'],
    ['./devices', 'before'],
    ['./sims', 'user'],
    ['./sims', 'provider'],
    ['./sims', 'status'],
    ['./sims', 'type'],
    ['./users', 'after'],
    ['/deviceModels', 'brand'],
    ['/deviceModels', 'type'],
    ['/deviceModels', 'simType'],
    ['/projects', 'before'],
  ] as const) {
    it(`are rejected when empty: ${list}?${name}=`, () => assertRejected(`${list}?${name}=`, name))
  }

  it('are rejected when single-valued and repeated, even with the same value', async () => {
    const user = await createUser(demo)
    await assertRejected('./devices?limit=5&limit=5', 'limit')
    await assertRejected('./devices?limit=5&limit=nonsense&limit=6', 'limit')
    await assertRejected(`./devices?user=${user.id}&user=${user.id}`, 'user')
    await assertRejected(`./devices?after=${user.id}&after=${user.id}&limit=5`, 'after')
  })

  it('are reported once when an unknown one is repeated', () =>
    assertRejected('./devices?nonsense=1&nonsense=2', 'nonsense', 'propertyUnknown'))

  it('are rejected outside their enum, in any other case too', async () => {
    await assertRejected('/deviceModels?type=phone', 'type')
    await assertRejected('/deviceModels?type=Smartphone', 'type')
    await assertRejected('/deviceModels?simType=esim', 'simType')
    await assertRejected('./sims?status=lost', 'status')
    await assertRejected('./sims?type=eSIM,vSIM', 'type')
  })

  it('are rejected when an id has the wrong shape', async () => {
    const sim = await createSim(demo)
    await assertRejected(`./devices?user=${sim.id}`, 'user')
    await assertRejected('./devices?sim=nonsense', 'sim')
    await assertRejected(`./sims?user=${sim.id}`, 'user')
  })

  it('are all reported at once', async () => {
    const { status, body } = await demo.call('GET', './devices?limit=x&user=y&nonsense=z&sim=')
    assert.equal(status, 422)
    const properties = body.details.map((detail: { property: string }) => detail.property)
    assert.deepEqual(properties.sort(), ['limit', 'nonsense', 'sim', 'user'])
  })

  for (const value of ['%00', 'a%00b', '%ED%A0%80', '%FF', '%zz', '%']) {
    it(`are rejected when they are not valid text: ${value}`, () =>
      assertRejected(`/deviceModels?brand=${value}`, 'brand'))
  }

  it('are split at an encoded comma too, where no value contains one', async () => {
    const phone = await createSim(demo, { status: 'active', type: 'pSIM' })
    const { status, body } = await demo.call('GET', './sims?status=active%2Cretired&type=eSIM%2CpSIM&limit=200')
    assert.equal(status, 200)
    assert.ok(body.items.some(({ id }: { id: string }) => id === phone.id))
    assert.equal((await demo.call('GET', './devices?tac=00101777%2C49238884&type=smartphone%2Ctablet')).status, 200)
    await assertRejected('./sims?status=active%2Clost', 'status')
  })

  it('match as a whole or by their parts at an encoded comma, where values may contain one', async () => {
    const sims = await Promise.all(['one', 'two', 'one,two'].map((provider) => createSim(demo, { provider })))
    const found = async (query: string) => {
      const { body } = await demo.call('GET', `./sims?provider=${query}&limit=200`)
      return body.items.map(({ id }: { id: string }) => id).sort()
    }
    const ids = sims.map(({ id }) => id)
    assert.deepEqual(await found('one%2Ctwo'), [...ids].sort())
    assert.deepEqual(await found('one,two'), [ids[0], ids[1]].sort())
  })

  it('are Unicode', async () => {
    assert.deepEqual(await modelNames(`brand=${encodeURIComponent('Zwölf & Söhne+')}`), ['Four'])
  })

  it('can have a percent-encoded name', async () => {
    assert.equal((await demo.call('GET', './devices?l%69mit=1')).status, 200)
  })
})

describe('array filters', () => {
  it('accept comma-separated values', async () => {
    assert.deepEqual(await modelNames('brand=Comma,Fon.'), ['Two', 'Three'])
    assert.deepEqual(await modelNames('brand=Comma,Fon.&type=tablet,router'), ['Two', 'Three'])
  })

  it('accept repeated values', async () => {
    assert.deepEqual(await modelNames('brand=Comma&brand=Fon.'), ['Two', 'Three'])
  })

  it('accept both at once', async () => {
    assert.deepEqual(await modelNames(`brand=Comma,Fon.&brand=${encodeURIComponent('Zwölf & Söhne+')}`), [
      'Two',
      'Three',
      'Four',
    ])
  })

  it('match an encoded comma as part of a value, and its parts', async () => {
    assert.deepEqual(await modelNames('brand=Comma%2C%20Fon.'), ['One', 'Two'])
    assert.deepEqual(await modelNames('brand=Comma%2c%20Fon.,Fon.'), ['One', 'Two', 'Three'])
    assert.deepEqual(await modelNames('brand=comma%2C%20fon.&brand=COMMA'), ['One', 'Two'])
  })

  it('treat a repeated value as one', async () => {
    assert.deepEqual(await modelNames('brand=Comma,Comma&brand=Comma'), ['Two'])
  })

  it('reject an empty value among others', async () => {
    await assertRejected('/deviceModels?brand=Comma,', 'brand')
    await assertRejected('/deviceModels?brand=Comma&brand=', 'brand')
    await assertRejected('./sims?status=,active', 'status')
  })

  it('match any of their values, and each filter narrows the others', async () => {
    const brands = `brand=${encodeURIComponent('Comma, Fon.')},Comma,Fon.`
    assert.deepEqual(await modelNames(`${brands}&simType=eSIM,pSIM`), ['One', 'Two', 'Three'])
    assert.deepEqual(await modelNames(`${brands}&simType=eSIM`), ['One', 'Three'])
    assert.deepEqual(await modelNames(`${brands}&simType=eSIM&type=tablet`), ['One'])
    assert.deepEqual(await modelNames(`${brands}&type=car`), [])
  })

  it('accept both forms on SIMs', async () => {
    const project = await server.addProject('sims-filters', 'test')
    const active = await createSim(project, { status: 'active', provider: 'north' })
    const retired = await createSim(project, { status: 'retired', provider: 'south' })
    const ids = async (query: string) =>
      (await project.call('GET', `./sims?${query}`)).body.items.map((sim: { id: string }) => sim.id)
    assert.deepEqual(await ids('status=active,retired'), [retired.id, active.id])
    assert.deepEqual(await ids('status=active&status=retired'), [retired.id, active.id])
    assert.deepEqual(await ids('provider=north,south&status=active,retired&status=inactive'), [retired.id, active.id])
    assert.deepEqual(await ids('provider=south'), [])
  })
})

describe('single-value filters', () => {
  it('do not split at commas', async () => {
    const user = await createUser(demo)
    await createDevice(demo, { user: user.id })
    await assertRejected(`./devices?user=${user.id},${user.id}`, 'user')
  })
})
