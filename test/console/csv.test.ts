import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ImportRow, openImport } from '../../console/src/import-file.ts'
import { type CsvFixture, csvFixtures } from '../support/csv-fixtures.ts'

describe('CSV that is imported in the console', () => {
  // The console imports devices only.
  for (const fixture of csvFixtures.filter(({ kind }) => kind === 'devices')) {
    it(`${fixture.name}: ${fixture.about}`, async () => {
      const file = new File([new Uint8Array(fixture.bytes)], `${fixture.name}.csv`)
      if (fixture.rows === undefined) {
        // The console shows the encoding by its name.
        const message = (fixture.error as string).replace('windows-1252', 'Windows-1252')
        await assert.rejects(openImport('devices', file, fixture.encoding), (error: Error) =>
          error.message.includes(message),
        )
        return
      }
      const rows: ImportRow[] = []
      for await (const row of (await openImport('devices', file, fixture.encoding)).rows()) rows.push(row)
      assert.deepEqual(
        rows.map(({ line }) => line),
        fixture.rows.map(({ line }) => line),
      )
      const stored = new Map((fixture.stored ?? []).map((device) => [device.imei, device]))
      for (const [position, { value, fault }] of rows.entries()) {
        const expected: NonNullable<CsvFixture['rows']>[number] | undefined = fixture.rows[position]
        if (expected?.status === 'created') {
          const wanted = stored.get(value.imei as string) as object
          const given = Object.fromEntries(Object.keys(wanted).map((name) => [name, value[name] ?? defaultOf(name)]))
          assert.deepEqual(given, wanted)
        } else if (fault !== null) assert.ok(fault.includes(expected?.reason ?? ''), fault)
      }
    })
  }
})

/** What the API stores for properties that a row does not state. */
function defaultOf(name: string): unknown {
  return name === 'iccids' ? [] : null
}
