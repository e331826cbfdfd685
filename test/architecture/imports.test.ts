import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../src', import.meta.url))
const repository = fileURLToPath(new URL('../..', import.meta.url))

interface Import {
  from: string
  to: string
}

const files = globSync('**/*.ts', { cwd: root })
const imports = importsOf(root, files)

/** The imports of files below a directory: local ones as paths below it, packages by their names. */
function importsOf(directory: string, files: readonly string[]): Import[] {
  return files.flatMap((from) =>
    [
      ...readFileSync(join(directory, from), 'utf8').matchAll(
        /^(?:import|export)\s[^'"]*?from '([^']+)'|^import '([^']+)'/gm,
      ),
    ].map(([, named, bare]) => ({ from, to: resolve(directory, from, (named ?? bare) as string) })),
  )
}

function resolve(directory: string, from: string, specifier: string): string {
  return specifier.startsWith('.') ? relative(directory, join(directory, dirname(from), specifier)) : specifier
}

function refusesAll(rule: (found: Import) => boolean): void {
  assert.ok(imports.length > 100, 'the imports were read')
  assert.deepEqual(imports.filter(rule), [])
}

/** Who may import whom: docs/architecture.md. */
describe('import rules', () => {
  it('domain imports nothing but errors', () => {
    refusesAll(({ from, to }) => from.startsWith('domain/') && !to.startsWith('domain/') && to !== 'errors.ts')
  })

  it('fastify is known to http, app and routes only', () => {
    const mayImport = (file: string) => file.startsWith('http/') || file === 'app.ts' || file.endsWith('/routes.ts')
    refusesAll(({ from, to }) => /^@?fastify/.test(to) && !mayImport(from))
  })

  it('a database driver is known to db only', () => {
    refusesAll(({ from, to }) => /^(node:sqlite|postgres)$/.test(to) && !from.startsWith('db/'))
  })

  it('the environment is read in config only', () => {
    const readers = files.filter((file) => /process\.env/.test(readFileSync(join(root, file), 'utf8')))
    assert.deepEqual(readers, ['config.ts'])
  })

  it('sdk and console know the API by openapi.json only', () => {
    const clients = globSync('{sdk,console}/**/*.{ts,tsx,svelte,vue}', {
      cwd: repository,
      exclude: ['**/node_modules', '**/dist'],
    })
    const found = importsOf(repository, clients)
    assert.ok(found.length > 0, 'the imports were read')
    assert.deepEqual(
      found.filter(({ to }) => to.startsWith('src/')),
      [],
    )
  })

  it('the sdk needs no package to run', () => {
    const found = importsOf(repository, globSync('sdk/src/**/*.ts', { cwd: repository }))
    assert.deepEqual(
      found.filter(({ to }) => !to.startsWith('sdk/src/')),
      [],
    )
  })

  it("no resource imports another's routes or store", () => {
    const resourceOf = (file: string) => /^resources\/([^/]+)\//.exec(file)?.[1]
    refusesAll(
      ({ from, to }) =>
        /\/(routes|store)\.ts$/.test(to) &&
        resourceOf(from) !== undefined &&
        resourceOf(to) !== undefined &&
        resourceOf(from) !== resourceOf(to),
    )
  })
})
