import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runForJson, runHandset } from '../support/cli.ts'
import { csvFixtures, FIXTURE_ICCIDS, storedAs } from '../support/csv-fixtures.ts'
import { makeDirectory } from '../support/directory.ts'

describe('CSV that is imported by the command line', { concurrency: 2 }, () => {
  for (const fixture of csvFixtures) {
    it(`${fixture.name}: ${fixture.about}`, async () => {
      const cwd = await makeDirectory()
      await runForJson(['projects', 'create', 'acme', '--type', 'live'], { cwd })
      if (fixture.name.startsWith('iccid') || fixture.name.includes('numbers')) {
        await writeFile(join(cwd, 'sims.csv'), `iccid\n${FIXTURE_ICCIDS.join('\n')}\n`)
        await runForJson(['sims', 'import', 'sims.csv', '--project', 'acme'], { cwd })
      }
      const encoding = fixture.encoding === undefined ? [] : ['--encoding', fixture.encoding]
      const words = [fixture.kind, 'import', fixture.path, '--project', 'acme', '--json', '--rejects', 'rejects.csv']
      const { code, stdout, stderr } = await runHandset([...words, ...encoding], { cwd })
      const { stdout: ndjson } = await runHandset([fixture.kind, 'export', '--project', 'acme', '--format', 'ndjson'], {
        cwd,
      })
      const exported = ndjson
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
      if (fixture.rows === undefined) {
        assert.equal(code, 1)
        assert.ok(stderr.includes(fixture.error as string), stderr)
        assert.deepEqual(exported, [])
        return
      }
      const rejected = fixture.rows.filter((row) => row.status === 'rejected')
      const summary = JSON.parse(stdout)
      assert.deepEqual(
        [summary.rows, summary.rejected, code],
        [fixture.rows.length, rejected.length, Math.sign(rejected.length)],
      )
      assert.deepEqual(storedAs(fixture, exported), fixture.stored)
      if (rejected.length === 0) return
      const rejects = await readFile(join(cwd, 'rejects.csv'), 'utf8')
      assert.ok(rejects.startsWith('\ufeffline'))
      for (const { line, reason } of rejected) {
        assert.match(rejects, new RegExp(`^${line}[,;\\t].*${reason?.replaceAll(/[()]/g, '\\$&')}`, 'm'))
      }
    })
  }
})
