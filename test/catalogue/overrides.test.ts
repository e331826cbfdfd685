import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clearModel, clearTac, overrideModel, overrideTac } from '../../src/catalogue/overrides.ts'
import { SetupError } from '../../src/errors.ts'
import { importInto } from '../support/catalogue.ts'
import { createDevice, makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const { context } = server
const demo = await server.addProject('demo', 'test')

const HEADER = 'tac,brand,name,type,simTypes\n'

let made = 0

/** A TAC that no test has used. */
function newTac(): string {
  made += 1
  return `8800${String(made).padStart(4, '0')}`
}

async function modelOf(tac: string) {
  const { body } = await demo.call('POST', '/deviceModels/search', { body: { imei: makeImei(tac) } })
  return body.items[0]
}

describe('an override of a TAC', () => {
  it('outranks every source, later ones included; once removed, the best source applies again', async () => {
    const tac = newTac()
    const rows = (name: string) => `${HEADER}${tac},Over,${name},tablet,pSIM\n`
    await importInto(context, rows('First'))
    const before = await modelOf(tac)
    await overrideTac(context, tac, { brand: 'Mine', name: 'Phone', type: 'smartphone', simTypes: ['eSIM'] })
    const { id: _, ...mine } = await modelOf(tac)
    assert.deepEqual(mine, {
      object: 'deviceModel',
      brand: 'Mine',
      name: 'Phone',
      simTypes: ['eSIM'],
      type: 'smartphone',
    })
    assert.equal((await importInto(context, rows('Second'))).summary.outranked, 1)
    assert.equal((await modelOf(tac)).name, 'Phone')
    await clearTac(context, tac)
    assert.equal((await modelOf(tac)).name, 'Second')
    await importInto(context, rows('First'))
    assert.deepEqual(await modelOf(tac), before)
  })

  it('that only states other SIM types creates a variant, and leaves the other TACs of the model unchanged', async () => {
    const [one, other] = [newTac(), newTac()]
    await importInto(context, `${HEADER}${one},Over,Shared,smartphone,eSIM+pSIM\n${other},Over,Shared,,eSIM+pSIM\n`)
    const before = await modelOf(other)
    await overrideTac(context, one, { simTypes: ['eSIM'] })
    const { id, name, type, simTypes } = await modelOf(one)
    assert.deepEqual([name, type, simTypes], ['Shared', 'smartphone', ['eSIM']])
    assert.notEqual(id, before.id)
    assert.deepEqual(await modelOf(other), before)
    await overrideTac(context, one, { simTypes: ['pSIM'] })
    await clearTac(context, one)
    assert.deepEqual(await modelOf(one), before)
  })

  it('of a TAC that no source knows needs brand and name; once removed, the TAC is unknown again', async () => {
    const tac = newTac()
    await assert.rejects(overrideTac(context, tac, { type: 'tablet' }), /does not know TAC.*--brand and --name/)
    await overrideTac(context, tac, { brand: 'Apple', name: 'iPhone 6' })
    const { type, simTypes } = await modelOf(tac)
    assert.deepEqual([type, simTypes], ['smartphone', ['pSIM']], 'by the rules')
    assert.equal(await clearTac(context, tac), undefined)
    assert.equal(await modelOf(tac), undefined)
    await assert.rejects(clearTac(context, tac), SetupError)
  })

  it('once removed, gives way to a source imported meanwhile, of lower or higher rank', async () => {
    const tac = newTac()
    await overrideTac(context, tac, { brand: 'Mine', name: 'Held' })
    await importInto(context, `tac,name,name\n${tac},Low,Rank\n`)
    await importInto(context, `${HEADER}${tac},High,Rank,car,\n`)
    assert.equal((await modelOf(tac)).name, 'Held')
    await clearTac(context, tac)
    const { brand, type } = await modelOf(tac)
    assert.deepEqual([brand, type], ['High', 'car'])
  })
})

describe('an override of a model', () => {
  it('holds for all its TACs and keeps the id, even if a source uses the former name', async () => {
    const [one, two] = [newTac(), newTac()]
    await importInto(context, `${HEADER}${one},Over,Former,tablet,pSIM\n`)
    const before = await modelOf(one)
    await overrideModel(context, before.id, { brand: 'Now', name: 'Called', type: 'laptop', simTypes: ['eSIM'] })
    const after = { ...before, brand: 'Now', name: 'Called', type: 'laptop', simTypes: ['eSIM'] }
    await importInto(context, `${HEADER}${one},Over,Former,tablet,pSIM\n${two},over,FORMER,tablet,pSIM\n`)
    assert.deepEqual([await modelOf(one), await modelOf(two)], [after, after])
    await clearModel(context, before.id)
    assert.deepEqual(await modelOf(two), before)
    await assert.rejects(clearModel(context, before.id), /Nothing is set/)
  })

  it('is rejected with the name of another model, and for an unknown model', async () => {
    const [one, two] = [newTac(), newTac()]
    await importInto(context, `tac,brand,name\n${one},Over,One\n${two},Over,Two\n`)
    const [first, second] = [await modelOf(one), await modelOf(two)]
    await assert.rejects(
      overrideModel(context, first.id, { name: 'TWO' }),
      new RegExp(`is another model, ${second.id}`),
    )
    await assert.rejects(overrideModel(context, `${first.id.slice(0, -3)}zzz`, { name: 'x' }), /There is no model/)
  })
})

describe('a model', () => {
  it('that loses its last TAC stays retrievable', async () => {
    const tac = newTac()
    await importInto(context, `tac,brand,name\n${tac},Over,Lost\n`)
    const lost = await modelOf(tac)
    await importInto(context, `tac,brand,name\n${tac},Over,Found\n`)
    const { status, body } = await demo.call('GET', `/deviceModels/${lost.id}`)
    assert.deepEqual([status, body], [200, lost])
    await importInto(context, `tac,brand,name\n${tac},Over,Lost\n`)
    assert.equal((await modelOf(tac)).id, lost.id)
  })

  it('has the type and SIM types of the rules until a source states them', async () => {
    const tac = newTac()
    await importInto(context, `tac,name,name\n${tac},Apple Inc,iPhone 5s Test\n`)
    assert.equal((await modelOf(tac)).type, 'smartphone')
    await importInto(context, `${HEADER}${tac},Apple,iPhone 5s Test,tablet,eSIM\n`)
    const { type, simTypes } = await modelOf(tac)
    assert.deepEqual([type, simTypes], ['tablet', ['eSIM']])
    await importInto(context, `tac,name,name\n${tac},Apple Inc,iPhone 5s Test\n`)
    assert.equal((await modelOf(tac)).type, 'tablet')
  })
})

describe('a dry run', () => {
  it('reports what an import would do, with examples, and changes nothing', async () => {
    const [added, changed, kept] = [newTac(), newTac(), newTac()]
    await importInto(context, `${HEADER}${changed},Over,Old,,\n${kept},Over,Kept,,\n`)
    await createDevice(demo, { imei: makeImei(changed) })
    const file = `${HEADER}${added},Over,New,tablet,eSIM\n${changed},Over,Renewed,,\n${kept},Over,Kept,,\nx,Over,Bad,,\n`
    const dry = await importInto(context, file, { dryRun: true })
    assert.deepEqual(dry.summary, { rows: 4, added: 1, changed: 1, unchanged: 1, outranked: 0, rejected: 1 })
    assert.deepEqual(dry.examples, {
      added: [{ tac: added, before: null, after: 'Over New (tablet, eSIM)' }],
      changed: [
        {
          tac: changed,
          before: 'Over Old (other, SIM types unknown)',
          after: 'Over Renewed (other, SIM types unknown)',
        },
      ],
      outranked: [],
    })
    assert.equal(await modelOf(added), undefined)
    assert.equal((await modelOf(changed)).name, 'Old')
    assert.deepEqual((await importInto(context, file)).summary, dry.summary)
  })
})
