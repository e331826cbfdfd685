import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { readInput } from '../../src/bulk/input.ts'
import { readRows } from '../../src/catalogue/formats/rows.ts'
import { devices } from '../../src/resources/devices/bulk.ts'

/** Every byte as a chunk of its own, as from the slowest of pipes. */
async function* bytesOf(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at++) yield content.subarray(at, at + 1)
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')

const DEVICES = 'imei;name\r\n490154203237518;"Käthe, 1"\r\n'
const JSON_DEVICES = '{"imei":"490154203237518","name":"Käthe, 1"}\n'

/** Forms of the same device. */
const DEVICE_FILES: Record<string, Buffer> = {
  'CSV with semicolons': Buffer.from(DEVICES),
  'CSV with a byte order mark': Buffer.from(`\ufeff${DEVICES}`),
  'CSV with a sep= line': Buffer.from(`sep=;\r\n${DEVICES}`),
  'CSV after blank lines': Buffer.from(`\r\n\r\n${DEVICES}`),
  'CSV with CR line ends': Buffer.from(DEVICES.replaceAll('\r\n', '\r')),
  'CSV in UTF-16': utf16(DEVICES),
  'gzipped CSV': gzipSync(DEVICES),
  NDJSON: Buffer.from(JSON_DEVICES),
  'NDJSON with a byte order mark': Buffer.from(`\ufeff${JSON_DEVICES}`),
  'gzipped NDJSON': gzipSync(JSON_DEVICES),
}

const MODELS = 'tac;brand;name\r\n35000000;Käthe;Phone 5\r\n'

/** Forms of the same model. */
const CATALOGUE_FILES: Record<string, Buffer> = {
  'CSV with semicolons': Buffer.from(MODELS),
  'CSV with a byte order mark': Buffer.from(`\ufeff${MODELS}`),
  'CSV with CR line ends': Buffer.from(MODELS.replaceAll('\r\n', '\r')),
  'CSV in UTF-16': utf16(MODELS),
  'gzipped CSV': gzipSync(MODELS),
  NDJSON: Buffer.from('{"tac":"35000000","brand":"Käthe","name":"Phone 5"}\n'),
  'gzipped NDJSON with a byte order mark': gzipSync('\ufeff{"tac":"35000000","brand":"Käthe","name":"Phone 5"}\n'),
}

describe('a file that arrives byte by byte', () => {
  for (const [form, content] of Object.entries(DEVICE_FILES)) {
    it(`is read as a fleet: ${form}`, async () => {
      const input = await readInput(bytesOf(content), devices.table, { optionFor: (name) => name })
      const rows = (await collect(input.rows)).flat()
      assert.equal(input.format, form.includes('NDJSON') ? 'ndjson' : 'csv')
      assert.deepEqual(
        rows.map(({ value, fault }) => ({ value, fault })),
        [{ value: { imei: '490154203237518', name: 'Käthe, 1' }, fault: null }],
      )
    })
  }

  for (const [form, content] of Object.entries(CATALOGUE_FILES)) {
    it(`is read as a catalogue: ${form}`, async () => {
      const { format, rows } = await readRows(Readable.from(bytesOf(content)))
      const [row, ...more] = await collect(rows)
      assert.equal(format, form.includes('NDJSON') ? 'ndjson' : 'csv')
      assert.deepEqual(more, [])
      assert.match(JSON.stringify(row), /35000000.*Käthe.*Phone 5/)
    })
  }
})
