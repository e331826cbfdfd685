import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { makeDirectory } from '../support/directory.ts'
import { makeImei } from '../support/factories.ts'
import { pack } from '../support/pack.ts'
import { startServer } from '../support/server.ts'

const run = promisify(execFile)
const SDK = fileURLToPath(new URL('../../sdk', import.meta.url))
const CONSUMER = fileURLToPath(new URL('consumer', import.meta.url))

/** The compiler that checks this repository, and the previous major version, which most programs still use. */
const COMPILERS = ['../../package.json', '../../sdk/package.json'].map((from) => {
  const require = createRequire(new URL(from, import.meta.url))
  return join(require.resolve('typescript/package.json'), '../bin/tsc')
})

const server = await startServer()
const acme = await server.addProject('acme', 'live')

const tarball = await pack(SDK, await makeDirectory())
const project = await installInto(await makeDirectory())

/** A separate program that has installed the package, without a registry. */
async function installInto(directory: string): Promise<string> {
  await writeFile(join(directory, 'package.json'), JSON.stringify({ name: 'shop', type: 'module' }))
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: directory })
  for (const file of ['types.ts', 'checkout.ts']) await copyFile(join(CONSUMER, file), join(directory, file))
  return directory
}

describe('the package of the SDK', () => {
  it('has no dependencies', async () => {
    const { stdout } = await run('npm', ['ls', '--all', '--json'], { cwd: project })
    const { dependencies } = JSON.parse(stdout) as { dependencies: Record<string, { dependencies?: object }> }
    assert.deepEqual(Object.keys(dependencies), ['@handset/sdk'])
    assert.equal(dependencies['@handset/sdk']?.dependencies, undefined)
  })

  it('has types that compile in programs of this compiler and of the previous one', async () => {
    for (const compiler of COMPILERS) {
      const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom']
      await run(process.execPath, [compiler, ...flags, 'types.ts'], { cwd: project }).catch(({ stdout }) => {
        assert.fail(`${compiler}:\n${stdout}`)
      })
    }
  })

  it('calls a real server from a project that has installed it', async () => {
    const imei = makeImei('49238884')
    const words = [join(project, 'checkout.ts'), server.url, acme.token, 'acme', imei]
    const { stdout } = await run(process.execPath, words, { cwd: project })
    assert.deepEqual(JSON.parse(stdout), { takesESim: true, created: imei, registered: [imei] })
  })

  it('passes publint', async () => {
    const { messages } = await publint({
      pkgDir: join(project, 'node_modules/@handset/sdk'),
      pack: false,
      strict: true,
    })
    assert.deepEqual(messages, [])
  })

  it('has correct types in every way of resolving modules that treats them as a module', async () => {
    const data = new Uint8Array(await readFile(tarball))
    const analysis = await checkPackage(createPackageFromTarballData(data))
    assert.ok(analysis.types, 'the package has types')
    // The package is ESM only. CommonJS programs can import it dynamically; resolution without `exports` is obsolete.
    const past = ({ resolutionKind }: { resolutionKind?: string }) =>
      resolutionKind === 'node10' || resolutionKind === 'node16-cjs'
    assert.deepEqual(
      analysis.problems.filter((problem) => !past(problem as { resolutionKind?: string })),
      [],
    )
  })
})
