import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import packageJson from '../../package.json' with { type: 'json' }
import { createHandset } from '../../sdk/src/handset.ts'
import { runsBuild } from '../support/build.ts'
import { runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { readDockerfile } from '../support/dockerfile.ts'
import { pack } from '../support/pack.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A directory that contains only the packed package. */
const directory = await makeDirectory()
const installed = join(directory, 'node_modules/handset')
await install()

async function install(): Promise<void> {
  const tarball = await pack(ROOT, directory, runsBuild)
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
}

describe('the package of Handset', () => {
  it('contains the build and its documents, and no source, test or tool', async () => {
    const names = await readdir(installed)
    for (const name of ['bin', 'dist', 'openapi.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'package.json']) {
      assert.ok(names.includes(name), `${name} is in the package`)
    }
    const files = await readdir(installed, { recursive: true })
    assert.ok(
      files.includes('dist/new-store.db'),
      'the package contains the store that an ephemeral server starts with',
    )
    assert.deepEqual(
      files.filter((file) => /^(?:src|test|scripts|sdk|bench|docs)(?:\/|$)|(?<!\.d)\.ts$|node_modules/.test(file)),
      [],
    )
  })

  it('needs no other package, and lists the libraries it bundles', async () => {
    const { components } = JSON.parse(await readFile(join(installed, 'dist/sbom.json'), 'utf8'))
    const names = components.map(({ name }: { name: string }) => name)
    const licences = await readFile(join(installed, 'dist/licenses.md'), 'utf8')
    for (const name of ['prom-client', 'ajv', 'typebox', 'pino', 'postgres']) {
      assert.ok(names.includes(name), name)
      assert.match(licences, new RegExp(`^## ${name} [0-9]`, 'm'))
    }
    const installedJson = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
    assert.equal(installedJson.dependencies, undefined)
  })

  it('serves from an empty directory, with the catalogue and the reference', async () => {
    const bin = join(installed, packageJson.bin.handset)
    const child = spawn(process.execPath, [bin, 'serve', '--ephemeral', '--port', '0', '--json'], { cwd: directory })
    try {
      const [chunk] = await child.stdout.take(1).toArray()
      const { address, project, key } = JSON.parse(String(chunk))
      const handset = createHandset({ baseUrl: address, token: key, project })
      const device = await handset.devices.create({ imei: '492388841798923' })
      assert.equal(device.model?.name, 'iPhone 12 Pro')
      assert.match(await (await fetch(`${address}/reference`)).text(), /id="DevicesCreate"/)
    } finally {
      child.kill('SIGTERM')
    }
  })

  it("serves as the image runs it: with the image's environment and user, from files that it cannot change", async () => {
    const { command, environment, user, healthCheck } = readDockerfile()
    const data = await makeDirectory()
    const node = join(directory, 'node')
    await copyFile(process.execPath, node)
    // As another user, the test can only run what that user may read.
    const isRoot = process.getuid?.() === 0
    if (isRoot) await Promise.all([chmod(directory, 0o755), chown(data, user.uid, user.gid)])
    const options = {
      cwd: installed,
      env: { ...environment, HOST: '127.0.0.1', PORT: '0', HANDSET_DATA: data },
      ...(isRoot && user),
    }
    const child = spawn(node, [...command.slice(1), '--json'], options)
    let log = ''
    child.stderr.on('data', (chunk) => {
      log += chunk
    })
    const [chunk] = await child.stdout.take(1).toArray()
    assert.ok(chunk, log)
    const { port } = new URL(JSON.parse(String(chunk)).address)
    const checked = { ...options, env: { ...options.env, PORT: port } }
    await run(node, healthCheck.slice(1), checked)
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [0, null])
  })

  it('starts a server for a program that imports it', async () => {
    const program = join(directory, 'program.mjs')
    await writeFile(
      program,
      `import { startHandset } from 'handset'
      const { url, token, project, stop } = await startHandset()
      const response = await fetch(url + '/projects/' + project, { headers: { authorization: 'Bearer ' + token } })
      console.log(response.status)
      await stop()`,
    )
    assert.equal((await run(process.execPath, [program], { cwd: directory })).stdout, '200\n')
  })

  it('prints its version', async () => {
    const { stdout } = await run(process.execPath, [join(installed, 'bin/handset.js'), '--version'])
    assert.equal(stdout, `${packageJson.version}\n`)
    assert.equal((await runHandset(['--version'], { cwd: directory })).stdout, stdout)
  })
})
