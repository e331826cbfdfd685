import assert from 'node:assert/strict'
import { link, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assertOneLine, runForJson, runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

const CATALOGUE = 'tac,brand,name\n35000000,Example,Phone 5\nx,Example,Phone 6\n'
const SIMS = 'iccid\n89883070000007537119\n1\n'

/** Commands that write a rejects file, and a file that they read. */
const IMPORTS = [
  { words: ['catalogue', 'diff'], content: CATALOGUE },
  { words: ['catalogue', 'import'], content: CATALOGUE },
  { words: ['sims', 'import', '--project', 'acme'], content: SIMS },
]

async function makeFile(content: string): Promise<{ cwd: string; file: string }> {
  const cwd = await makeDirectory()
  const file = join(cwd, 't.csv')
  await writeFile(file, content)
  await runForJson(['projects', 'create', 'acme', '--type', 'live'], { cwd })
  return { cwd, file }
}

for (const { words, content } of IMPORTS) {
  describe(`the rejects file of handset ${words.slice(0, 2).join(' ')}`, () => {
    it('is never the file that is read, whatever its name', async () => {
      const { cwd, file } = await makeFile(content)
      await symlink('t.csv', join(cwd, 'soft.csv'))
      await link(file, join(cwd, 'hard.csv'))
      for (const rejects of ['./t.csv', 'soft.csv', 'hard.csv']) {
        const ended = await runHandset([...words, 't.csv', '--rejects', rejects, '--force'], { cwd })
        assert.equal(ended.code, 1)
        assertOneLine(ended, /The rejects file is the file that is imported/)
        assert.equal(await readFile(file, 'utf8'), content)
      }
    })

    it('overwrites a file only with --force, and must be writable before a row is stored', async () => {
      const { cwd } = await makeFile(content)
      await writeFile(join(cwd, 'kept.csv'), 'kept')
      const run = (...options: string[]) => runHandset([...words, 't.csv', '--rejects', ...options], { cwd })
      assertOneLine(await run('kept.csv'), /The rejects file kept\.csv exists/)
      assert.equal(await readFile(join(cwd, 'kept.csv'), 'utf8'), 'kept')
      assertOneLine(await run('missing/rejects.csv'), /Cannot write the rejected rows/)
      const { stdout } = await runHandset(['sims', 'export', '--project', 'acme', '--format', 'ndjson'], { cwd })
      assert.equal(stdout, '')
      await run('kept.csv', '--force')
      const text = await readFile(join(cwd, 'kept.csv'), 'utf8')
      assert.match(text, /^\ufeffline,reason,/)
      assert.doesNotMatch(text, /kept/)
    })
  })
}
