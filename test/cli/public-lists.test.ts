import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { assertOneLine, runForJson, runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

const OSMOCOM = `Osmocom TAC database under CC-BY-SA v3.0 (c) Harald Welte 2016
tac,name,name,contributor,comment,gsmarena,gsmarena,aka
94000001,Oppo,N1,,,,,
94000002,Nokia,1610,,,,,
`
const FILES: Readonly<Record<string, string>> = {
  '/tacdb.csv': OSMOCOM,
  '/tacs.csv': '\uFEFFtac,model,model2\n94000003,SM-G998B,SM-G998U\n',
  '/login.html': '<html><body>Please sign in to this network</body></html>\n',
}

const mirror = createServer(({ url = '' }, response) => {
  const file = FILES[url]
  response.writeHead(file === undefined ? 404 : 200).end(file)
}).listen(0, '127.0.0.1')
await once(mirror, 'listening')
after(() => mirror.close())
const address = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`

describe('handset catalogue import of a public list', { concurrency: true }, () => {
  it('shows the address and the licence, fetches the list, and imports it', async () => {
    const cwd = await makeDirectory()
    const words = ['catalogue', 'import', 'osmocom', '--yes', '--from', `${address}/tacdb.csv`, '--json']
    const { code, stdout, stderr } = await runHandset(words, { cwd })
    assert.equal(code, 0, stderr)
    assert.match(
      stderr,
      new RegExp(`^The Osmocom TAC database, about 22,500 TACs\n +address +${address}/tacdb.csv$`, 'm'),
    )
    assert.match(stderr, /^ +licence +CC BY-SA 3\.0 \(https:\/\/\S+\)$/m)
    const { format, added } = JSON.parse(stdout)
    assert.deepEqual([format, added], ['osmocom', 2])
    const unknown = await runHandset(['catalogue', 'lookup', '999999990000000'], { cwd })
    assertOneLine(unknown, /does not know TAC 99999999$/m)
  })

  it('reads a list from a file that was brought to this machine, and lets diff preview it', async () => {
    const cwd = await makeDirectory()
    await writeFile(join(cwd, 'tacs.csv'), FILES['/tacs.csv'] as string)
    await runForJson(['projects', 'create', 'acme', '--type', 'test'], { cwd })
    const { dryRun, format, added } = await runForJson(
      ['catalogue', 'diff', 'samloader', '--yes', '--from', 'tacs.csv'],
      { cwd },
    )
    assert.deepEqual([dryRun, format, added], [true, 'samloader', 1])
  })

  it('fetches nothing without consent, and creates no store', async () => {
    const cwd = await makeDirectory()
    const { code, stderr } = await runHandset(['catalogue', 'import', 'osmocom', '--from', `${address}/tacdb.csv`], {
      cwd,
    })
    assert.equal(code, 1)
    assert.match(stderr, /^handset: There is no terminal to ask at\. Add --yes/m)
    assert.equal(existsSync(join(cwd, 'data')), false)
  })

  it('says how to bring the file when it cannot be fetched', async () => {
    const cwd = await makeDirectory()
    for (const [from, reason] of [
      [`${address}/missing.csv`, 'the server returned 404'],
      ['http://127.0.0.1:1/tacdb.csv', '(?:ECONNREFUSED|bad port)'],
    ] as const) {
      const { code, stderr } = await runHandset(['catalogue', 'import', 'osmocom', '--yes', '--from', from], { cwd })
      assert.equal(code, 1)
      assert.match(stderr, new RegExp(`^handset: Cannot fetch ${from}: .*${reason}.*copy the file to this one`, 'm'))
    }
  })

  it('rejects a page that is not the list', async () => {
    const cwd = await makeDirectory()
    const words = ['catalogue', 'import', 'osmocom', '--yes', '--from', `${address}/login.html`]
    const { code, stderr } = await runHandset(words, { cwd })
    assert.equal(code, 1)
    assert.match(stderr, /^handset: .*osmocom/m)
  })

  it('accepts --from only with the name of a list', async () => {
    const cwd = await makeDirectory()
    assertOneLine(await runHandset(['catalogue', 'import', 'x.csv', '--from', 'y.csv'], { cwd }), /public list/)
  })
})

describe('a store without a public list', () => {
  it('recommends one when a lookup finds nothing', async () => {
    const cwd = await makeDirectory()
    await runForJson(['projects', 'create', 'acme', '--type', 'test'], { cwd })
    const { tacs } = await runForJson(['catalogue', 'stats'], { cwd })
    const advice = `${tacs} TACs known; one command adds about 22,500: handset catalogue import osmocom`
    assertOneLine(
      await runHandset(['catalogue', 'lookup', '999999990000000'], { cwd }),
      new RegExp(`does not know TAC 99999999 \\(${advice}\\)$`, 'm'),
    )
  })

  it('recommends a command that works where npm runs it, as in a checkout', async () => {
    const env = { npm_execpath: '/usr/lib/node_modules/npm/bin/npm-cli.js' }
    const cwd = await makeDirectory()
    assert.match(
      (await runHandset(['projects', 'create', 'acme', '--type', 'test'], { cwd, env })).stdout,
      /Next: npx /,
    )
    const { stderr } = await runHandset(['catalogue', 'lookup', '999999990000000'], { cwd, env })
    assert.match(stderr, /: npx handset catalogue import osmocom\)$/m)
  })
})

describe('handset catalogue report', () => {
  it('shows how much is known about the devices of a project, and the most common TACs without a model', async () => {
    const cwd = await makeDirectory()
    await runForJson(['projects', 'create', 'acme', '--type', 'test'], { cwd })
    const report = ['catalogue', 'report', '--project', 'acme']
    assert.match((await runHandset(report, { cwd })).stdout, /^Project acme has no devices\.$/m)
    const first = 'imei\n492388841798923\n'
    await runForJson(['devices', 'import', '-', '--project', 'acme'], { cwd, input: first })
    assert.match((await runHandset(report, { cwd })).stdout, /^Project acme has 1 device\. /m)
    const input = `imei\n999999990000003\n999999990000011\n999999980000005\n`
    await runForJson(['devices', 'import', '-', '--project', 'acme'], { cwd, input })
    assert.deepEqual(await runForJson(report, { cwd }), {
      project: 'acme',
      devices: 4,
      known: { brand: 1, name: 1, type: 1, simTypes: 1 },
      unknownTacs: [
        { tac: '99999999', devices: 2 },
        { tac: '99999998', devices: 1 },
      ],
    })
    const { stdout } = await runHandset(report, { cwd })
    assert.match(stdout, /^brand +1 +25\.0 %$/m)
    assert.match(stdout, /^99999999 +2 +50\.0 %\n99999998 +1 +25\.0 %$/m)
    assert.match(stdout, /handset catalogue set 99999999 --brand BRAND --name NAME$/m)
    assert.match(stdout, /handset catalogue import osmocom$/m)
    assertOneLine(await runHandset(['catalogue', 'report', '--project', 'none'], { cwd }), /does not exist/)
  })
})
