import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { csvFixtures, FIXTURE_ICCIDS, storedAs } from '../support/csv-fixtures.ts'
import { createSim } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()

describe('CSV that is imported over HTTP', () => {
  for (const [number, fixture] of csvFixtures.entries()) {
    it(`${fixture.name}: ${fixture.about}`, async () => {
      const project = await server.addProject(`csv-${number}`, 'live')
      if (fixture.kind === 'devices') for (const iccid of FIXTURE_ICCIDS) await createSim(project, { iccid })
      const type = fixture.encoding === undefined ? 'text/csv' : `text/csv; charset=${fixture.encoding}`
      const { status, body } = await project.call('POST', `./${fixture.kind}/import`, {
        raw: fixture.bytes,
        headers: { 'content-type': type },
      })
      const exported = (await project.call('GET', `./${fixture.kind}/export`)).body
      if (fixture.rows === undefined) {
        assert.ok(status === 422 || status === 400, String(status))
        if (fixture.bytes.length > 0)
          assert.ok(JSON.stringify(body).includes(JSON.stringify(fixture.error).slice(1, -1)), body.message)
        const named = (body.details ?? []).map(({ property }: { property: string }) => property)
        assert.deepEqual(named, fixture.columns ?? [])
        assert.deepEqual(exported, [])
        return
      }
      const { rows, complete, rejected } = body.at(-1)
      assert.deepEqual([rows, complete], [fixture.rows.length, true])
      assert.equal(rejected, fixture.rows.filter((row) => row.status === 'rejected').length)
      for (const [position, { line, status, reason = '' }] of fixture.rows.entries()) {
        const result = body[position]
        assert.deepEqual([result.line, result.status], [line, status])
        assert.ok(JSON.stringify(result).includes(reason), JSON.stringify(result))
      }
      assert.deepEqual(storedAs(fixture, exported), fixture.stored)
    })
  }

  it('says what to do about a row that is too long, and about an encoding that is not supported', async () => {
    const project = await server.addProject('csv-hints', 'test')
    const raw = `imei,name\n351000000000017,${'x'.repeat(70_000)}\n351000000000025,"open\n`
    const headers = { 'content-type': 'text/csv' }
    const { body } = await project.call('POST', './devices/import', { raw, headers })
    assert.match(body[0].error.hint, /^Shorten its cells/)
    assert.match(body[1].error.hint, /quotes/)
    const coded = { ...headers, 'content-encoding': 'br' }
    const unsupported = await project.call('POST', './devices/import', { raw: 'imei\n', headers: coded })
    assert.equal(unsupported.status, 415)
    assert.match(unsupported.body.hint, /Content-Encoding: gzip/)
  })
})
