import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ruleSimTypes } from '../../src/catalogue/facts/sim-rules.ts'
import { lookUp } from '../../src/catalogue/lookup.ts'
import { toSimTypesText } from '../../src/catalogue/model.ts'
import { overrideTac } from '../../src/catalogue/overrides.ts'
import { importInto } from '../support/catalogue.ts'
import { makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const { context } = server
const demo = await server.addProject('demo', 'test')

const HEADER = 'tac,brand,name,type,simTypes\n'

async function modelOf(tac: string) {
  const { body } = await demo.call('POST', '/deviceModels/search', { body: { imei: makeImei(tac) } })
  return body.items[0]
}

describe('a claim about one TAC', () => {
  it('answers for that TAC only, even after a large import on top of the starter catalogue', async () => {
    const names = await context.db.all<{ brand: string; name: string }>(
      'SELECT DISTINCT brand, name FROM device_models',
    )
    const rows = names.flatMap(({ brand, name }, place) =>
      [0, 1, 2].map((each) => [`85${String(place * 3 + each).padStart(6, '0')}`, brand, name] as const),
    )
    const cells = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
    const { summary } = await importInto(context, `${HEADER}${cells.map((cell) => `${cell},,\n`).join('')}`)
    assert.equal(summary.added, rows.length)
    const answers = await context.db.all<{ tac: string; brand: string; name: string; sim_types: string }>(
      "SELECT t.tac, m.brand, m.name, m.sim_types FROM tacs t JOIN device_models m ON m.id = t.model_id WHERE t.source = 'csv'",
    )
    assert.equal(answers.length, rows.length)
    const byAnother = answers.filter(
      ({ brand, name, sim_types }) => sim_types !== toSimTypesText(ruleSimTypes(brand, name)?.value ?? []),
    )
    assert.deepEqual(byAnother, [])
  })

  it("does not change the operator's other TACs with that name", async () => {
    await importInto(context, `${HEADER}84000001,Apple,iPhone 16,,\n84000002,Apple,iPhone 16,,eSIM\n`)
    assert.deepEqual((await modelOf('84000001')).simTypes, [])
    assert.deepEqual((await modelOf('84000002')).simTypes, ['eSIM'])
    await overrideTac(context, '84000003', { brand: 'Apple', name: 'iPhone 16', simTypes: ['pSIM'] })
    assert.deepEqual((await modelOf('84000001')).simTypes, [])
    assert.deepEqual((await modelOf('84000003')).simTypes, ['pSIM'])
  })

  it('is not replaced by a row that states less', async () => {
    await importInto(context, `${HEADER}84000010,Apple,iPhone 14 (USA),,eSIM\n`, { source: 'starter' })
    const before = await modelOf('84000010')
    await importInto(context, 'tac,brand,name\n84000010,Apple,iPhone 14\n')
    assert.deepEqual(await modelOf('84000010'), before)
    await importInto(context, `${HEADER}84000010,Apple,iPhone 14,,eSIM+pSIM\n`)
    const { name, simTypes } = await modelOf('84000010')
    assert.deepEqual([name, simTypes], ['iPhone 14', ['eSIM', 'pSIM']])
  })

  it('for a phone of another era does not replace the newer phone, nor its SIM types', async () => {
    await importInto(context, `${HEADER}84000030,Apple,iPhone 14 Pro,,eSIM\n`, { source: 'starter' })
    const newer = await modelOf('84000030')
    const { conflicts } = await importInto(context, `${HEADER}84000030,Telit,GM812,,pSIM\n`)
    assert.deepEqual([conflicts.tacs, conflicts.examples[0]?.kept], [1, true])
    assert.deepEqual(await modelOf('84000030'), newer)
    const found = await lookUp(context.db, '84000030')
    assert.deepEqual(
      found?.claims.map(({ source, brand, name, conflicts }) => [source, brand, name, conflicts]),
      [['csv', 'Telit', 'GM812', true]],
    )
    await importInto(context, `${HEADER}84000031,Telit,GM812,,pSIM\n`)
    await importInto(context, `${HEADER}84000031,Apple,iPhone 14 Pro,,\n`, { source: 'samloader' })
    const { name, simTypes } = await modelOf('84000031')
    assert.deepEqual([name, simTypes], ['iPhone 14 Pro', []])
  })

  it('survives when another source names the model', async () => {
    await importInto(context, `${HEADER}84000020,Acme,One,tablet,pSIM\n`, { source: 'gsma' })
    await importInto(context, 'tac,brand,name\n84000020,Acme,Two\n')
    const { name, simTypes } = await modelOf('84000020')
    assert.deepEqual([name, simTypes], ['Two', ['pSIM']])
  })
})
