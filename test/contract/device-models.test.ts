import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importInto } from '../support/catalogue.ts'
import { createDevice, makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

/** The fresh store's response, before any test loads more models. */
const reference = await demo.call('POST', '/deviceModels/search', { body: { imei: '492388841798923' } })

await importInto(
  server.context,
  `tac,brand,name,type,simTypes
10000001,Zetafon,Phone,smartphone,eSIM+pSIM
10000002,Zetafon,Watch,smartwatch,eSIM
10000003,zetafon,Brick,feature-phone,pSIM
10000004,alphafon,Slate,tablet,
10000005,"Comma, Fon",Router,router,pSIM
10000006,Ärztefon,Meter,iot,eSIM
10000007,Betafon,Phone,smartphone,
10000008,Percent%2CBrand,Thing,other,
`,
)

async function list(query: string) {
  const { status, body } = await demo.call('GET', `/deviceModels?limit=200&${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body.items as { id: string; brand: string; name: string; type: string; simTypes: string[] }[]
}

async function namesOf(query: string): Promise<string[]> {
  return (await list(query)).map(({ brand, name }) => `${brand} ${name}`)
}

async function modelOf(tac: string) {
  const { body } = await demo.call('POST', '/deviceModels/search', { body: { imei: makeImei(tac) } })
  return body.items[0]
}

/** docs/contract.md §7. */
describe('device models', () => {
  it('include the example of the specification in a fresh store', () => {
    assert.equal(reference.status, 200)
    const { id, ...model } = reference.body.items[0]
    assert.match(id, /^dmd_[0-9A-Za-z]{22}$/)
    assert.deepEqual(model, {
      object: 'deviceModel',
      brand: 'Apple',
      name: 'iPhone 12 Pro',
      simTypes: ['eSIM', 'pSIM'],
      type: 'smartphone',
    })
    assert.deepEqual(
      { ...reference.body, items: [] },
      { object: 'list', items: [], moreItemsAfter: null, moreItemsBefore: null },
    )
  })

  it('are retrieved by id', async () => {
    const [expected] = reference.body.items
    const { status, body } = await demo.call('GET', `/deviceModels/${expected.id}`)
    assert.equal(status, 200)
    assert.deepEqual(body, expected)
  })

  it('are 404 when they do not exist', async () => {
    for (const id of ['dmd_0SNlurA04OUskUGfGAn3Rh', 'nothing', 'dev_0SNlurA049MEWV55CrA9qMvI2FVJ']) {
      const { status, body } = await demo.call('GET', `/deviceModels/${id}`)
      assert.equal(status, 404)
      assert.equal(body.type, 'notFound')
    }
  })

  it('list eSIM before pSIM, and no SIM types where the catalogue has none', async () => {
    assert.deepEqual((await modelOf('10000001')).simTypes, ['eSIM', 'pSIM'])
    assert.deepEqual((await modelOf('10000007')).simTypes, [])
  })

  it('are read-only', async () => {
    const [{ id }] = reference.body.items
    for (const [method, path] of [
      ['POST', '/deviceModels'],
      ['PUT', `/deviceModels/${id}`],
      ['PATCH', `/deviceModels/${id}`],
      ['DELETE', `/deviceModels/${id}`],
      ['POST', '/deviceModelBrands'],
    ] as const) {
      const { status, headers } = await demo.call(method, path, { body: {} })
      assert.equal(status, 405)
      assert.equal(headers.allow, 'GET, HEAD')
    }
  })

  it('need a token to list, retrieve and search them, and to list brands', async () => {
    const [{ id }] = reference.body.items
    for (const [method, path] of [
      ['GET', '/deviceModels'],
      ['GET', `/deviceModels/${id}`],
      ['POST', '/deviceModels/search'],
      ['GET', '/deviceModelBrands'],
    ] as const) {
      const { status } = await server.callOpenly(method, path)
      assert.equal(status, 401)
    }
  })

  describe('search', () => {
    it('ignores the check digit, in every type of project', async () => {
      const live = await server.addProject('live-project', 'live')
      const imei = makeImei('10000001')
      for (let digit = 0; digit <= 9; digit++) {
        const { status, body } = await live.call('POST', '/deviceModels/search', {
          body: { imei: imei.slice(0, 14) + digit },
        })
        assert.equal(status, 200)
        assert.equal(body.items[0].name, 'Phone')
      }
    })

    it('accepts an IMEISV', async () => {
      const { body } = await demo.call('POST', '/deviceModels/search', { body: { imei: '1000000212345678' } })
      assert.equal(body.items[0].name, 'Watch')
    })

    it('needs no registered device, and registers none', async () => {
      const imei = makeImei('10000001')
      await demo.call('POST', '/deviceModels/search', { body: { imei } })
      const { body } = await demo.call('POST', './devices/search', { body: { imei } })
      assert.deepEqual(body.items, [])
    })

    it('returns an empty list for an unknown TAC', async () => {
      const { status, body } = await demo.call('POST', '/deviceModels/search', { body: { imei: makeImei() } })
      assert.equal(status, 200)
      assert.deepEqual(body, { object: 'list', items: [], moreItemsAfter: null, moreItemsBefore: null })
    })

    it('requires an IMEI and nothing else', async () => {
      for (const [body, code, property] of [
        [{}, 'propertyRequired', 'imei'],
        [{ imei: makeImei(), brand: 'Apple' }, 'propertyUnknown', 'brand'],
      ] as const) {
        const answer = await demo.call('POST', '/deviceModels/search', { body })
        assert.equal(answer.status, 422)
        assert.equal(answer.body.details[0].code, code)
        assert.equal(answer.body.details[0].property, property)
      }
    })
  })

  describe('list', () => {
    it('shows the newest first', async () => {
      const ids = (await list('')).map(({ id }) => id)
      assert.deepEqual(ids, [...ids].sort().reverse())
      assert.deepEqual((await namesOf('')).slice(0, 2), ['Percent%2CBrand Thing', 'Betafon Phone'])
    })

    it('narrows to one type or several', async () => {
      const ours = `brand=alphafon,Betafon,${encodeURIComponent('Ärztefon')}`
      assert.deepEqual(await namesOf(`${ours}&type=tablet`), ['alphafon Slate'])
      const expected = ['Ärztefon Meter', 'alphafon Slate']
      assert.deepEqual(await namesOf(`${ours}&type=tablet,iot`), expected)
      assert.deepEqual(await namesOf(`${ours}&type=tablet&type=iot`), expected)
      assert.deepEqual(await namesOf(`${ours}&type=laptop`), [])
      for (const { type } of await list('type=tablet,iot')) assert.match(type, /^(tablet|iot)$/)
    })

    it('compares whole brand names, ignoring case', async () => {
      const zetas = ['Zetafon Brick', 'Zetafon Watch', 'Zetafon Phone']
      for (const brand of ['Zetafon', 'ZETAFON', 'zetafon']) assert.deepEqual(await namesOf(`brand=${brand}`), zetas)
      assert.deepEqual(await namesOf(`brand=${encodeURIComponent('äRZTEFON')}`), ['Ärztefon Meter'])
      for (const brand of ['Zetafo', 'Zetafon%20', '%25', 'Zetafo_'])
        assert.deepEqual(await namesOf(`brand=${brand}`), [])
    })

    it('accepts several brands, and is empty for an unknown one', async () => {
      assert.deepEqual(await namesOf('brand=betafon,ALPHAFON'), ['Betafon Phone', 'alphafon Slate'])
      assert.deepEqual(await namesOf('brand=betafon&brand=nobody'), ['Betafon Phone'])
      assert.deepEqual(await namesOf('brand=nobody'), [])
    })

    it('accepts brands that contain a comma or a percent sign', async () => {
      assert.deepEqual(await namesOf('brand=Comma%2C%20Fon'), ['Comma, Fon Router'])
      assert.deepEqual(await namesOf('brand=Comma%2C+Fon,Betafon'), ['Betafon Phone', 'Comma, Fon Router'])
      assert.deepEqual(await namesOf('brand=Comma,Fon'), [])
      assert.deepEqual(await namesOf('brand=Percent%252CBrand'), ['Percent%2CBrand Thing'])
    })

    it('treats simType=eSIM,pSIM as either', async () => {
      const zetafon = 'brand=Zetafon'
      assert.deepEqual(await namesOf(`${zetafon}&simType=eSIM`), ['Zetafon Watch', 'Zetafon Phone'])
      assert.deepEqual(await namesOf(`${zetafon}&simType=pSIM`), ['Zetafon Brick', 'Zetafon Phone'])
      const either = ['Zetafon Brick', 'Zetafon Watch', 'Zetafon Phone']
      for (const value of ['eSIM,pSIM', 'pSIM,eSIM', 'eSIM&simType=pSIM']) {
        assert.deepEqual(await namesOf(`${zetafon}&simType=${value}`), either)
      }
      assert.deepEqual(await namesOf(`${zetafon}&esim=yes`), ['Zetafon Watch', 'Zetafon Phone'])
      assert.deepEqual(await namesOf(`${zetafon}&esim=no`), ['Zetafon Brick'])
      assert.deepEqual(await namesOf('brand=betafon&esim=unknown'), ['Betafon Phone'])
      assert.deepEqual(await namesOf(`${zetafon}&esim=unknown&simType=pSIM`), [])
      assert.deepEqual(await namesOf(`${zetafon}&esim=yes&simType=pSIM`), ['Zetafon Phone'])
      assert.deepEqual(await namesOf(`${zetafon}&esim=no&simType=eSIM`), [])
      assert.deepEqual(await namesOf('brand=alphafon&simType=eSIM,pSIM'), [])
    })

    it('combines its filters', async () => {
      assert.deepEqual(await namesOf('brand=Zetafon,Betafon&type=smartphone&simType=eSIM'), ['Zetafon Phone'])
    })

    it('rejects empty values and values outside an enum, naming the parameter', async () => {
      for (const [query, property] of [
        ['type=phone', 'type[0]'],
        ['type=tablet,phone', 'type[1]'],
        ['type=Smartphone', 'type[0]'],
        ['type=', 'type[0]'],
        ['brand=', 'brand[0]'],
        ['brand=Apple,', 'brand[1]'],
        ['simType=esim', 'simType[0]'],
        ['simTypes=eSIM', 'simTypes'],
      ]) {
        const { status, body } = await demo.call('GET', `/deviceModels?${query}`)
        assert.equal(status, 422)
        assert.equal(body.details[0].property, property)
      }
    })

    it('pages through a filtered list, showing every model once', async () => {
      const all = (await list('brand=Zetafon,Betafon')).map(({ id }) => id)
      const seen: string[] = []
      for (let after: string | null = ''; after !== null; ) {
        const cursor: string = after === '' ? '' : `&after=${after}`
        const { body } = await demo.call('GET', `/deviceModels?brand=Zetafon,Betafon&limit=1${cursor}`)
        seen.push(...body.items.map(({ id }: { id: string }) => id))
        after = body.moreItemsAfter
      }
      assert.equal(seen.length, 4)
      assert.deepEqual(seen, all)
    })
  })

  describe('brands', () => {
    it('are listed once each, in alphabetical order, ignoring case', async () => {
      const { status, body } = await demo.call('GET', '/deviceModelBrands')
      assert.equal(status, 200)
      assert.equal(body.object, 'deviceModelBrands')
      const ours = ['alphafon', 'Apple', 'Betafon', 'Comma, Fon', 'Percent%2CBrand', 'Zetafon', 'Ärztefon']
      assert.deepEqual(
        body.items.filter((brand: string) => ours.includes(brand)),
        ours,
      )
      const keys = body.items.map((brand: string) => brand.toLowerCase())
      assert.deepEqual(keys, [...new Set(keys)].sort())
    })

    it('each have at least one model', async () => {
      const { body } = await demo.call('GET', '/deviceModelBrands')
      for (const brand of body.items) {
        assert.notDeepEqual(await list(`brand=${encodeURIComponent(brand)}`), [], brand)
      }
    })
  })

  describe("a device's model", () => {
    it('is null while the TAC is unknown, and appears once a newer catalogue has it', async () => {
      const device = await createDevice(demo, { imei: makeImei('20000001') })
      assert.equal(device.model, null)
      await importInto(server.context, 'tac,brand,name,type,simTypes\n20000001,Novafon,One,smartphone,eSIM\n')
      const expected = await modelOf('20000001')
      assert.equal(expected.name, 'One')
      assert.deepEqual((await demo.call('GET', `./devices/${device.id}`)).body, { ...device, model: expected })
      const listed = await demo.call('GET', './devices?limit=1')
      assert.deepEqual(listed.body.items[0].model, expected)
      const found = await demo.call('POST', './devices/search', { body: { imei: device.imei } })
      assert.deepEqual(found.body.items[0].model, expected)
    })

    it('reflects a correction of the catalogue', async () => {
      const device = await createDevice(demo, { imei: makeImei('10000007') })
      assert.deepEqual([device.model.name, device.model.simTypes], ['Phone', []])
      await importInto(server.context, 'tac,brand,name,type,simTypes\n10000007,Betafon,Phone 2,tablet,eSIM\n')
      const { body } = await demo.call('GET', `./devices/${device.id}`)
      assert.deepEqual([body.model.name, body.model.type, body.model.simTypes], ['Phone 2', 'tablet', ['eSIM']])
    })

    it('is the same object for every TAC of the model', async () => {
      await importInto(server.context, 'tac,brand,name\n20000002,Novafon,Two\n20000003,NOVAFON,TWO\n')
      assert.deepEqual(await modelOf('20000003'), await modelOf('20000002'))
    })
  })
})

describe('the size of the catalogue', () => {
  it('counts its TACs, and suggests a public list until that is imported', async () => {
    const before = await demo.call('GET', '/deviceModelCatalogue')
    assert.equal(before.status, 200)
    assert.deepEqual(before.body.suggestedList, { name: 'osmocom', tacs: 22_500 })
    await importInto(server.context, 'tac,brand,name\n60000001,Sizefon,One\n', { source: 'osmocom' })
    const { body } = await demo.call('GET', '/deviceModelCatalogue')
    assert.deepEqual(body, { object: 'deviceModelCatalogue', tacs: before.body.tacs + 1, suggestedList: null })
  })
})
