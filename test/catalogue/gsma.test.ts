import assert from 'node:assert/strict'
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { SetupError } from '../../src/errors.ts'
import { importInto } from '../support/catalogue.ts'
import { makeImei } from '../support/factories.ts'
import { gsmaLines } from '../support/gsma-file.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

/** Outside the repository, so it may be missing. */
const DIRECTORY = fileURLToPath(new URL('../../../shared/data/gsma', import.meta.url))

const OLD_HEADER =
  'TAC|Marketing Name|Manufacturer (or) Applicant|Brand Name|Model Name|Operating System|Allocation Date|Device Type|' +
  'Removable UICC|Removable EUICC|NonRemovable UICC|NonRemovable EUICC|Simslot'

let made = 0

/** A TAC that no test has used. */
function newTac(): string {
  made += 1
  return `8600${String(made).padStart(4, '0')}`
}

interface GsmaRow {
  tac: string
  brand: string
  name: string
  model: string
  maker: string
  system: string
  date: string
  type: string
  /** Removable UICC and eUICC, fixed UICC and eUICC, slots. */
  sims: string
}

/** A file in the `|` format. Cells that a row does not state are unknown. */
function write(rows: Partial<GsmaRow>[], header = OLD_HEADER): string {
  const lines = rows.map((row) =>
    [
      row.tac ?? newTac(),
      row.name ?? 'Not Known',
      row.maker ?? 'Maker Co Ltd',
      row.brand ?? 'Not known ',
      row.model ?? 'NONE',
      row.system ?? 'Not Known',
      row.date ?? '01-Mar-2019',
      row.type ?? 'Not Known',
      ...(row.sims ?? '-|-|-|-|-').split('|'),
    ].join('|'),
  )
  return [header, ...lines, ''].join('\r\n')
}

async function modelOf(tac: string) {
  const { body } = await demo.call('POST', '/deviceModels/search', { body: { imei: makeImei(tac) } })
  return body.items[0]
}

async function typeOf(row: Partial<GsmaRow>): Promise<string> {
  const tac = newTac()
  await importInto(server.context, write([{ name: `Kind ${tac}`, ...row, tac }]))
  return (await modelOf(tac)).type
}

async function simTypesOf(sims: string): Promise<string[]> {
  const tac = newTac()
  await importInto(server.context, write([{ name: `Sims ${tac}`, sims, tac }]))
  return (await modelOf(tac)).simTypes
}

describe('the GSMA device database', () => {
  it('is recognised in each generation of its header, with any separator and in any case', async () => {
    const headers = [
      'TAC|Marketing Name|Internal Model Name|Manufacturer|Bands|Allocation Date|Country Code|Fixed Code|Manufacturer Code|Radio Interface|Brand Name|Model Name|Operating System|NFC|Bluetooth|WLAN|Device Type',
      'TAC|Marketing Name|Manufacturer|Bands|Allocation Date|Country Code|Fixed Code|Manufacturer Code|Radio Interface|Brand Name|Model Name|Operating System|NFC|Bluetooth|WLAN|Device Type|OEM|Removable UICC|Removable EUICC|NonRemovable UICC|NonRemovable EUICC|LPWAN',
      'TAC|Marketing Name|Manufacturer (or) Applicant|Bands|5G Bands|LPWAN|Radio Interface|Brand Name|Model Name|Operating System|NFC|Bluetooth|WLAN|Device Type|Removable UICC|Removable EUICC|NonRemovable UICC|NonRemovable EUICC|Simslot|Imeiquantitysupport',
      [...gsmaLines(0)].join('').trim().replaceAll(',', '|'),
    ]
    for (const columns of headers) {
      for (const [delimiter, header] of [
        ['|', columns],
        [',', columns],
        ['\t', columns.toUpperCase()],
        ['|', columns.replaceAll(' ', '_').toLowerCase()],
      ] as const) {
        const tac = newTac()
        const values: Record<string, string> = {
          tac,
          marketingname: `Phone ${tac}`,
          brandname: 'GENERATION',
          devicetype: 'Tablet',
          removableuicc: '1',
        }
        const cells = header
          .split('|')
          .map((name) => values[name.replaceAll(/[\s_]/g, '').toLowerCase()] ?? 'Not Known')
        const lines = [header.split('|'), cells].map((line) => line.join(delimiter))
        const { summary } = await importInto(server.context, lines.join('\n'))
        assert.equal(summary.added, 1, header)
        const { name, type } = await modelOf(tac)
        assert.deepEqual([name, type], [`Phone ${tac}`, 'tablet'])
      }
    }
  })

  it('provides the brand, or else the manufacturer, and the marketing name, or else the model name', async () => {
    const [first, second, third] = [newTac(), newTac(), newTac()]
    await importInto(
      server.context,
      write([
        { tac: first, brand: 'SAMSUNG', maker: 'Samsung Korea', name: 'Galaxy Test', model: 'SM-X000B' },
        { tac: second, brand: 'NOT KNOWN', maker: 'Samsung Electronics Co Ltd', name: 'Galaxy Test' },
        { tac: third, maker: 'Unheard Of GmbH', name: 'none', model: 'U-1' },
      ]),
    )
    assert.deepEqual(await modelOf(first), await modelOf(second))
    const { brand, name } = await modelOf(third)
    assert.deepEqual([brand, name], ['Unheard Of', 'U-1'])
  })

  it('rejects a row without a name, or with neither brand nor manufacturer', async () => {
    const { rejects } = await importInto(server.context, write([{ maker: '-', name: 'A' }, { brand: 'B' }]))
    assert.deepEqual(
      rejects.map(({ reason }) => reason),
      ['the brand is empty', 'the name is empty'],
    )
  })

  it('has its own device types', async () => {
    for (const [theirs, ours] of [
      ['Smartphone', 'smartphone'],
      ['Mobile Phone/Feature phone', 'feature-phone'],
      ['Feature phone', 'feature-phone'],
      ['FeaturePhone', 'feature-phone'],
      ['Tablet', 'tablet'],
      ['e-Book', 'tablet'],
      ['Portable(include PDA)', 'other'],
      ['Connected Computer', 'laptop'],
      ['WLAN Router', 'router'],
      ['Modem', 'iot'],
      ['Dongle', 'iot'],
      ['Module', 'iot'],
      ['IoT Device', 'iot'],
      ['Vehicle', 'car'],
      ['Vehicle TCU', 'car'],
      ['Wearable', 'wearable'],
      ['Device for the Automatic Processing of Data (APD)', 'iot'],
      ['Mobile Test Platform', 'other'],
      ['UAS/UAV', 'other'],
      ['Satellite', 'other'],
      ['SMARTPHONE ', 'smartphone'],
      ['6fefdf8f', 'other'],
    ] as const) {
      assert.equal(await typeOf({ type: theirs }), ours, theirs)
    }
    assert.equal(await typeOf({ type: 'Wearable', name: 'Super Watch 3' }), 'smartwatch')
  })

  it('types a handheld by its system or family, else as a feature phone before 2008, else not at all', async () => {
    const type = 'Handheld'
    assert.equal(await typeOf({ type, system: 'Android 9' }), 'smartphone')
    assert.equal(await typeOf({ type, system: 'iOS' }), 'smartphone')
    assert.equal(await typeOf({ type, brand: 'Apple Inc', name: 'iPhone 9000' }), 'smartphone')
    assert.equal(await typeOf({ type, date: '31-Dec-2007' }), 'feature-phone')
    assert.equal(await typeOf({ type, date: '01-Jan-2008' }), 'other')
    assert.equal(await typeOf({ type, date: 'Not Known' }), 'other')
  })

  it('reads an eUICC as eSIM and a removable UICC as pSIM, and never reads an unknown column as a no', async () => {
    const both = ['eSIM', 'pSIM']
    for (const [sims, simTypes] of [
      ['1|0|0|1|1', both],
      ['01|00|00|02|1', both],
      ['2|0|0|0|2', ['pSIM']],
      ['0|0|0|1|0', ['eSIM']],
      ['1|1|0|0|1', both],
      ['0|0|1|0|0', []],
      ['-|-|-|-|2', []],
      ['1|Not Known|Not Known|Not Known|1', []],
      ['1|0|Not Known|Not Known|1', []],
      ['-|0|0|1|1', []],
      ['1|-|-|1|1', both],
      ['Not Known|Not Known|Not Known|Not Known|Not Known', []],
      ['0|0|0|0|1', []],
    ] as const) {
      assert.deepEqual(await simTypesOf(sims), simTypes, sims)
    }
  })

  it('counts a row with missing columns as cut off', async () => {
    const tac = newTac()
    const { summary, damage } = await importInto(
      server.context,
      `${write([{ tac, name: 'Whole' }])}${newTac()}|Cut|Maker\nl model|Maker|x\n`,
    )
    assert.deepEqual([summary.added, summary.rejected, damage.cut], [1, 2, 2])
  })

  it('keeps quotes in files separated by |', async () => {
    const tacs = [newTac(), newTac()] as const
    await importInto(
      server.context,
      write([
        { tac: tacs[0], name: '"Open' },
        { tac: tacs[1], name: 'A """name' },
      ]),
    )
    assert.deepEqual([(await modelOf(tacs[0])).name, (await modelOf(tacs[1])).name], ['"Open', 'A """name'])
  })

  describe('variants of a name', () => {
    const BOTH = '1|0|0|1|1'
    const ESIM = '0|0|0|1|0'
    const PSIM = '2|0|0|0|2'
    const brand = 'Varied'

    it('share the name, and have the SIM types that the rows of their TACs state', async () => {
      const tacs = Array.from({ length: 4 }, newTac)
      const rows = [BOTH, ESIM, PSIM, '-|-|-|-|-'].map((sims, place) => ({
        ...{ tac: tacs[place] as string, brand, name: 'Split 14' },
        sims,
      }))
      await importInto(server.context, write(rows))
      const found = await Promise.all(tacs.map(modelOf))
      assert.deepEqual(
        found.map(({ name, simTypes }) => `${name}: ${simTypes.join('+')}`),
        ['Split 14: eSIM+pSIM', 'Split 14: eSIM', 'Split 14: pSIM', 'Split 14: '],
      )
      assert.equal(new Set(found.map(({ id }) => id)).size, 4)
      const again = await importInto(server.context, write(rows))
      assert.deepEqual([again.summary.unchanged, again.models], [4, 0])
    })

    it("are decided by Apple's model number where the columns are unknown", async () => {
      for (const [model, sims, simTypes] of [
        ['A2649', '-|-|-|-|-', ['eSIM']],
        ['A2884', '-|-|-|-|-', ['pSIM']],
        ['A2882', '-|-|-|-|-', ['eSIM', 'pSIM']],
        ['A2882', ESIM, ['eSIM']],
        ['A9999', '-|-|-|-|-', []],
      ] as const) {
        const tac = newTac()
        await importInto(server.context, write([{ tac, brand: 'Apple', name: 'iPhone 14', model, sims }]))
        assert.deepEqual((await modelOf(tac)).simTypes, simTypes, `${model} ${sims}`)
      }
    })

    it('leave the other TACs of the name unchanged', async () => {
      const [known, us] = [newTac(), newTac()]
      await importInto(server.context, `tac,brand,name,simTypes\n${known},${brand},Anchored,eSIM+pSIM\n`, {
        source: 'starter',
      })
      const before = await modelOf(known)
      await importInto(server.context, write([{ brand, name: 'Anchored', model: 'A1', sims: ESIM, tac: us }]))
      assert.deepEqual(await modelOf(known), before)
      const { name, simTypes } = await modelOf(us)
      assert.deepEqual([name, simTypes], ['Anchored', ['eSIM']])
    })
  })

  it('is rejected if it is damaged, with the reason and the option that accepts it, and changes nothing', async () => {
    const lines = [...gsmaLines(300)]
    const doubled = [...lines, ...lines.slice(1, 200)].join('')
    const imei = lines[1]?.slice(0, 8) as string
    await assert.rejects(importInto(server.context, doubled), (error) => {
      assert.ok(error instanceof SetupError)
      assert.match(error.message, /of 499 rows, 199 repeat a TAC, 0 are truncated.*39\.9 %.*--max-damage 40/)
      return true
    })
    assert.equal(await modelOf(imei), undefined)
    const { summary } = await importInto(server.context, doubled, { maxDamage: 40 })
    assert.deepEqual([summary.rows, summary.added, summary.unchanged], [499, 300, 199])
    assert.ok(await modelOf(imei))
  })

  it('gives the same counts in chunks of any size, compressed or not', async () => {
    const text = Buffer.from([...gsmaLines(2_000)].join(''))
    const first = await importInto(server.context, Readable.from([text]))
    const { rows, added, changed, unchanged, outranked, rejected } = first.summary
    assert.equal(rows, 2_000)
    assert.equal(added + changed + unchanged + outranked + rejected, rows)
    const packed = gzipSync(text)
    const pieces = Array.from({ length: Math.ceil(packed.length / 999) }, (_, piece) =>
      packed.subarray(piece * 999, (piece + 1) * 999),
    )
    const again = await importInto(server.context, Readable.from(pieces))
    assert.deepEqual(again.summary, { ...first.summary, added: 0, changed: 0, unchanged: 2_000 })
  })

  it('in test files with one fault each is accepted, or rejected with a reason', async (t) => {
    if (!existsSync(DIRECTORY)) {
      t.skip(`${DIRECTORY} is not here`)
      return
    }
    for (const file of readdirSync(DIRECTORY).filter((name) => name !== 'headers.txt')) {
      const path = join(DIRECTORY, file)
      const rowsInFile = readFileSync(path, 'utf8').trimEnd().split('\n').length - 1
      try {
        const { summary, rejects } = await importInto(server.context, createReadStream(path), { maxDamage: 100 })
        const { rows, rejected, added, changed, unchanged, outranked } = summary
        assert.equal(rows, rowsInFile, file)
        assert.equal(added + changed + unchanged + outranked + rejected, rows, file)
        assert.equal(rejects.length, rejected, file)
      } catch (error) {
        assert.ok(error instanceof SetupError, file)
        assert.match(file, /missing_headers/)
      }
    }
  })
})
