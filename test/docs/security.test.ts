import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const sections = readFileSync(join(ROOT, 'docs/security.md'), 'utf8').split(/^##? /m)
const sectionOf = (title: string) => sections.find((section) => section.startsWith(title)) ?? ''
const api = sectionOf('The OWASP API Security Top 10')
const asvs = sectionOf('The OWASP ASVS')

/** The requirements of ASVS 5.0.0 at level 1: how many there are in each section. */
const LEVEL_1: Record<string, readonly number[]> = {
  '1.2': [1, 2, 3, 4, 5],
  '1.3': [1, 2],
  '1.5': [1],
  '2.1': [1],
  '2.2': [1, 2],
  '2.3': [1],
  '3.2': [1, 2],
  '3.3': [1],
  '3.4': [1, 2],
  '3.5': [1, 2, 3],
  '4.1': [1],
  '4.4': [1],
  '5.2': [1, 2],
  '5.3': [1, 2],
  '6.1': [1],
  '6.2': [1, 2, 3, 4, 5, 6, 7, 8],
  '6.3': [1, 2],
  '6.4': [1, 2],
  '7.2': [1, 2, 3, 4],
  '7.4': [1, 2],
  '8.1': [1],
  '8.2': [1, 2],
  '8.3': [1],
  '9.1': [1, 2, 3],
  '9.2': [1],
  '10.4': [1, 2, 3, 4, 5],
  '11.3': [1, 2],
  '11.4': [1],
  '12.1': [1],
  '12.2': [1, 2],
  '13.4': [1],
  '14.2': [1],
  '14.3': [1],
  '15.1': [1],
  '15.2': [1],
  '15.3': [1],
}

/** The rows of a table, as cells. */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** The requirements that a cell names: `6.2.1 to 6.2.8, 6.4.2`. */
function requirementsOf(cell: string): string[] {
  return cell.split(', ').flatMap((part) => {
    const [first = '', last = first] = part.split(' to ')
    const section = first.slice(0, first.lastIndexOf('.'))
    const numbers = [first, last].map((text) => Number(text.slice(text.lastIndexOf('.') + 1)))
    const [from = 0, upTo = 0] = numbers
    return Array.from({ length: upTo - from + 1 }, (_, index) => `${section}.${from + index}`)
  })
}

describe('docs/security.md', () => {
  it('has the ten risks of the API Security Top 10', () => {
    const risks = rowsOf(api).map(([risk = '']) => risk.split(' ')[0])
    assert.deepEqual(
      risks,
      Array.from({ length: 10 }, (_, index) => `API${index + 1}`),
    )
  })

  it('has each requirement of ASVS 5.0 at level 1, once', () => {
    const expected = Object.entries(LEVEL_1).flatMap(([section, numbers]) => numbers.map((n) => `${section}.${n}`))
    assert.equal(expected.length, 70)
    const found = rowsOf(asvs).flatMap(([cell = '']) => requirementsOf(cell))
    assert.deepEqual(found.toSorted(), expected.toSorted())
  })

  it('names for each a test that exists, or says that it is left to the operator or does not apply', () => {
    for (const row of [...rowsOf(api), ...rowsOf(asvs)]) {
      const text = row.join(' ')
      const tests = [...text.matchAll(/`(test\/[^`]+\.test\.ts)`/g)].map(([, path]) => path as string)
      for (const path of tests) assert.ok(existsSync(join(ROOT, path)), path)
      assert.ok(tests.length > 0 || /\*\*Left to you:\*\*|Not applicable/.test(text), text)
    }
  })

  it('says correctly that the server starts no command, evaluates nothing and reads no XML', () => {
    const files = globSync(['src/**/*.ts', 'console/src/**/*.{ts,tsx}'], { cwd: ROOT })
    assert.ok(files.length > 200)
    const forbidden = /child_process|\beval\(|new Function\(|DOMParser|dangerouslySetInnerHTML|innerHTML\s*=/
    const found = files.filter((file) => forbidden.test(readFileSync(join(ROOT, file), 'utf8')))
    assert.deepEqual(found, [])
  })
})
