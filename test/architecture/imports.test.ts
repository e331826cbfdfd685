import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Import {
  from: string
  to: string
}

const files = globSync('{src,sdk,console,bench,scripts}/**/*.{ts,tsx}', {
  cwd: root,
  exclude: ['**/node_modules', '**/dist'],
})
const imports = files.flatMap(importsOf)
const ofSource = imports.filter(({ from }) => from.startsWith('src/'))

/** The imports of a file, type imports included: local files as paths from the root, packages by name. */
function importsOf(from: string): Import[] {
  const text = readFileSync(join(root, from), 'utf8')
  const found = text.matchAll(/^(?:import|export)\s[^'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)
  return [...found].map(([, named, bare, dynamic]) => ({
    from,
    to: resolve(from, (named ?? bare ?? dynamic) as string),
  }))
}

function resolve(from: string, specifier: string): string {
  return specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : specifier
}

function assertNone(found: readonly Import[]): void {
  assert.ok(imports.length > 500, 'the imports were read')
  assert.deepEqual(found, [])
}

/** The floors of `src`, lowest first. The first pattern that matches a file decides. */
const FLOORS: readonly (readonly RegExp[])[] = [
  [/^errors\.ts$/, /^version\.ts$/, /^config\.ts$/, /^settings\.ts$/],
  [/^domain\//],
  [/^contract\//],
  [/^db\//],
  [/^caller\.ts$/, /^context\.ts$/],
  [/^catalogue\//, /^events\//],
  [/^http\//],
  [/^bulk\//],
  [/^resources\//],
  [/^app\.ts$/, /^serve\/jobs\//],
  [/^serve\//],
  [/^handset\.ts$/, /^cli\//],
  [/^main\.ts$/],
]

function floorOf(file: string): number {
  const path = file.slice('src/'.length)
  const floor = FLOORS.findIndex((patterns) => patterns.some((pattern) => pattern.test(path)))
  assert.notEqual(floor, -1, `${file} is on no floor`)
  return floor
}

/** The import cycles, each as a list of files in import order. */
function cyclesOf(all: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>()
  for (const { from, to } of all) targets.set(from, [...(targets.get(from) ?? []), to])
  const done = new Set<string>()
  const cycles: string[][] = []
  function visit(file: string, path: readonly string[]): void {
    const start = path.indexOf(file)
    if (start >= 0) {
      cycles.push(path.slice(start))
      return
    }
    if (done.has(file)) return
    for (const target of targets.get(file) ?? []) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of targets.keys()) visit(file, [])
  return cycles
}

/** Who may import whom: docs/architecture.md. */
describe('import rules', () => {
  it('a file imports from its own floor or from a lower one', () => {
    const local = ofSource.filter(({ to }) => to.startsWith('src/'))
    assertNone(local.filter(({ from, to }) => floorOf(from) < floorOf(to)))
  })

  it('no two files import each other, directly or indirectly', () => {
    assert.deepEqual(cyclesOf(imports), [])
  })

  it('finds a cycle and a wrong floor where there is one', () => {
    const cycle = ['src/db/port.ts', 'src/domain/id.ts', 'src/errors.ts']
    const circular = cycle.map((from, position) => ({ from, to: cycle[(position + 1) % cycle.length] as string }))
    assert.deepEqual(cyclesOf(circular), [cycle])
    assert.ok(floorOf('src/domain/id.ts') < floorOf('src/http/pipeline.ts'))
    assert.throws(() => floorOf('src/unknown.ts'), /no floor/)
  })

  it('only http creates an HTTP server', () => {
    assertNone(ofSource.filter(({ from, to }) => to.endsWith('/node-http.ts') && !from.startsWith('src/http/')))
  })

  it('only db imports a database driver', () => {
    const drivers = /^(node:sqlite|postgres)$/
    assertNone(ofSource.filter(({ from, to }) => drivers.test(to) && !from.startsWith('src/db/')))
  })

  it('only config reads the environment', () => {
    const readers = files.filter(
      (file) => file.startsWith('src/') && /process\.env/.test(readFileSync(join(root, file), 'utf8')),
    )
    assert.deepEqual(
      readers.filter((file) => !/^src\/config(\.ts|\/)/.test(file)),
      [],
    )
    assert.ok(readers.length > 0, 'config reads the environment')
  })

  it('the SDK knows the API only through openapi.json, and needs no package at run time', () => {
    const ofSdk = imports.filter(({ from }) => from.startsWith('sdk/'))
    assertNone(ofSdk.filter(({ to }) => to.startsWith('src/')))
    assertNone(ofSdk.filter(({ from, to }) => from.startsWith('sdk/src/') && !to.startsWith('sdk/src/')))
  })

  it('the console imports the SDK and the CSV rules, which use no module of Node', () => {
    const ofConsole = imports.filter(({ from }) => from.startsWith('console/'))
    assertNone(ofConsole.filter(({ to }) => to.startsWith('src/') && !to.startsWith('src/domain/csv/')))
    assertNone(ofSource.filter(({ from, to }) => from.startsWith('src/domain/csv/') && to.startsWith('node:')))
  })

  it('in a resource, schema knows only contract and domain, and only routes know http', () => {
    const ofResources = ofSource.filter(({ from }) => from.startsWith('src/resources/'))
    const isSchema = (file: string) => file.endsWith('/schema.ts')
    assertNone(
      ofResources.filter(
        ({ from, to }) => isSchema(from) && !/^(typebox$|src\/contract\/|src\/domain\/)/.test(to) && !isSchema(to),
      ),
    )
    assertNone(ofResources.filter(({ from, to }) => to.startsWith('src/http/') && !from.endsWith('/routes.ts')))
  })

  it("no resource imports another's routes or store", () => {
    const resourceOf = (file: string) => /^src\/resources\/([^/]+)\//.exec(file)?.[1]
    assertNone(
      ofSource.filter(
        ({ from, to }) =>
          /\/(routes|store)\.ts$/.test(to) &&
          resourceOf(from) !== undefined &&
          resourceOf(to) !== undefined &&
          resourceOf(from) !== resourceOf(to),
      ),
    )
  })
})
