import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assertOneLine, runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

// Commands inherit the most permissive umask.
process.umask(0)

/** Runs a server on `./data` of a directory while `work` runs. */
async function whileServing(cwd: string, work: () => Promise<void>): Promise<void> {
  const server = startHandset(['serve', '--json'], { cwd, env: { PORT: '0', LOG_LEVEL: 'silent' } })
  await server.printed(/\{[^}]+\}/)
  await work()
  server.signal('SIGTERM')
  await server.ended
}

/** The modes of a directory, as `.`, and of the files in it. */
async function modesIn(directory: string): Promise<Record<string, string>> {
  const names = ['.', ...(await readdir(directory)).sort()]
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, ((await stat(join(directory, name))).mode & 0o777).toString(8)] as const),
    ),
  )
}

const RESTORED = { '.': '700', 'handset.db': '600' }
const RUNNING = { ...RESTORED, 'handset.db-shm': '600', 'handset.db-wal': '600' }

describe('only the owner can read', { skip: process.platform === 'win32', concurrency: true }, () => {
  it('a new store, its backup and a restored store, whatever the umask', async () => {
    const cwd = await makeDirectory()
    await whileServing(cwd, async () => {
      assert.deepEqual(await modesIn(join(cwd, 'data')), RUNNING)
    })
    await runForJson(['backup', 'copy.db'], { cwd })
    assert.equal((await modesIn(cwd))['copy.db'], '600')
    await runForJson(['restore', 'copy.db', '--data', 'new/restored'], { cwd })
    assert.deepEqual(await modesIn(join(cwd, 'new', 'restored')), RESTORED)
    assert.equal((await modesIn(join(cwd, 'new')))['.'], '700')
  })

  it('a store that others could read, from the next start on', async () => {
    const cwd = await makeDirectory()
    const data = join(cwd, 'data')
    await mkdir(data)
    await whileServing(cwd, async () => {
      assert.deepEqual(await modesIn(data), RUNNING)
    })
    await chmod(data, 0o755)
    await chmod(join(data, 'handset.db'), 0o644)
    await whileServing(cwd, async () => {
      assert.deepEqual(await modesIn(data), RUNNING)
    })
  })

  it('the files of a store, but not a directory that also has other files', async () => {
    const cwd = await makeDirectory()
    const data = join(cwd, 'data')
    await mkdir(data, { mode: 0o755 })
    await writeFile(join(data, 'index.html'), '')
    await whileServing(cwd, async () => {
      const { 'index.html': other, ...modes } = await modesIn(data)
      assert.deepEqual(modes, { ...RUNNING, '.': '755' })
      assert.equal(other, '666')
    })
  })

  it('or doctor reports it, with the commands that correct it', async () => {
    const cwd = await makeDirectory()
    await whileServing(cwd, async () => {})
    assert.deepEqual((await runForJson(['doctor'], { cwd })).findings, [])
    await chmod(join(cwd, 'data'), 0o750)
    await chmod(join(cwd, 'data', 'handset.db'), 0o644)
    const ended = await runHandset(['doctor'], { cwd })
    assert.equal(ended.code, 1)
    assertOneLine(ended, /Other users can reach the store/)
    assert.match(ended.stdout, /run: chmod 700 data; chmod 600 data\/handset\.db\n/)
    // A backup that others can read is still a good backup.
    await chmod(join(cwd, 'data', 'handset.db'), 0o644)
    await runForJson(['restore', 'data/handset.db', '--data', 'restored'], { cwd })
  })
})
