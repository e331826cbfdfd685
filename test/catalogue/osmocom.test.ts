import assert from 'node:assert/strict'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { identify } from '../../src/catalogue/facts/names.ts'
import { type Imported, importInto } from '../support/catalogue.ts'
import { makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

/** Outside the repository, so it may be missing. */
const FILE = fileURLToPath(new URL('../../../shared/data/osmocom_tacdb.csv', import.meta.url))
const BANNER = 'Osmocom TAC database under CC-BY-SA v3.0 (c) Harald Welte 2016'
const HEADER = 'tac,name,name,contributor,comment,gsmarena,gsmarena,aka'

async function modelOf(tac: string) {
  const { body } = await demo.call('POST', '/deviceModels/search', { body: { imei: makeImei(tac) } })
  return body.items[0]
}

/** Rows without quotes, whose TAC appears once in the file and is unknown to every better source. */
async function plainRows(text: string, count: number) {
  const rows = text.split('\r\n').flatMap((line) => {
    const [, tac, brand, name] = /^([0-9]{8}),([^",]+),([^",]+),/.exec(line) ?? []
    return tac && brand && name ? [{ tac, brand, name }] : []
  })
  const chosen: typeof rows = []
  for (let place = 0; chosen.length < count; place += Math.floor(rows.length / (2 * count))) {
    const row = rows[place]
    assert.ok(row, 'the file has enough such rows')
    if (text.split(row.tac).length === 2 && (await modelOf(row.tac)) === undefined) chosen.push(row)
  }
  return chosen
}

function assertAddsUp({ summary: { rows, ...outcomes }, rejects }: Imported): void {
  const sum = Object.values(outcomes).reduce((total, count) => total + count)
  assert.equal(sum, rows)
  assert.equal(rejects.length, outcomes.rejected)
}

describe('the Osmocom TAC database', () => {
  it('is recognised by its header below a licence banner, where brand and model are both called name', async () => {
    const { summary, rejects } = await importInto(
      server.context,
      [
        BANNER,
        HEADER,
        '94000001,Oppo,N1,Kévin Redon,,http://example.com/n1.php,,',
        '94000002,Nokia,1610,OsmoDevCon 2014,,,,"1610+,1611,NHE-5NX"',
        ' 94000003,Nokia,"3120, classic",,,,,',
        '94000004,,No brand,,,,,',
        '94000005,No name,,,,,,',
        '94000002,Nokia,1620,,,,,',
        '94000002,NOKIA,1610,,,,,',
        '',
      ].join('\r\n'),
    )
    assert.deepEqual(summary, { rows: 7, added: 3, changed: 0, unchanged: 1, outranked: 0, rejected: 3 })
    assert.deepEqual(
      rejects.map(({ line, reason }) => `${line}: ${reason}`),
      ['6: the brand is empty', '7: the name is empty', '8: line 4 assigns TAC 94000002 to another model'],
    )
    const { id: _, ...model } = await modelOf('94000003')
    assert.deepEqual(model, {
      object: 'deviceModel',
      brand: 'Nokia',
      name: '3120, classic',
      simTypes: ['pSIM'],
      type: 'feature-phone',
    })
  })

  it('is imported row by row as published, is visible over HTTP at once, and changes nothing when imported again', async (t) => {
    if (!existsSync(FILE)) {
      t.skip(`${FILE} is not here`)
      return
    }
    const text = readFileSync(FILE, 'utf8')
    const chosen = await plainRows(text, 10)
    const first = await importInto(server.context, createReadStream(FILE))
    const bannerAndHeader = 2
    assert.equal(first.summary.rows, text.split('\n').length - 1 - bannerAndHeader)
    assertAddsUp(first)
    assert.ok(first.summary.added > 20_000)
    assert.deepEqual(
      first.rejects.map(({ line, reason }) => `${line}: ${reason}`),
      ['19246: line 4021 assigns TAC 33205600 to another model'],
    )
    for (const { tac, brand, name } of chosen) {
      const model = await modelOf(tac)
      const expected = identify(brand, name)
      assert.equal(`${model.brand} ${model.name}`.toLowerCase(), `${expected.brand} ${expected.name}`.toLowerCase())
    }

    const again = await importInto(server.context, createReadStream(FILE))
    assertAddsUp(again)
    const { rows, outranked, rejected } = first.summary
    const unchanged = rows - outranked - rejected
    assert.deepEqual(again.summary, { rows, added: 0, changed: 0, unchanged, outranked, rejected })
    assert.deepEqual(again.rejects, first.rejects)
  })
})
