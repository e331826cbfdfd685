import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { overrideModel, overrideTac } from '../../src/catalogue/overrides.ts'
import type { Renormalised } from '../../src/catalogue/renormalise/result.ts'
import { renormalise } from '../../src/catalogue/renormalise.ts'
import { importInto } from '../support/catalogue.ts'
import { makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const { context } = server
const { db, newId } = context
const demo = await server.addProject('demo', 'test')

const HEADER = 'tac,brand,name,type,simTypes\n'

let made = 0

/** A TAC that no test has used. */
function newTac(): string {
  made += 1
  return `8700${String(made).padStart(4, '0')}`
}

/** Stores what an older version with fewer facts would have left: a model as its file spelled it, with a TAC. */
async function leave(brand: string, name: string, { source = 'osmocom', type = 'other', simTypes = '[]' } = {}) {
  const { id } = newId('dmd')
  const tac = newTac()
  const kindsSource = type === 'other' ? null : source
  const simTypesSource = simTypes === '[]' ? null : source
  const nameKey = simTypes === '[]' ? name.toLowerCase() : `${name.toLowerCase()}\t${simTypes}`
  const row = [id, brand, brand.toLowerCase(), name, nameKey, 0, type, kindsSource, simTypes, null]
  await db.run(
    `INSERT INTO device_models
      (id, brand, brand_key, name, name_key, is_code, type, type_source, sim_types, sim_types_source)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    row,
  )
  if (kindsSource !== null) {
    await db.run('INSERT INTO model_claims (model_id, source, type) VALUES ($1, $2, $3)', [id, source, type])
  }
  await db.run('INSERT INTO tacs (tac, model_id, source, sim_types_source) VALUES ($1, $2, $3, $4)', [
    ...[tac, id, source],
    simTypesSource,
  ])
  return { id, tac }
}

async function modelOf(tac: string) {
  const { body } = await demo.call('POST', '/deviceModels/search', { body: { imei: makeImei(tac) } })
  return body.items[0]
}

async function modelAt(id: string) {
  const { status, body } = await demo.call('GET', `/deviceModels/${id}`)
  assert.equal(status, 200)
  return body
}

function runAll(): Promise<Renormalised> {
  return renormalise(context, { dryRun: false })
}

async function brandsLike(pattern: RegExp): Promise<string[]> {
  const { body } = await demo.call('GET', '/deviceModelBrands')
  return body.items.filter((brand: string) => pattern.test(brand))
}

describe('a catalogue normalised with other tables', () => {
  it('stays unchanged if the tables have the same content', async () => {
    const { models, brands, examples, ...counts } = await runAll()
    assert.ok(models > 0)
    assert.deepEqual(counts, { renamed: 0, merged: 0, kinds: 0, claims: 0 })
    assert.deepEqual([brands, examples], [[], { renamed: [], merged: [], kinds: [] }])
  })

  it('gets the brands, names and rules of the current tables, under the same ids', async () => {
    const { id, tac } = await leave('Apple Computer', 'Apple iphone 7X')
    const before = await modelAt(id)
    assert.deepEqual([before.brand, before.type], ['Apple Computer', 'other'])
    const dry = await renormalise(context, { dryRun: true })
    assert.deepEqual(await modelAt(id), before)
    assert.deepEqual(dry.brands, [{ before: 'Apple Computer', after: 'Apple', models: 1 }])
    const done = await runAll()
    assert.deepEqual(done, dry)
    assert.equal((await runAll()).renamed, 0)
    const after = await modelOf(tac)
    assert.deepEqual(after, {
      object: 'deviceModel',
      id,
      brand: 'Apple',
      name: 'iPhone 7X',
      simTypes: [],
      type: 'smartphone',
    })
    assert.deepEqual(await brandsLike(/apple/i), ['Apple'])
  })

  it('merges two models into the older one, which gets all TACs and is found by both ids', async () => {
    const older = await leave('Nokia Mobile Phones', 'Nokia 9990x')
    const newer = await leave('Nokia', '9990X', { type: 'tablet' })
    const third = await leave('Nokia Siemens Networks', '9990x')
    const variant = await leave('Nokia Mobile Phones', '9990x', { simTypes: '["eSIM"]', source: 'gsma' })
    const { merged, examples } = await runAll()
    assert.equal(merged, 2)
    assert.deepEqual(examples.merged.map(({ id }) => id).sort(), [newer.id, third.id].sort())
    const model = await modelOf(older.tac)
    assert.deepEqual([model.id, model.brand, model.name], [older.id, 'Nokia', '9990x'])
    assert.deepEqual([model.type, model.simTypes], ['tablet', ['pSIM']])
    assert.deepEqual([await modelOf(newer.tac), await modelOf(third.tac)], [model, model])
    const own = await modelOf(variant.tac)
    assert.deepEqual([own.id, own.name, own.simTypes], [variant.id, '9990x', ['eSIM']])
    assert.deepEqual(await modelAt(newer.id), { ...model, id: newer.id })
    const { body } = await demo.call('GET', '/deviceModels?brand=nokia&q=9990')
    assert.deepEqual(body.items, [own, model])
    assert.deepEqual(await brandsLike(/nokia/i), ['Nokia'])
    const again = await importInto(context, `${HEADER}${newer.tac},Nokia Mobile Phones,9990x,tablet,\n`)
    assert.deepEqual([again.models, (await modelOf(newer.tac)).id], [0, older.id])
  })

  it('finds a model by its id after two merges in a row', async () => {
    const first = await leave('Sagem', 'Apart')
    const second = await leave('Sagem', 'Twice')
    const third = await leave('Sagem Mobiles', 'Twice')
    await runAll()
    assert.equal((await modelOf(third.tac)).id, second.id)
    await db.run("UPDATE device_models SET name = 'Sagem Twice', name_key = 'sagem twice' WHERE id = $1", [first.id])
    await runAll()
    const model = await modelOf(third.tac)
    assert.equal(model.id, first.id)
    assert.deepEqual(await modelAt(second.id), { ...model, id: second.id })
    assert.deepEqual(await modelAt(third.id), { ...model, id: third.id })
  })

  it('lets one model take the name that another one gives up', async () => {
    const leaves = await leave('Google', 'Google Pixel 2')
    const comes = await leave('Google', 'Google Google Google Pixel 2')
    await runAll()
    assert.deepEqual([(await modelAt(leaves.id)).name, (await modelAt(comes.id)).name], ['Pixel 2', 'Google Pixel 2'])
  })

  it('normalises the claims of every source, so that equal claims do not seem to differ', async () => {
    const { tac } = await leave('Asus', 'PadFone 9')
    await db.run(
      "INSERT INTO tac_claims (tac, source, brand, name) VALUES ($1, 'osmocom', 'ASUSTeK', 'Asus PadFone 9')",
      [tac],
    )
    const { claims } = await runAll()
    assert.equal(claims, 1)
    const claim = await db.get<{ brand: string; name: string }>('SELECT brand, name FROM tac_claims WHERE tac = $1', [
      tac,
    ])
    assert.deepEqual({ ...claim }, { brand: 'Asus', name: 'PadFone 9' })
  })

  it('keeps what an operator changed, and updates what the operator left alone', async () => {
    const literal = newTac()
    await overrideTac(context, literal, { brand: 'Apple Computer', name: 'Lisa' })
    const named = await leave('Telit Communications', 'Own')
    await overrideModel(context, named.id, { name: 'Mine' })
    const variant = await leave('Telit Communications', 'Varied')
    const { id } = await overrideTac(context, variant.tac, { simTypes: ['eSIM'] })
    await runAll()
    const { brand, name } = await modelOf(literal)
    assert.deepEqual([brand, name], ['Apple Computer', 'Lisa'])
    assert.deepEqual(
      { ...(await modelAt(named.id)), type: '' },
      {
        object: 'deviceModel',
        id: named.id,
        brand: 'Telit',
        name: 'Mine',
        simTypes: [],
        type: '',
      },
    )
    const own = await modelOf(variant.tac)
    assert.deepEqual([own.id, own.brand, own.name, own.simTypes], [id, 'Telit', 'Varied', ['eSIM']])
    const tac = newTac()
    await importInto(context, `${HEADER}${tac},Telit,Own,,\n`)
    assert.equal((await modelOf(tac)).id, named.id)
  })

  it('merges models that change to the former name of a renamed model into it, under the oldest id', async () => {
    const older = await leave('TCL Communication', 'Both')
    const named = await leave('TCL', 'Both')
    await overrideModel(context, named.id, { name: 'Called so', type: 'router' })
    await runAll()
    const model = await modelOf(named.tac)
    assert.deepEqual([model.id, model.name, model.type], [older.id, 'Called so', 'router'])
    assert.deepEqual(await modelOf(older.tac), model)
    await overrideModel(context, named.id, { name: 'Called otherwise' })
    assert.equal((await modelAt(named.id)).name, 'Called otherwise')
  })
})
