import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Encoding } from '../../src/domain/csv/decode.ts'

const FOLDER = fileURLToPath(new URL('../fixtures/csv', import.meta.url))

const IDENTITIES = { devices: 'imei', sims: 'iccid', users: 'email' } as const

/** A CSV file, and the result of importing it into an empty project. */
export interface CsvFixture {
  name: string
  kind: keyof typeof IDENTITIES
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
  /** Properties of the objects that the project has afterwards. */
  stored?: Record<string, unknown>[]
}

/** SIMs that the files name, which must be stored before. */
export const FIXTURE_ICCIDS = Array.from({ length: 6 }, (_, number) => String(89883070000007537119n + BigInt(number)))

export const csvFixtures: readonly CsvFixture[] = globSync('*.json', { cwd: FOLDER })
  .sort()
  .map((file) => {
    const name = basename(file, '.json')
    const path = `${FOLDER}/${name}.csv`
    return {
      name,
      kind: 'devices',
      path,
      bytes: readFileSync(path),
      ...JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')),
    }
  })

/** The given properties of exported objects, in the order of the fixture. */
export function storedAs(fixture: CsvFixture, lines: readonly Record<string, unknown>[]): unknown[] {
  const identity = IDENTITIES[fixture.kind]
  const wanted = new Map((fixture.stored ?? []).map((object) => [object[identity], object]))
  return lines.map((line) => {
    const names = Object.keys(wanted.get(line[identity]) ?? line)
    return Object.fromEntries(names.map((name) => [name, line[name]]))
  })
}
