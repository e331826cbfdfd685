import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { assertOneLine, runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

const cwd = await makeDirectory()
for (const [id, type] of [
  ['acme', 'live'],
  ['other', 'live'],
] as const) {
  await runForJson(['projects', 'create', id, '--type', type], { cwd })
}

const USERS = 'email;fullName;emailVerified\nanna@example.com;Anna A;true\nbob@example.com;;\n'
const SIMS = 'iccid,type,metadata.batch\n89883070000007537120,pSIM,7\n89883070000007537121,,\n'
const FLEET = `imei,user,iccids,name,metadata.colour,metadata.rule
490154203237518,Anna@example.com,89883070000007537121 89883070000007537120,"Anna's, phone",black,'=1+1
490154203237526,bob@example.com,,,,'
490154203237526,bob@example.com,,,,
490154203237534,nobody@example.com,89883070000007537199,x,,
49015420323754,,,,,
490154203237559,a,b,c,d,e,f
`

async function importFile(kind: string, content: string | Buffer, ...options: string[]) {
  const file = join(cwd, `${kind}.csv`)
  await writeFile(file, content)
  const ended = await runHandset([kind, 'import', file, '--project', 'acme', '--json', '--force', ...options], { cwd })
  const { seconds: _, ...summary } = JSON.parse(ended.stdout)
  return { ...ended, summary }
}

function counts(created: number, updated: number, unchanged: number, rejected: number) {
  return { rows: created + updated + unchanged + rejected, created, updated, unchanged, rejected }
}

const SOUND = { project: 'acme', format: 'csv', dryRun: false, interrupted: false, rejectsFile: null }

describe('handset devices, sims and users import', () => {
  it('import a whole fleet, and change nothing when run again', async () => {
    for (const [kind, content, rows] of [
      ['users', USERS, 2],
      ['sims', SIMS, 2],
    ] as const) {
      const first = await importFile(kind, content)
      assert.deepEqual([first.code, first.summary], [0, { ...SOUND, ...counts(rows, 0, 0, 0) }])
      const again = await importFile(kind, content)
      assert.deepEqual([again.code, again.summary], [0, { ...SOUND, ...counts(0, 0, rows, 0) }])
    }
    const dry = await importFile('devices', FLEET, '--dry-run')
    assert.deepEqual(dry.summary, {
      ...SOUND,
      ...counts(2, 0, 1, 3),
      dryRun: true,
      rejectsFile: 'devices.rejects.csv',
    })
    const first = await importFile('devices', FLEET)
    assert.equal(first.code, 1)
    assert.match(first.stderr, /^handset: 3 of 6 rows rejected\n$/)
    assert.deepEqual(first.summary, { ...SOUND, ...counts(2, 0, 1, 3), rejectsFile: 'devices.rejects.csv' })
    const again = await importFile('devices', gzipSync(FLEET))
    assert.deepEqual(again.summary, { ...SOUND, ...counts(0, 0, 3, 3), rejectsFile: 'devices.rejects.csv' })
  })

  it('write rejects that can be corrected and imported', async () => {
    const rejects = await readFile(join(cwd, 'devices.rejects.csv'), 'utf8')
    assert.equal(
      rejects,
      [
        '\ufeffline,reason,imei,user,iccids,name,metadata.colour,metadata.rule',
        '5,"There is no user ""nobody@example.com""; There is no SIM ""89883070000007537199""",490154203237534,nobody@example.com,89883070000007537199,x,,',
        '6,"`imei` is not a valid IMEI. This has 14 digits: the check digit is missing, or a leading zero was lost. Send a string of 15 digits (IMEI) or 16 digits (IMEISV).",49015420323754,,,,,',
        '7,"The row has 7 cells, but the first line has 6. Put a cell that holds the separator in quotes.",490154203237559,a,b,c,d,e,f',
        '',
      ].join('\r\n'),
    )
    const mended = rejects
      .replace('nobody@example.com,89883070000007537199', 'bob@example.com,')
      .replace(',a,b,c,d,e,f', '')
    const { code, summary } = await importFile('devices', mended, '--recompute-check-digit')
    assert.deepEqual([code, summary], [0, { ...SOUND, ...counts(3, 0, 0, 0) }])
  })

  it('change what differs only with --update', async () => {
    const changed = 'imei,name,metadata.colour\n490154203237518,Renamed,white\n'
    const refused = await importFile('devices', changed)
    assert.deepEqual(refused.summary, { ...SOUND, ...counts(0, 0, 0, 1), rejectsFile: 'devices.rejects.csv' })
    const taken = await importFile('devices', changed, '--update')
    assert.deepEqual(taken.summary, { ...SOUND, ...counts(0, 1, 0, 0) })
    const user = await importFile('users', 'email,fullName\nANNA@example.com,Anna B\n', '--update')
    assert.deepEqual(user.summary, { ...SOUND, ...counts(0, 1, 0, 0) })
    const sim = await importFile('sims', 'iccid,status,type\n89883070000007537120,active,eSIM\n', '--update')
    assert.equal(sim.summary.rejected, 1)
    assert.match(await readFile(join(cwd, 'sims.rejects.csv'), 'utf8'), /its type cannot change/)
  })

  it('reject a file with an unknown column, with nothing in it, or in another encoding', async () => {
    for (const [content, pattern] of [
      ['imei,nam\n', /"nam" is not a column of devices; did you mean "name"/],
      ['name\n', /no column "imei"/],
      ['imei,imei\n', /has the column "imei" twice/],
      ['', /file is empty/],
      [
        Buffer.from('imei;name\r\n490154203237575;Anna\r\n490154203237583;Ünal\r\n', 'latin1'),
        /near line 3.*--encoding windows-1252/,
      ],
      [Buffer.from('imei,name\r\n', 'utf16le'), /--encoding utf-16/],
      [Buffer.from('PK\x03\x04'), /Excel workbook.*save it as/],
    ] as const) {
      const words = ['devices', 'import', '-', '--project', 'acme']
      const ended = await runHandset(words, { cwd, input: content })
      assert.equal(ended.code, 1)
      assertOneLine(ended, pattern)
    }
  })

  it('read NDJSON, and write rejects as NDJSON', async () => {
    const input = '{"imei":"490154203237567","name":"From a line"}\n{"imei":"1","name":"x"}\nno json\n'
    const { code, stdout } = await runHandset(['devices', 'import', '-', '--project', 'acme', '--json'], { cwd, input })
    assert.equal(code, 1)
    const { format, created, rejected, rejectsFile } = JSON.parse(stdout)
    assert.deepEqual([format, created, rejected, rejectsFile], ['ndjson', 1, 2, 'stdin.rejects.ndjson'])
    const lines = (await readFile(join(cwd, rejectsFile), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      lines.map(({ line, imei, text }) => [line, imei, text]),
      [
        [2, '1', undefined],
        [3, undefined, 'no json'],
      ],
    )
  })
})

const ODD_TEXTS = ['=1+1', "'-1", 'a,"b"\r\nc', ' padded ', "'", '💥 ünïcode', ';', '+49 30', 'x'.repeat(255)]

/**
 * A whole fleet with every kind of value, as the lines of an exact NDJSON export: its properties are in the same order.
 */
const WHOLE = {
  users: ['anna', 'BOB'].map((name, row) => ({
    email: `${name}@example.com`,
    fullName: ['=Anna, "A"', ''][row],
    birthday: ['2017-07-21', null][row],
    preferredLocale: ['de-CH', 'en-US'][row],
    emailVerified: row === 0,
    metadata: row === 0 ? { 'a,b': '' } : {},
  })),
  sims: ['inactive', 'active', 'retired'].map((status, row) => ({
    iccid: `8988307000000753712${row}`,
    type: ['eSIM', 'pSIM'][row % 2],
    provider: `p${row}`,
    status,
    metadata: row === 1 ? { '=key': '@value', ' blank ': '' } : {},
  })),
  devices: [
    ...ODD_TEXTS.map((odd, row) => ({
      imei: `4901542032${String(37_000 + row)}`,
      user: row === 0 ? 'anna@example.com' : null,
      iccids: row === 0 ? ['89883070000007537122', '89883070000007537120'] : [],
      name: odd,
      metadata: { odd, empty: '' },
    })),
    { imei: '490154203237099', user: 'BOB@example.com', iccids: [], name: null, metadata: {} },
  ],
}
const KINDS = ['users', 'sims', 'devices'] as const

describe('handset users, sims and devices export', () => {
  it('and import into an empty project reproduce the same fleet, except for ids', async () => {
    for (const id of ['whole', 'copy']) await runForJson(['projects', 'create', id, '--type', 'test'], { cwd })
    const exportOf = async (kind: string, project: string, format: string) => {
      const { code, stdout, stderr } = await runHandset([kind, 'export', '--project', project, '--format', format], {
        cwd,
      })
      assert.equal(code, 0, stderr)
      return stdout
    }
    const importTo = async (kind: string, project: string, input: string) => {
      const { code, stderr } = await runHandset([kind, 'import', '-', '--project', project], { cwd, input })
      assert.equal(code, 0, stderr)
    }
    for (const kind of KINDS) {
      await importTo(kind, 'whole', WHOLE[kind].map((row) => `${JSON.stringify(row)}\n`).join(''))
      const csv = await exportOf(kind, 'whole', 'csv')
      if (kind === 'devices') assert.match(csv, /,'=1\+1,',/)
      await importTo(kind, 'copy', csv)
      const lines = (await exportOf(kind, 'copy', 'ndjson')).trimEnd().split('\n')
      const rows = lines.map((line) => JSON.parse(line))
      assert.deepEqual(
        rows.map(({ id: _, ...row }) => row),
        WHOLE[kind],
      )
    }
  })
})

describe('an import that is interrupted', () => {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    it(`by ${signal} keeps whole batches, and continues when it is run again`, async () => {
      const place = await makeDirectory()
      await runForJson(['projects', 'create', 'acme', '--type', 'test'], { cwd: place })
      const exported = async () => {
        const { stdout } = await runHandset(['devices', 'export', '--project', 'acme'], { cwd: place })
        return stdout.split('\r\n').slice(1, -1)
      }
      const rows = Array.from({ length: 30_000 }, (_, row) => `35000000${String(row).padStart(6, '0')}0,Phone ${row}\n`)
      const file = join(place, 'large.csv')
      await writeFile(file, `imei,name\n${rows.join('')}`)

      const running = startHandset(['devices', 'import', '-', '--project', 'acme', '--json'], { cwd: place })
      running.write(`imei,name\n${rows.slice(0, 22_000).join('')}`)
      while ((await exported()).length === 0);
      running.signal(signal)
      const ended = await running.ended
      if (signal === 'SIGINT') {
        assert.equal(ended.code, 1)
        assert.match(ended.stderr, /interrupted\. Run it again/)
        assert.equal(JSON.parse(ended.stdout).interrupted, true)
      }

      const again = await runForJson(['devices', 'import', file, '--project', 'acme'], { cwd: place })
      assert.deepEqual([again.unchanged, again.created], [20_000, 10_000])
      const imeis = (await exported()).map((row) => row.split(',')[1])
      assert.deepEqual([imeis.length, new Set(imeis).size], [rows.length, rows.length])
    })
  }
})
