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

/** The imports of files below a directory: local ones as paths below it, packages by name. */
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

function assertNoImport(rule: (found: Import) => boolean): void {
  assert.ok(imports.length > 100, 'imports were found')
  assert.deepEqual(imports.filter(rule), [])
}

/** docs/architecture.md states which file can import which. */
describe('import rules', () => {
  it('domain imports only errors', () => {
    assertNoImport(({ from, to }) => from.startsWith('domain/') && !to.startsWith('domain/') && to !== 'errors.ts')
  })

  it('only http, app and routes import fastify', () => {
    const mayImport = (file: string) => file.startsWith('http/') || file === 'app.ts' || file.endsWith('/routes.ts')
    assertNoImport(({ from, to }) => /^@?fastify/.test(to) && !mayImport(from))
  })

  it('only db imports a database driver', () => {
    assertNoImport(({ from, to }) => /^(node:sqlite|postgres)$/.test(to) && !from.startsWith('db/'))
  })

  it('only config reads the environment', () => {
    const readers = files.filter((file) => /process\.env/.test(readFileSync(join(root, file), 'utf8')))
    assert.deepEqual(readers, ['config.ts'])
  })

  it('sdk and console depend on the API only through openapi.json, and the console on the reader of CSV', () => {
    const clients = globSync('{sdk,console}/**/*.{ts,tsx,svelte,vue}', {
      cwd: repository,
      exclude: ['**/node_modules', '**/dist'],
    })
    const found = importsOf(repository, clients)
    assert.ok(found.length > 0, 'imports were found')
    assert.deepEqual(
      found.filter(
        ({ from, to }) => to.startsWith('src/') && !(from.startsWith('console/') && to.startsWith('src/domain/csv/')),
      ),
      [],
    )
  })

  it('the SDK needs no package at run time', () => {
    const found = importsOf(repository, globSync('sdk/src/**/*.ts', { cwd: repository }))
    assert.deepEqual(
      found.filter(({ to }) => !to.startsWith('sdk/src/')),
      [],
    )
  })

  it("no resource imports another's routes or store", () => {
    const resourceOf = (file: string) => /^resources\/([^/]+)\//.exec(file)?.[1]
    assertNoImport(
      ({ from, to }) =>
        /\/(routes|store)\.ts$/.test(to) &&
        resourceOf(from) !== undefined &&
        resourceOf(to) !== undefined &&
        resourceOf(from) !== resourceOf(to),
    )
  })
})
