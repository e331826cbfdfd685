import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importInto } from '../support/catalogue.ts'
import { makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

const ROWS = [
  'tac,brand,name,type,simTypes',
  '83000001,Apple,iPhone 14,,',
  '83000002,Apple,iPhone 14,,eSIM',
  '83000003,Unheard Of,Phone,,',
  '83000004,Apple,iPhone 7,,',
]
await importInto(server.context, `${ROWS.join('\n')}\n`)

async function check(body: object) {
  return demo.call('POST', '/deviceModels/check', { body })
}

/** The answers for the phone with a TAC. */
async function answersOf(tac: string) {
  const { status, body } = await check({ imei: makeImei(tac) })
  assert.equal(status, 200)
  return [body.eSIM.answer, body.pSIM.answer]
}

describe('POST /deviceModels/check', () => {
  it('answers yes with the source and a reason, and asks nothing', async () => {
    const { status, body } = await check({ imei: '492388841798923' })
    assert.equal(status, 200)
    assert.equal(body.object, 'deviceModelCheck')
    assert.equal(body.model.name, 'iPhone 12 Pro')
    assert.deepEqual(body.eSIM, {
      answer: 'yes',
      reason: 'The starter catalogue states that the Apple iPhone 12 Pro takes an eSIM.',
      source: 'starter',
      ask: null,
    })
    assert.equal(body.pSIM.answer, 'yes')
  })

  it('answers depends for a name whose variants differ, with the reason of the rule', async () => {
    const { body } = await check({ imei: makeImei('83000001') })
    assert.equal(body.eSIM.answer, 'depends')
    assert.equal(body.eSIM.source, 'rule')
    assert.match(body.eSIM.reason, /iPhone 14: variants differ/)
    assert.equal(body.eSIM.ask, 'Dial *#06#: an EID means yes.')
    assert.deepEqual(body.model.simTypes, [])
  })

  it('answers for a TAC what its own row states, and never for another', async () => {
    assert.deepEqual(await answersOf('83000002'), ['yes', 'no'])
    assert.deepEqual(await answersOf('83000001'), ['depends', 'depends'])
  })

  it('answers no where a rule says so for the whole family', async () => {
    assert.deepEqual(await answersOf('83000004'), ['no', 'yes'])
  })

  it('answers unknown where nothing is stated, and for an unknown TAC, whose model is null', async () => {
    assert.deepEqual(await answersOf('83000003'), ['unknown', 'unknown'])
    const { status, body } = await check({ imei: makeImei('83999999') })
    assert.deepEqual([status, body.model, body.eSIM.answer, body.pSIM.answer], [200, null, 'unknown', 'unknown'])
  })

  it('checks a model by its id; an unknown one is 404', async () => {
    const { body } = await check({ imei: makeImei('83000002') })
    const byId = await check({ model: body.model.id })
    assert.equal(byId.status, 200)
    assert.deepEqual(byId.body, body)
    assert.equal((await check({ model: `${body.model.id.slice(0, -3)}zzz` })).status, 404)
  })

  it('does not check the check digit', async () => {
    assert.equal((await check({ imei: '492388841798920' })).body.model.name, 'iPhone 12 Pro')
  })

  it('requires exactly one of imei and model', async () => {
    for (const body of [{}, { imei: makeImei('83000001'), model: 'dmd_0SNlurA04OUskUGfGAn3Rh' }]) {
      const { status } = await check(body)
      assert.equal(status, 422)
    }
    const { status, body } = await check({ imei: '123' })
    assert.deepEqual([status, body.code], [422, 'invalidImei'])
  })
})
