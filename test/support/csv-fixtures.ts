import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Encoding } from '../../src/domain/csv/decode.ts'

const FOLDER = fileURLToPath(new URL('../fixtures/csv', import.meta.url))

/** A CSV file of devices, and what an import of it into an empty project gives. */
export interface CsvFixture {
  name: string
  path: string
  bytes: Buffer
  about: string
  /** The encoding to choose. */
  encoding?: Encoding
  /** Part of the error of a file that is rejected as a whole. */
  error?: string
  /** The columns that the error names. */
  columns?: string[]
  rows?: { line: number; status: 'created' | 'rejected'; reason?: string }[]
  /** Properties of the devices that the project has afterwards. */
  stored?: { imei: string; [property: string]: unknown }[]
}

/** SIMs that the files name, which must be stored before. */
export const FIXTURE_ICCIDS = Array.from({ length: 6 }, (_, number) => String(89883070000007537119n + BigInt(number)))

export const csvFixtures: readonly CsvFixture[] = globSync('*.json', { cwd: FOLDER })
  .sort()
  .map((file) => {
    const name = basename(file, '.json')
    const path = `${FOLDER}/${name}.csv`
    return { name, path, bytes: readFileSync(path), ...JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) }
  })

/** The given properties of exported devices, in the order of the fixture. */
export function storedAs(fixture: CsvFixture, lines: readonly Record<string, unknown>[]): unknown[] {
  const wanted = new Map((fixture.stored ?? []).map((device) => [device.imei, device]))
  return lines.map((line) => {
    const names = Object.keys(wanted.get(String(line.imei)) ?? line)
    return Object.fromEntries(names.map((name) => [name, line[name]]))
  })
}
